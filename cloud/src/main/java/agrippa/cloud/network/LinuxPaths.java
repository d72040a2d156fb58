package agrippa.cloud.network;

import agrippa.cloud.fabric.FabricException;
import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Every load balancer is in a network namespace of its own, at its own addresses, so that tenants
/// may have the same ones. It has a port in the VIP's subnet, and one in each further subnet that
/// its members are in: two of a network may be of IPv4 and of IPv6.
final class LinuxPaths implements Paths {
  private final NetworkRecords records;
  private final PortCollection ports;
  private final FabricKeeper keeper;

  LinuxPaths(NetworkRecords records, PortCollection ports, FabricKeeper keeper) {
    this.records = records;
    this.ports = ports;
    this.keeper = keeper;
  }

  @Override
  public Optional<Path> connect(LoadBalancerId id, Set<SubnetId> members) {
    try {
      if (!records
          .state()
          .portsHeldBy(id)
          .filter(LinuxPaths::isLeg)
          .flatMap(LinuxPaths::subnets)
          .toList()
          .equals(List.copyOf(wanted(records.state(), id, members).keySet()))) {
        records.change(draft -> legs(draft, id, members));
      }
      return Optional.of(keeper.ensure(FabricPlanner.loadBalancer(id.value())));
    } catch (FabricException | Fault e) {
      throw new ServiceUnavailableException(
          "the network of load balancer " + id + " is not ready: " + e.getMessage(), e);
    }
  }

  private static boolean isLeg(Port port) {
    return port.holder() instanceof Holder.Leg;
  }

  private static Stream<UUID> subnets(Port port) {
    return port.fixedIps().stream().map(FixedIp::subnet);
  }

  /// The subnets that need a leg.
  private static SequencedMap<UUID, Subnet> wanted(
      NetworkState state, LoadBalancerId id, Set<SubnetId> members) {
    List<UUID> there =
        state.portsHeldBy(id).filter(it -> !isLeg(it)).flatMap(LinuxPaths::subnets).toList();
    SequencedMap<UUID, Subnet> wanted = new LinkedHashMap<>();
    // Existing legs first, so that the order is that of the records.
    Stream.concat(
            state
                .portsHeldBy(id)
                .filter(LinuxPaths::isLeg)
                .flatMap(LinuxPaths::subnets)
                .filter(it -> members.contains(new SubnetId(it))),
            members.stream().map(SubnetId::value).sorted())
        .flatMap(it -> state.subnet(it).stream())
        .filter(it -> !there.contains(it.id()))
        .forEach(it -> wanted.putIfAbsent(it.id(), it));
    return wanted;
  }

  private LoadBalancerId legs(Draft draft, LoadBalancerId id, Set<SubnetId> members) {
    SequencedMap<UUID, Subnet> wanted = wanted(draft.state(), id, members);
    for (Port it : draft.state().portsHeldBy(id).filter(LinuxPaths::isLeg).toList()) {
      if (subnets(it).map(wanted::remove).noneMatch(Objects::nonNull)) {
        PortCollection.remove(draft, it);
      }
    }
    Optional<Port> vip =
        draft.state().portsHeldBy(id).filter(it -> it.holder() instanceof Holder.Vip).findFirst();
    for (Subnet subnet : vip.isPresent() ? List.copyOf(wanted.values()) : List.<Subnet>of()) {
      Network network = draft.state().networkOf(subnet);
      FixedIp address = new Allocator(draft.state()).takeAny(List.of(subnet), network);
      Meta meta = draft.meta(vip.get().project(), "octavia-lb-member-" + id, "");
      draft.add(
          ports
              .plain(draft, meta, network.id(), true, List.of(address))
              .heldBy(new Holder.Leg(id), new Device("lb-" + id, Port.LOAD_BALANCER), List.of()));
    }
    return id;
  }

  /// Floating IPs are the routers' affair.
  @Override
  public List<InetAddress> listenAddresses(Vip vip, Stream<String> addresses) {
    return addresses.map(Addresses::of).distinct().toList();
  }

  @Override
  public InetAddress reach(InetAddress address, @Nullable SubnetId subnet, Vip vip) {
    return address;
  }

  @Override
  public List<Cidr> arrivals(Cidr cidr, Vip vip) {
    return List.of(cidr);
  }
}
