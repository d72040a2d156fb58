package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.cloud.openstack.Answer;
import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.ServiceClient.Question;
import agrippa.control.Caller;
import agrippa.control.spi.Networks;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A real Neutron.
///
/// What users name is looked up with their own token, VIP ports are the service user's to make.
/// Addresses are used as they are: the VIP networks are those whose addresses lead to this machine.
/// Floating IPs stay the users': Neutron's routers translate them to the VIP.
public final class NeutronNetworks implements Networks {
  // Nothing can be connected to the limited broadcast address, and trying fails at once.
  private static final InetAddress NOWHERE = Addresses.of("255.255.255.255");

  private final ServiceClient neutron;
  private final NeutronClaims claims;
  private final Reach reach;

  /// @param documents where is kept for which load balancers ports may have been made
  public NeutronNetworks(ServiceClient neutron, Documents documents, Reach reach) {
    this.neutron = neutron;
    this.claims = new NeutronClaims(neutron, new ClaimJournal(documents));
    this.reach = reach;
  }

  /// What this machine serves and reaches.
  ///
  /// @param vipNetworks whose addresses lead here; empty for any, where tenants are trusted not to
  ///     make networks with addresses of others
  /// @param ownMachine whether members may be at addresses that mean this very machine
  public record Reach(Set<NetworkId> vipNetworks, boolean ownMachine) {
    public Reach {
      vipNetworks = Set.copyOf(vipNetworks);
    }
  }

  @Override
  public Optional<Network> network(Caller caller, NetworkId id) {
    if (seen(caller, "/networks/" + id, "network").isEmpty()) {
      return Optional.empty();
    }
    Answer answer = neutron.asCaller(caller, Question.get("/subnets?network_id=" + id));
    Map<UUID, Long> free = free(id);
    List<Subnet> subnets =
        answer.json().path("subnets").valueStream().map(it -> subnet(it, free)).toList();
    return Optional.of(new Network(id, subnets));
  }

  @Override
  public Optional<Subnet> subnet(Caller caller, SubnetId id) {
    return seen(caller, "/subnets/" + id, "subnet")
        .map(it -> subnet(it, free(new NetworkId(uuid(it, "network_id")))));
  }

  private static Subnet subnet(JsonNode it, Map<UUID, Long> free) {
    UUID id = uuid(it, "id");
    return new Subnet(
        new SubnetId(id),
        new NetworkId(uuid(it, "network_id")),
        it.path("cidr").asString(""),
        it.path("ip_version").asInt(4),
        free.getOrDefault(id, Long.MAX_VALUE));
  }

  /// How many addresses each subnet has left. A Neutron that does not tell has enough: it will say
  /// so itself if not.
  private Map<UUID, Long> free(NetworkId network) {
    return Availability.free(
        neutron.asService(Question.get("/network-ip-availabilities/" + network)));
  }

  @Override
  public Optional<Port> port(Caller caller, PortId id) {
    return seen(caller, "/ports/" + id, "port").map(NeutronPort::of).map(NeutronPort::port);
  }

  @Override
  public boolean securityGroupExists(Caller caller, SecurityGroupId id) {
    return seen(caller, "/security-groups/" + id, "security_group").isPresent();
  }

  @Override
  public boolean supportsQos() {
    return neutron.asService(Question.get("/extensions/qos")).ok();
  }

  @Override
  public boolean qosPolicyExists(Caller caller, QosPolicyId id) {
    return seen(caller, "/qos/policies/" + id, "policy").isPresent();
  }

  private Optional<JsonNode> seen(Caller caller, String path, String name) {
    Answer answer = neutron.asCaller(caller, Question.get(path));
    return switch (answer.status()) {
      case 200 -> Optional.of(answer.json().path(name));
      case 403, 404 -> Optional.empty();
      default ->
          throw new ServiceUnavailableException(
              "Neutron answers " + path + " with status " + answer.status());
    };
  }

  static UUID uuid(JsonNode node, String name) {
    String text = node.path(name).asString("");
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new ServiceUnavailableException("Neutron says no " + name + " of something", e);
    }
  }

  @Override
  public VipClaim claimVip(LoadBalancerId id, ProjectId project, VipWish wish) {
    Set<NetworkId> served = reach.vipNetworks();
    if (!served.isEmpty() && !served.contains(wish.network())) {
      return new VipClaim.Failed(
          "Network %s is none in which VIPs can be served.".formatted(wish.network()));
    }
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
  public List<InetAddress> listenAddresses(Vip vip, List<Vip.Additional> additional) {
    return Stream.concat(Stream.of(vip.address()), additional.stream().map(Vip.Additional::address))
        .map(Addresses::of)
        .toList();
  }

  /// A tenant's member must not reach what runs beside the load balancers, or the machine's own
  /// metadata service.
  @Override
  public InetAddress reach(String address, @Nullable SubnetId subnet, Vip vip) {
    InetAddress member = Addresses.of(address);
    boolean own =
        member.isLoopbackAddress()
            || member.isAnyLocalAddress()
            || member.isLinkLocalAddress()
            || member.isMulticastAddress();
    return own && !reach.ownMachine() ? NOWHERE : member;
  }

  /// Addresses are what they are: there is nothing to tell.
  @Override
  public void onChange(Consumer<PortId> listener) {}
}
