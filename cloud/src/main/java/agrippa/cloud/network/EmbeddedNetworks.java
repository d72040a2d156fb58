package agrippa.cloud.network;

import agrippa.control.Caller;
import agrippa.control.spi.Networks;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What load balancers see of the embedded networks.
final class EmbeddedNetworks implements Networks {
  private final NetworkRecords records;
  private final VipClaims claims;
  private final Paths paths;
  private final CopyOnWriteArrayList<Consumer<PortId>> listeners;

  /// @param listeners told which ports' listen addresses may have changed
  EmbeddedNetworks(
      NetworkRecords records,
      VipClaims claims,
      Paths paths,
      CopyOnWriteArrayList<Consumer<PortId>> listeners) {
    this.records = records;
    this.claims = claims;
    this.paths = paths;
    this.listeners = listeners;
  }

  @Override
  public Optional<Network> network(Caller caller, NetworkId id) {
    NetworkState state = records.state();
    Allocator allocator = new Allocator(state);
    return state
        .network(id.value())
        .filter(it -> Access.sees(caller, state, it))
        .map(it -> state.subnetsOf(it.id()))
        .map(all -> new Network(id, all.stream().map(it -> subnet(it, allocator)).toList()));
  }

  @Override
  public Optional<Subnet> subnet(Caller caller, SubnetId id) {
    NetworkState state = records.state();
    return state
        .subnet(id.value())
        .filter(it -> Access.sees(caller, state, it))
        .map(it -> subnet(it, new Allocator(state)));
  }

  private static Subnet subnet(agrippa.cloud.network.Subnet it, Allocator allocator) {
    return new Subnet(
        new SubnetId(it.id()),
        new NetworkId(it.network()),
        it.cidr().toString(),
        it.cidr().version(),
        allocator.available(it));
  }

  @Override
  public Optional<Port> port(Caller caller, PortId id) {
    NetworkState state = records.state();
    return state
        .port(id.value())
        .filter(it -> Access.sees(caller, state, it))
        .map(EmbeddedNetworks::port);
  }

  private static Port port(agrippa.cloud.network.Port it) {
    List<FixedIp> addresses =
        it.fixedIps().stream()
            .map(ip -> new FixedIp(new SubnetId(ip.subnet()), Addresses.text(ip.address())))
            .toList();
    return new Port(
        new PortId(it.id()),
        new NetworkId(it.network()),
        it.device().id(),
        addresses,
        it.qosPolicy() == null ? null : new QosPolicyId(it.qosPolicy()));
  }

  @Override
  public boolean securityGroupExists(Caller caller, SecurityGroupId id) {
    return records
        .state()
        .securityGroup(id.value())
        .filter(it -> caller.mayUse(it.project()))
        .isPresent();
  }

  @Override
  public boolean supportsQos() {
    return true;
  }

  @Override
  public boolean qosPolicyExists(Caller caller, QosPolicyId id) {
    NetworkState state = records.state();
    return state.qosPolicy(id.value()).filter(it -> Access.sees(caller, state, it)).isPresent();
  }

  @Override
  public VipClaim claimVip(LoadBalancerId id, ProjectId project, VipWish wish) {
    return claims.claim(id, project, wish);
  }

  @Override
  public void releaseVip(LoadBalancerId id, Vip vip) {
    claims.release(id);
  }

  @Override
  public void releaseClaims(LoadBalancerId id) {
    claims.release(id);
  }

  @Override
  public void updateVip(LoadBalancerId id, Vip vip) {
    claims.update(id, vip);
  }

  @Override
  public Set<LoadBalancerId> claims() {
    return claims.all();
  }

  @Override
  public Optional<String> connect(LoadBalancerId id, Set<SubnetId> members) {
    return paths.connect(id, members).map(Path::toString);
  }

  @Override
  public List<InetAddress> listenAddresses(Vip vip, List<Vip.Additional> additional) {
    return paths.listenAddresses(
        vip,
        Stream.concat(Stream.of(vip.address()), additional.stream().map(Vip.Additional::address)));
  }

  @Override
  public InetAddress reach(String address, @Nullable SubnetId subnet, Vip vip) {
    return paths.reach(Addresses.of(address), subnet, vip);
  }

  @Override
  public List<String> arrivals(String cidr, Vip vip) {
    return paths.arrivals(Cidr.of(cidr), vip).stream().map(Cidr::toString).toList();
  }

  @Override
  public void onChange(Consumer<PortId> listener) {
    listeners.add(listener);
  }
}
