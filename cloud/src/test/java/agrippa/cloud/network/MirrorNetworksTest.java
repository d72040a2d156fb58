package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Caller;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Networks.VipClaim.Claimed;
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
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MirrorNetworksTest {
  private static final ProjectId ALICE = new ProjectId("alice");
  private static final Caller CALLER = TestCloud.PEOPLE.get("alice");

  private final TestCloud cloud = new TestCloud();
  private final TestCloud.Client alice = cloud.as("alice");
  private final Networks networks = cloud.networks();
  private NetworkId network;
  private SubnetId subnet;

  @BeforeEach
  void start() {
    network = new NetworkId(id(alice.create("/v2.0/networks", "{'network': {'name': 'n'}}")));
    subnet = subnet("10.10.10.0/28");
  }

  @AfterEach
  void stop() {
    cloud.close();
  }

  private SubnetId subnet(String cidr) {
    return new SubnetId(
        id(
            alice.create(
                "/v2.0/subnets",
                "{'subnet': {'network_id': '%s', 'cidr': '%s', 'ip_version': %d}}"
                    .formatted(network, cidr, cidr.contains(":") ? 6 : 4))));
  }

  private static UUID id(JsonNode it) {
    return UUID.fromString(it.path("id").stringValue());
  }

  private static LoadBalancerId balancer() {
    return new LoadBalancerId(UUID.randomUUID());
  }

  private VipWish wish(PortId port, String address, WishedAddress... additional) {
    return new VipWish(network, subnet, port, address, List.of(additional), null, List.of());
  }

  private Claimed claim(LoadBalancerId id, VipWish wish) {
    return (Claimed) networks.claimVip(id, ALICE, wish);
  }

  private JsonNode port(PortId id) {
    return alice.get("/v2.0/ports/" + id).body().path("port");
  }

  private PortId userPort() {
    return new PortId(
        id(alice.create("/v2.0/ports", "{'port': {'network_id': '" + network + "'}}")));
  }

  // Claims.

  @Test
  void aClaimMakesAPortAsOctaviaDoes() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    assertThat(vip.address()).isEqualTo("10.10.10.2");
    assertThat(vip.ownPort()).isTrue();
    JsonNode port = port(vip.port());
    assertThat(port.path("name").stringValue()).isEqualTo("octavia-lb-" + id);
    assertThat(port.path("device_id").stringValue()).isEqualTo("lb-" + id);
    assertThat(port.path("device_owner").stringValue()).isEqualTo("Octavia");
    assertThat(port.path("project_id").stringValue()).isEqualTo("alice");
    assertThat(port.path("admin_state_up").booleanValue()).isFalse();
    assertThat(port.has("agrippa:holder")).isFalse();
  }

  @Test
  void aVipsPortHasItsQosPolicy() {
    UUID gold = policy("{'policy': {'name': 'gold', 'shared': true}}");
    UUID tin = policy("{'policy': {'name': 'tin', 'shared': true}}");
    LoadBalancerId id = balancer();
    VipWish wish =
        new VipWish(network, subnet, null, null, List.of(), new QosPolicyId(gold), List.of());
    Vip vip = claim(id, wish).vip();
    assertThat(vip.qosPolicy()).isEqualTo(new QosPolicyId(gold));
    assertThat(port(vip.port()).path("qos_policy_id").asString("")).isEqualTo(gold.toString());
    assertThat(networks.port(CALLER, vip.port()).orElseThrow().qosPolicy())
        .isEqualTo(new QosPolicyId(gold));
    assertThat(cloud.as("admin").delete("/v2.0/qos/policies/" + gold).error())
        .isEqualTo(
            "409 QosPolicyInUse: QoS Policy %s is used by port %s.".formatted(gold, vip.port()));
    networks.updateVip(id, withQos(vip, new QosPolicyId(tin)));
    assertThat(port(vip.port()).path("qos_policy_id").asString("")).isEqualTo(tin.toString());
    networks.updateVip(id, withQos(vip, null));
    assertThat(port(vip.port()).path("qos_policy_id").isNull()).isTrue();
  }

  private UUID policy(String body) {
    return id(cloud.as("admin").create("/v2.0/qos/policies", body));
  }

  private static Vip withQos(Vip vip, QosPolicyId policy) {
    return new Vip(
        vip.address(), vip.port(), vip.ownPort(), vip.subnet(), vip.network(), policy, List.of());
  }

  @Test
  void claimingAgainGivesTheSame() {
    LoadBalancerId id = balancer();
    VipClaim first = networks.claimVip(id, ALICE, wish(null, null));
    assertThat(networks.claimVip(id, ALICE, wish(null, null))).isEqualTo(first);
    assertThat(cloud.open().networks().claimVip(id, ALICE, wish(null, null))).isEqualTo(first);
  }

  @Test
  void aClaimMayNameItsAddress() {
    assertThat(claim(balancer(), wish(null, "10.10.10.9")).vip().address()).isEqualTo("10.10.10.9");
    assertThat(networks.claimVip(balancer(), ALICE, wish(null, "10.10.10.9")))
        .isEqualTo(
            new VipClaim.AddressInUse(
                "IP address 10.10.10.9 already allocated in subnet " + subnet));
    assertThat(networks.claimVip(balancer(), ALICE, wish(null, "10.99.0.1")))
        .isInstanceOf(VipClaim.Failed.class);
  }

  @Test
  void aClaimMayHaveFurtherAddresses() {
    SubnetId six = subnet("fd00::/64");
    SubnetId four = subnet("10.20.0.0/24");
    Claimed claimed =
        claim(
            balancer(),
            wish(null, null, new WishedAddress(six, null), new WishedAddress(four, "10.20.0.7")));
    assertThat(claimed.additional())
        .containsExactly(new Vip.Additional(six, "fd00::2"), new Vip.Additional(four, "10.20.0.7"));
    assertThat(networks.listenAddresses(claimed.vip(), claimed.additional()))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("127.10.10.2", "127.0.0.2", "127.20.0.7");
  }

  @Test
  void addressesThatCollideInTheMirrorAreRefused() {
    claim(balancer(), wish(null, "10.10.10.9"));
    SubnetId other = subnet("192.10.10.0/24");
    VipWish wish = new VipWish(network, other, null, "192.10.10.9", List.of(), null, List.of());
    assertThat(networks.claimVip(balancer(), ALICE, wish))
        .isEqualTo(
            new VipClaim.AddressInUse(
                "IP address 192.10.10.9 would be served at 127.10.10.9 of this machine, which serves 10.10.10.9."));
  }

  @Test
  void claimsAtTheSameTimeNeverShareAnAddress() throws InterruptedException, ExecutionException {
    List<Future<VipClaim>> claims = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        claims.add(threads.submit(() -> networks.claimVip(balancer(), ALICE, wish(null, null))));
      }
    }
    List<String> addresses = new ArrayList<>();
    List<String> refusals = new ArrayList<>();
    for (Future<VipClaim> it : claims) {
      switch (it.get()) {
        case Claimed(Vip vip, _) -> addresses.add(vip.address());
        case VipClaim.AddressInUse(String detail) -> throw new AssertionError(detail);
        case VipClaim.Failed(String detail) -> refusals.add(detail);
      }
    }
    // A /28 has 14 hosts, and one is the gateway's.
    assertThat(addresses).doesNotHaveDuplicates().hasSize(13);
    assertThat(refusals)
        .hasSize(7)
        .containsOnly("No more IP addresses available on network " + network + ".");
    assertThat(networks.subnet(CALLER, subnet).orElseThrow().freeAddresses()).isZero();
  }

  @Test
  void whatIsReleasedCanBeClaimedAgain() {
    LoadBalancerId id = balancer();
    assertThat(networks.subnet(CALLER, subnet).orElseThrow().freeAddresses()).isEqualTo(13);
    Vip vip = claim(id, wish(null, null)).vip();
    assertThat(networks.subnet(CALLER, subnet).orElseThrow().freeAddresses()).isEqualTo(12);
    assertThat(networks.claims()).containsExactly(id);
    networks.releaseVip(id, vip);
    networks.releaseVip(id, vip);
    assertThat(networks.claims()).isEmpty();
    assertThat(networks.port(CALLER, vip.port())).isEmpty();
    assertThat(claim(balancer(), wish(null, null)).vip().address()).isEqualTo(vip.address());
  }

  @Test
  void aUsersPortSurvivesItsLoadBalancer() {
    PortId port = userPort();
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(port, null)).vip();
    assertThat(vip.port()).isEqualTo(port);
    assertThat(vip.ownPort()).isFalse();
    assertThat(networks.port(CALLER, port).orElseThrow().deviceId()).isEqualTo("lb-" + id);
    assertThat(networks.claimVip(balancer(), ALICE, wish(port, null)))
        .isInstanceOf(VipClaim.Failed.class);
    assertThat(networks.claimVip(balancer(), ALICE, wish(userPort(), "10.10.10.13")))
        .isInstanceOf(VipClaim.Failed.class);
    networks.releaseVip(id, vip);
    assertThat(networks.port(CALLER, port).orElseThrow().deviceId()).isEmpty();
  }

  @Test
  void leftOverClaimsAreFoundAndReleased() {
    LoadBalancerId made = balancer();
    LoadBalancerId taken = balancer();
    PortId port = userPort();
    claim(made, wish(null, null));
    claim(taken, wish(port, null));
    Networks again = cloud.open().networks();
    assertThat(again.claims()).isEqualTo(Set.of(made, taken));
    again.releaseClaims(made);
    again.releaseClaims(taken);
    again.releaseClaims(taken);
    assertThat(again.claims()).isEmpty();
    assertThat(again.port(CALLER, port)).isPresent();
  }

  @Test
  void whoWritesADeviceClaimsNothing() {
    LoadBalancerId victim = balancer();
    String body =
        "{'port': {'network_id': '%s', 'device_id': 'lb-%s', 'device_owner': 'Octavia'}}"
            .formatted(network, victim);
    UUID forged = id(alice.create("/v2.0/ports", body));
    assertThat(networks.claims()).isEmpty();
    Vip vip = claim(victim, wish(null, null)).vip();
    assertThat(vip.port().value()).isNotEqualTo(forged);
    networks.releaseClaims(victim);
    assertThat(port(new PortId(forged)).isMissingNode()).isFalse();
  }

  @Test
  void usersMaySetGroupsOfAVipPortButNotTakeItAway() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    UUID group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    String path = "/v2.0/ports/" + vip.port();
    assertThat(alice.put(path, "{'port': {'security_groups': ['" + group + "']}}").status())
        .isEqualTo(200);
    assertThat(alice.delete(path).error()).startsWith("409 ServicePortInUse");
    assertThat(alice.put(path, "{'port': {'fixed_ips': []}}").error())
        .startsWith("409 ServicePortInUse");
    assertThat(alice.put(path, "{'port': {'device_id': ''}}").error())
        .startsWith("409 ServicePortInUse");
  }

  @Test
  void theGroupsOfAVipBecomeThoseOfItsPort() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    UUID group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    assertThat(networks.securityGroupExists(CALLER, new SecurityGroupId(group))).isTrue();
    assertThat(
            networks.securityGroupExists(TestCloud.PEOPLE.get("bob"), new SecurityGroupId(group)))
        .isFalse();
    networks.updateVip(id, withGroups(vip, group));
    assertThat(port(vip.port()).path("security_groups").toString())
        .isEqualTo("[\"" + group + "\"]");
    networks.updateVip(id, withGroups(vip));
    assertThat(port(vip.port()).path("security_groups").isEmpty()).isTrue();
  }

  @Test
  void groupsThatAUserSetStayUntilTheVipGetsOthers() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    UUID group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    alice.put("/v2.0/ports/" + vip.port(), "{'port': {'security_groups': ['" + group + "']}}");
    cloud.open().networks().updateVip(id, vip);
    networks.updateVip(id, vip);
    assertThat(port(vip.port()).path("security_groups").toString())
        .isEqualTo("[\"" + group + "\"]");
  }

  private Vip withGroups(Vip vip, UUID... groups) {
    return new Vip(
        vip.address(),
        vip.port(),
        true,
        subnet,
        network,
        null,
        Stream.of(groups).map(SecurityGroupId::new).toList());
  }

  // Look-ups.

  @Test
  void looksUpWhatTheCallerSees() {
    Caller bob = TestCloud.PEOPLE.get("bob");
    assertThat(networks.network(CALLER, network).orElseThrow().subnets())
        .containsExactly(new Networks.Subnet(subnet, network, "10.10.10.0/28", 4, 13));
    assertThat(networks.network(bob, network)).isEmpty();
    assertThat(networks.subnet(bob, subnet)).isEmpty();
    PortId port = userPort();
    assertThat(networks.port(bob, port)).isEmpty();
    assertThat(networks.port(CALLER, port).orElseThrow().fixedIps())
        .containsExactly(new Networks.FixedIp(subnet, "10.10.10.2"));
  }

  // Paths.

  @Test
  void floatingIpsLeadToTheVip() {
    Vip vip = claim(balancer(), wish(null, null)).vip();
    List<PortId> changed = new ArrayList<>();
    networks.onChange(changed::add);
    JsonNode external = alice.get("/v2.0/networks?name=public").body().at("/networks/0");
    String floating =
        "/v2.0/floatingips/"
            + id(
                alice.create(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '" + id(external) + "'}}"));
    assertThat(changed).isEmpty();
    alice.put(floating, "{'floatingip': {'port_id': '" + vip.port() + "'}}");
    assertThat(changed).containsExactly(vip.port());
    assertThat(networks.listenAddresses(vip, List.of()))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("127.10.10.2", "127.0.113.2");
    alice.put(floating, "{'floatingip': {'description': 'the same'}}");
    assertThat(changed).hasSize(1);
    alice.put(floating, "{'floatingip': {'port_id': null}}");
    assertThat(changed).containsExactly(vip.port(), vip.port());
    assertThat(networks.listenAddresses(vip, List.of()))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("127.10.10.2");
  }

  @Test
  void membersAreReachedInTheMirrorIfTheirNetworkIsEmbedded() {
    Vip vip = claim(balancer(), wish(null, null)).vip();
    assertThat(networks.reach("10.10.10.7", subnet, vip).getHostAddress()).isEqualTo("127.10.10.7");
    assertThat(networks.reach("203.0.113.9", null, vip).getHostAddress()).isEqualTo("127.0.113.9");
    assertThat(networks.reach("192.0.2.7", null, vip).getHostAddress()).isEqualTo("192.0.2.7");
    assertThat(networks.reach("127.0.0.1", null, vip).getHostAddress()).isEqualTo("127.0.0.1");
  }

  @Test
  void networksOfOthersDoNotChangeWhereMembersAre() {
    Vip vip = claim(balancer(), wish(null, null)).vip();
    TestCloud.Client bob = cloud.as("bob");
    UUID theirs = id(bob.create("/v2.0/networks", "{'network': {}}"));
    bob.create(
        "/v2.0/subnets",
        "{'subnet': {'network_id': '" + theirs + "', 'cidr': '192.0.2.0/24', 'ip_version': 4}}");
    assertThat(networks.reach("192.0.2.7", null, vip).getHostAddress()).isEqualTo("192.0.2.7");
  }

  @Test
  void clientsOfEmbeddedNetworksAreSeenInTheMirror() {
    Vip vip = claim(balancer(), wish(null, null)).vip();
    assertThat(networks.arrivals("10.10.10.4/30", vip))
        .containsExactly("10.10.10.4/30", "127.10.10.4/30");
    assertThat(networks.arrivals("10.0.0.0/8", vip))
        .containsExactly("10.0.0.0/8", "127.10.10.0/28");
    assertThat(networks.arrivals("192.0.2.0/24", vip)).containsExactly("192.0.2.0/24");
  }

  // What is stored.

  @Test
  void everythingIsThereAfterARestart() {
    claim(balancer(), wish(null, null));
    userPort();
    subnet("fd00::/64");
    alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}");
    alice.create(
        "/v2.0/subnetpools", "{'subnetpool': {'name': 'p', 'prefixes': ['10.99.0.0/16']}}");
    UUID gold = policy("{'policy': {'name': 'gold', 'shared': true}}");
    claim(
        balancer(),
        new VipWish(network, subnet, null, null, List.of(), new QosPolicyId(gold), List.of()));
    JsonNode external = alice.get("/v2.0/networks?name=public").body().at("/networks/0");
    alice.create(
        "/v2.0/floatingips", "{'floatingip': {'floating_network_id': '" + id(external) + "'}}");
    alice.create(
        "/v2.0/routers",
        "{'router': {'external_gateway_info': {'network_id': '" + id(external) + "'}}}");
    try (TestCloud.Served again = cloud.served(cloud.open())) {
      for (Kind kind : Kind.values()) {
        String path = "/v2.0/" + kind.path();
        assertThat(again.as("alice").get(path).body()).isEqualTo(alice.get(path).body());
        assertThat(alice.get(path).body().path(kind.plural()).isEmpty()).isFalse();
      }
    }
  }
}
