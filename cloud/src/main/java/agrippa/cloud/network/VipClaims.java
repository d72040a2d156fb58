package agrippa.cloud.network;

import agrippa.cloud.network.Port.Device;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Networks.WishedAddress;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Ports that load balancers hold for their VIPs.
final class VipClaims {
  private final NetworkRecords records;
  private final PortCollection ports;

  VipClaims(NetworkRecords records, PortCollection ports) {
    this.records = records;
    this.ports = ports;
  }

  VipClaim claim(LoadBalancerId id, ProjectId project, VipWish wish) {
    try {
      return records.change(draft -> claimed(draft, id, project, wish));
    } catch (Fault fault) {
      return switch (fault.type()) {
        case "IpAddressAlreadyAllocated", "IpAddressCollision" ->
            new VipClaim.AddressInUse(fault.text());
        default -> new VipClaim.Failed(fault.text());
      };
    }
  }

  private VipClaim claimed(Draft draft, LoadBalancerId id, ProjectId project, VipWish wish) {
    PortId wanted = wish.port();
    Port port =
        draft
            .state()
            .portsHeldBy(id)
            .filter(it -> it.holder() instanceof Holder.Vip)
            .findFirst()
            .orElseGet(
                () ->
                    wanted == null
                        ? made(draft, id, project, wish)
                        : taken(draft, id, wanted.value(), wish));
    return claimed(port, wish);
  }

  private Port made(Draft draft, LoadBalancerId id, ProjectId project, VipWish wish) {
    NetworkState state = draft.state();
    UUID networkId = wish.network().value();
    Network network =
        state.network(networkId).orElseThrow(() -> Fault.notFound(Kind.NETWORK, networkId));
    List<UUID> groups = ids(wish.securityGroups());
    Port port =
        ports
            .plain(
                draft,
                draft.meta(project, "octavia-lb-" + id, ""),
                networkId,
                false,
                addresses(state, network, wish))
            .heldBy(holder(id, wish.qosPolicy(), groups), device(id, Port.LOAD_BALANCER), groups);
    draft.add(port);
    return port;
  }

  private static List<FixedIp> addresses(NetworkState state, Network network, VipWish wish) {
    Allocator allocator = new Allocator(state);
    List<WishedAddress> wishes = new ArrayList<>();
    wishes.add(new WishedAddress(wish.subnet(), wish.address()));
    wishes.addAll(wish.additional());
    FixedIp[] addresses = new FixedIp[wishes.size()];
    // Addresses asked for by name first, so that no other wish is given one of them.
    for (boolean named : new boolean[] {true, false}) {
      for (int i = 0; i < addresses.length; i++) {
        if ((wishes.get(i).address() != null) == named) {
          addresses[i] = address(state, network, allocator, wishes.get(i));
        }
      }
    }
    return List.of(addresses);
  }

  private static FixedIp address(
      NetworkState state, Network network, Allocator allocator, WishedAddress wish) {
    UUID subnetId = wish.subnet().value();
    Subnet subnet =
        state
            .subnet(subnetId)
            .filter(it -> it.network().equals(network.id()))
            .orElseThrow(() -> Fault.notFound(Kind.SUBNET, subnetId));
    String address = wish.address();
    if (address == null) {
      return allocator.takeAny(List.of(subnet), network);
    }
    return Addresses.parse(address)
        .map(it -> allocator.take(subnet, it))
        .orElseThrow(
            () -> Fault.invalid("ip_address", "'" + address + "' is not a valid IP address."));
  }

  private static Port taken(Draft draft, LoadBalancerId id, UUID wanted, VipWish wish) {
    Port port = draft.state().port(wanted).orElseThrow(() -> Fault.notFound(Kind.PORT, wanted));
    if (!port.device().id().isEmpty()) {
      throw Fault.conflict(
          "PortInUse",
          "Unable to complete operation on port %s for network %s. Port already has an attached device %s."
              .formatted(wanted, port.network(), port.device().id()));
    }
    // The owner tells a port that goes with its load balancer; this one does not.
    String owner = port.device().owner();
    Device device = device(id, owner.equals(Port.LOAD_BALANCER) ? "" : owner);
    List<UUID> groups = ids(wish.securityGroups());
    return draft.change(
        port.heldBy(
            holder(id, wish.qosPolicy(), groups),
            device,
            groups.isEmpty() ? port.securityGroups() : groups));
  }

  private static Holder holder(
      LoadBalancerId id, @Nullable QosPolicyId qosPolicy, List<UUID> groups) {
    return new Holder.Vip(id, groups, qosPolicy == null ? null : qosPolicy.value());
  }

  private static List<UUID> ids(List<SecurityGroupId> groups) {
    return groups.stream().map(SecurityGroupId::value).toList();
  }

  private static Device device(LoadBalancerId id, String owner) {
    return new Device("lb-" + id, owner);
  }

  private static VipClaim claimed(Port port, VipWish wish) {
    List<Vip.Additional> additional =
        wish.additional().stream()
            .map(it -> held(port, it))
            .map(it -> new Vip.Additional(new SubnetId(it.subnet()), Addresses.text(it.address())))
            .toList();
    FixedIp main = held(port, new WishedAddress(wish.subnet(), wish.address()));
    return new VipClaim.Claimed(
        new Vip(
            Addresses.text(main.address()),
            new PortId(port.id()),
            wish.port() == null,
            wish.subnet(),
            new NetworkId(port.network()),
            wish.qosPolicy(),
            wish.securityGroups()),
        additional);
  }

  private static FixedIp held(Port port, WishedAddress wish) {
    String address = wish.address();
    return port.fixedIps().stream()
        .filter(it -> it.subnet().equals(wish.subnet().value()))
        .filter(it -> address == null || it.address().equals(Addresses.of(address)))
        .findFirst()
        .orElseThrow(
            () ->
                Fault.badRequest(
                    "InvalidIpForSubnet",
                    "Port %s has no such address in subnet %s."
                        .formatted(port.id(), wish.subnet())));
  }

  /// Gives back all ports that a load balancer holds.
  void release(LoadBalancerId id) {
    records.change(
        draft -> {
          draft.state().portsHeldBy(id).toList().forEach(it -> release(draft, it));
          return id;
        });
  }

  /// Ports that were made for a VIP go with it; a user's is nobody's again.
  private static void release(Draft draft, Port port) {
    if (port.made()) {
      PortCollection.remove(draft, port);
    } else {
      Device nobody = new Device("", port.device().owner());
      draft.change(port.heldBy(null, nobody, port.securityGroups()));
    }
  }

  /// Gives the port the VIP's groups and QoS policy if those are others than last time. What
  /// users did to the port since then stays, as in Neutron.
  void update(LoadBalancerId id, Vip vip) {
    List<UUID> groups = ids(vip.securityGroups());
    Holder next = holder(id, vip.qosPolicy(), groups);
    records.change(
        draft -> {
          draft
              .state()
              .port(vip.port().value())
              .filter(it -> it.heldBy(id) && !next.equals(it.holder()))
              .ifPresent(it -> draft.change(it.heldBy(next, it.device(), groups)));
          return id;
        });
  }

  Set<LoadBalancerId> all() {
    return records
        .state()
        .ports()
        .map(Port::loadBalancer)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableSet());
  }
}
