package agrippa.cloud.network;

import agrippa.cloud.network.AddressSpace.Place;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.model.LoadBalancerId;
import java.net.InetAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything that the network service keeps, at one instant. Immutable; each kind in the order of
/// creation.
final class NetworkState {
  private final Map<Kind, SequencedMap<UUID, Resource>> tables;
  private final AddressSpace space;
  private final Map<Place, InetAddress> taken;

  private NetworkState(
      Map<Kind, SequencedMap<UUID, Resource>> tables,
      AddressSpace space,
      Map<Place, InetAddress> taken) {
    this.tables = tables;
    this.space = space;
    this.taken = taken;
  }

  /// The state with these in the given order.
  static NetworkState of(AddressSpace space, List<Resource> resources) {
    Map<Kind, SequencedMap<UUID, Resource>> tables = new EnumMap<>(Kind.class);
    Map<Place, InetAddress> taken = new HashMap<>();
    for (Resource it : resources) {
      tables.computeIfAbsent(it.kind(), any -> new LinkedHashMap<>()).put(it.id(), it);
      taken.putAll(places(space, it));
    }
    return new NetworkState(tables, space, taken);
  }

  /// The state with one added or replaced.
  NetworkState with(Resource resource) {
    SequencedMap<UUID, Resource> table = new LinkedHashMap<>(table(resource.kind()));
    Resource before = table.put(resource.id(), resource);
    return with(resource.kind(), table, before, resource);
  }

  NetworkState without(Resource resource) {
    SequencedMap<UUID, Resource> table = new LinkedHashMap<>(table(resource.kind()));
    return with(resource.kind(), table, table.remove(resource.id()), null);
  }

  private NetworkState with(
      Kind kind,
      SequencedMap<UUID, Resource> table,
      @Nullable Resource before,
      @Nullable Resource after) {
    Map<Kind, SequencedMap<UUID, Resource>> next = new EnumMap<>(tables);
    next.put(kind, table);
    Map<Place, InetAddress> freed = places(space, before);
    Map<Place, InetAddress> added = places(space, after);
    if (freed.equals(added)) {
      return new NetworkState(next, space, taken);
    }
    Map<Place, InetAddress> nextTaken = new HashMap<>(taken);
    freed.forEach(nextTaken::remove);
    nextTaken.putAll(added);
    return new NetworkState(next, space, nextTaken);
  }

  /// The addresses that nothing else may have.
  private static Map<Place, InetAddress> places(AddressSpace space, @Nullable Resource it) {
    return switch (it) {
      case Port port ->
          port.fixedIps().stream()
              .map(FixedIp::address)
              .distinct()
              .collect(Collectors.toMap(ip -> space.place(port.network(), ip), ip -> ip));
      case FloatingIp floating ->
          Map.of(space.place(floating.network(), floating.address()), floating.address());
      case Network _,
          Subnet _,
          Router _,
          SecurityGroup _,
          SecurityGroupRule _,
          SubnetPool _,
          QosPolicy _ ->
          Map.of();
      case null -> Map.of();
    };
  }

  AddressSpace space() {
    return space;
  }

  /// Addresses of ports and floating IPs.
  Map<Place, InetAddress> taken() {
    return Collections.unmodifiableMap(taken);
  }

  private SequencedMap<UUID, Resource> table(Kind kind) {
    return tables.getOrDefault(kind, Collections.emptySortedMap());
  }

  Stream<Resource> all(Kind kind) {
    return table(kind).sequencedValues().stream();
  }

  Optional<Resource> find(Kind kind, UUID id) {
    return Optional.ofNullable(table(kind).get(id));
  }

  Optional<Network> network(UUID id) {
    return find(Kind.NETWORK, id).map(Network.class::cast);
  }

  /// The network of something that is stored with it.
  Network networkOf(Subnet subnet) {
    return network(subnet.network())
        .orElseThrow(() -> new IllegalStateException("no network has subnet " + subnet.id()));
  }

  Stream<Network> networks() {
    return all(Kind.NETWORK).map(Network.class::cast);
  }

  Optional<Subnet> subnet(UUID id) {
    return find(Kind.SUBNET, id).map(Subnet.class::cast);
  }

  Stream<Subnet> subnets() {
    return all(Kind.SUBNET).map(Subnet.class::cast);
  }

  List<Subnet> subnetsOf(UUID network) {
    return subnets().filter(it -> it.network().equals(network)).toList();
  }

  Optional<Port> port(UUID id) {
    return find(Kind.PORT, id).map(Port.class::cast);
  }

  Stream<Port> ports() {
    return all(Kind.PORT).map(Port.class::cast);
  }

  Stream<Port> portsHeldBy(LoadBalancerId holder) {
    return ports().filter(it -> it.heldBy(holder));
  }

  Stream<Router> routers() {
    return all(Kind.ROUTER).map(Router.class::cast);
  }

  Stream<FloatingIp> floatingIps() {
    return all(Kind.FLOATING_IP).map(FloatingIp.class::cast);
  }

  /// Floating IPs that lead to a port.
  List<FloatingIp> floatingIpsTo(UUID port) {
    return floatingIps()
        .filter(it -> it.target() != null && it.target().port().equals(port))
        .toList();
  }

  Optional<SecurityGroup> securityGroup(UUID id) {
    return find(Kind.SECURITY_GROUP, id).map(SecurityGroup.class::cast);
  }

  Stream<SecurityGroup> securityGroups() {
    return all(Kind.SECURITY_GROUP).map(SecurityGroup.class::cast);
  }

  Optional<SubnetPool> subnetPool(UUID id) {
    return find(Kind.SUBNET_POOL, id).map(SubnetPool.class::cast);
  }

  Stream<SubnetPool> subnetPools() {
    return all(Kind.SUBNET_POOL).map(SubnetPool.class::cast);
  }

  Optional<QosPolicy> qosPolicy(UUID id) {
    return find(Kind.QOS_POLICY, id).map(QosPolicy.class::cast);
  }

  Stream<SecurityGroupRule> rules() {
    return all(Kind.SECURITY_GROUP_RULE).map(SecurityGroupRule.class::cast);
  }

  List<SecurityGroupRule> rulesOf(UUID group) {
    return rules().filter(it -> it.group().equals(group)).toList();
  }
}
