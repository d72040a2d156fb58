package agrippa.control.testing;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Networks whose addresses are handed out one after the other.
public final class FakeNetworks implements Networks {
  private final Map<NetworkId, Network> networks = new LinkedHashMap<>();
  private final Map<PortId, Port> ports = new LinkedHashMap<>();
  private final Set<SecurityGroupId> groups = new LinkedHashSet<>();
  private final Set<QosPolicyId> qosPolicies = new LinkedHashSet<>();
  private final Map<LoadBalancerId, Vip> claims = new ConcurrentHashMap<>();
  private final Map<LoadBalancerId, Vip> updates = new ConcurrentHashMap<>();
  private final List<Consumer<PortId>> listeners = new ArrayList<>();
  private Runnable beforeWrites = () -> {};
  private Runnable afterWrites = () -> {};
  private Optional<VipClaim> nextClaim = Optional.empty();
  private int nextHost = 10;

  /// Adds a network with one subnet for each CIDR.
  public Network network(String... cidrs) {
    var id = new NetworkId(UUID.randomUUID());
    var subnets = new ArrayList<Subnet>();
    for (var cidr : cidrs) {
      int version = cidr.contains(":") ? 6 : 4;
      subnets.add(new Subnet(new SubnetId(UUID.randomUUID()), id, cidr, version, 200));
    }
    return network(new Network(id, subnets));
  }

  public Network network(Network network) {
    networks.put(network.id(), network);
    return network;
  }

  public Port port(Port port) {
    ports.put(port.id(), port);
    return port;
  }

  public SecurityGroupId securityGroup() {
    var id = new SecurityGroupId(UUID.randomUUID());
    groups.add(id);
    return id;
  }

  public QosPolicyId qosPolicy() {
    var id = new QosPolicyId(UUID.randomUUID());
    qosPolicies.add(id);
    return id;
  }

  /// What the next claim is answered with.
  public void nextClaim(VipClaim claim) {
    nextClaim = Optional.of(claim);
  }

  /// Runs before each write; what it throws is what the write throws.
  public void beforeWrites(Runnable action) {
    beforeWrites = action;
  }

  /// Runs after each write; what it throws is what the caller sees, though the write is done.
  public void afterWrites(Runnable action) {
    afterWrites = action;
  }

  /// VIPs in use.
  public Map<LoadBalancerId, Vip> held() {
    return claims;
  }

  /// What was last made of VIPs' ports.
  public Map<LoadBalancerId, Vip> updates() {
    return updates;
  }

  /// Tells those who listen.
  public void news(PortId port) {
    listeners.forEach(it -> it.accept(port));
  }

  @Override
  public Optional<Network> network(Caller caller, NetworkId id) {
    return Optional.ofNullable(networks.get(id));
  }

  @Override
  public Optional<Subnet> subnet(Caller caller, SubnetId id) {
    return networks.values().stream()
        .flatMap(it -> it.subnets().stream())
        .filter(it -> it.id().equals(id))
        .findFirst();
  }

  @Override
  public Optional<Port> port(Caller caller, PortId id) {
    return Optional.ofNullable(ports.get(id));
  }

  @Override
  public boolean securityGroupExists(Caller caller, SecurityGroupId id) {
    return groups.contains(id);
  }

  @Override
  public boolean supportsQos() {
    return !qosPolicies.isEmpty();
  }

  @Override
  public boolean qosPolicyExists(Caller caller, QosPolicyId id) {
    return qosPolicies.contains(id);
  }

  @Override
  public synchronized VipClaim claimVip(LoadBalancerId id, ProjectId project, VipWish wish) {
    beforeWrites.run();
    var prepared = nextClaim;
    if (prepared.isPresent()) {
      nextClaim = Optional.empty();
      return prepared.get();
    }
    var additional =
        wish.additional().stream()
            .map(it -> new Vip.Additional(it.subnet(), address(it.subnet(), it.address())))
            .toList();
    var port = wish.port();
    var vip =
        new Vip(
            address(wish.subnet(), wish.address()),
            port == null ? new PortId(UUID.randomUUID()) : port,
            port == null,
            wish.subnet(),
            wish.network(),
            wish.qosPolicy(),
            wish.securityGroups());
    claims.put(id, vip);
    afterWrites.run();
    return new VipClaim.Claimed(vip, additional);
  }

  private String address(SubnetId subnet, String wished) {
    if (wished != null) {
      return wished;
    }
    var cidr =
        networks.values().stream()
            .flatMap(it -> it.subnets().stream())
            .filter(it -> it.id().equals(subnet))
            .findFirst()
            .orElseThrow()
            .cidr();
    var prefix = cidr.substring(0, cidr.indexOf('/'));
    nextHost++;
    return prefix.contains(":")
        ? prefix + Integer.toHexString(nextHost)
        : prefix.substring(0, prefix.lastIndexOf('.') + 1) + nextHost % 250;
  }

  @Override
  public void releaseVip(LoadBalancerId id, Vip vip) {
    beforeWrites.run();
    claims.remove(id);
    afterWrites.run();
  }

  @Override
  public void updateVip(LoadBalancerId id, Vip vip) {
    beforeWrites.run();
    updates.put(id, vip);
    afterWrites.run();
  }

  @Override
  public Set<LoadBalancerId> claims() {
    return Set.copyOf(claims.keySet());
  }

  @Override
  public void releaseClaims(LoadBalancerId id) {
    beforeWrites.run();
    claims.remove(id);
    afterWrites.run();
  }

  @Override
  public List<InetAddress> listenAddresses(Vip vip, List<Vip.Additional> additional) {
    return List.of(InetAddress.ofLiteral(vip.address()));
  }

  @Override
  public InetAddress reach(String address, SubnetId subnet, Vip vip) {
    return InetAddress.ofLiteral(address);
  }

  @Override
  public void onChange(Consumer<PortId> listener) {
    listeners.add(listener);
  }
}
