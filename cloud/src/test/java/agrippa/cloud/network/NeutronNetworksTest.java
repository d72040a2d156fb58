package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.TestKeystone;
import agrippa.control.Caller;
import agrippa.control.spi.Networks;
import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Networks.VipClaim.Claimed;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Networks.WishedAddress;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The client of a Neutron, before the embedded one, which answers as the real one does. The
/// service user is its admin.
class NeutronNetworksTest {
  private static final ProjectId ALICE = new ProjectId("alice");
  private static final Caller CALLER = TestCloud.PEOPLE.get("alice");
  private static final Caller STRANGER = TestCloud.PEOPLE.get("bob");

  private final TestCloud cloud = new TestCloud();
  private final TestCloud.Client alice = cloud.as("alice");
  private final TestKeystone keystone = new TestKeystone();
  private Networks networks;
  private NetworkId network;
  private SubnetId subnet;

  NeutronNetworksTest() throws Exception {
    keystone.next.set("admin");
  }

  @BeforeEach
  void start() {
    network = new NetworkId(id(alice.create("/v2.0/networks", "{'network': {'name': 'n'}}")));
    subnet = subnet("10.10.10.0/28");
    networks = open(URI.create(cloud.url("")), Set.of(network), false);
  }

  private Networks open(URI neutron, Set<NetworkId> served, boolean ownMachine) {
    return new NeutronNetworks(
        new ServiceClient(keystone.session(), ServiceClient.Kind.NETWORK, neutron),
        cloud.documents(),
        new NeutronNetworks.Reach(served, ownMachine));
  }

  @AfterEach
  void stop() {
    keystone.close();
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
  }

  @Test
  void claimingAgainGivesTheSame() {
    LoadBalancerId id = balancer();
    VipClaim first = networks.claimVip(id, ALICE, wish(null, "10.10.10.7"));
    assertThat(networks.claimVip(id, ALICE, wish(null, "10.10.10.7"))).isEqualTo(first);
  }

  @Test
  void aClaimMayHaveFurtherAddresses() {
    SubnetId six = subnet("2001:db8::/64");
    Claimed claimed =
        claim(balancer(), wish(null, "10.10.10.9", new WishedAddress(six, "2001:db8::9")));
    assertThat(claimed.vip().address()).isEqualTo("10.10.10.9");
    assertThat(claimed.additional())
        .containsExactly(new Vip.Additional(six, Addresses.text(Addresses.of("2001:db8::9"))));
    assertThat(networks.listenAddresses(claimed.vip(), claimed.additional()))
        .containsExactly(Addresses.of("10.10.10.9"), Addresses.of("2001:db8::9"));
  }

  @Test
  void anAddressInUseIsSaidInNeutronsWords() {
    claim(balancer(), wish(null, "10.10.10.9"));
    assertThat(networks.claimVip(balancer(), ALICE, wish(null, "10.10.10.9")))
        .isInstanceOfSatisfying(
            VipClaim.AddressInUse.class, it -> assertThat(it.detail()).contains("10.10.10.9"));
    assertThat(networks.claims()).hasSize(1);
  }

  @Test
  void otherRefusalsFailAndLeaveNothing() {
    assertThat(networks.claimVip(balancer(), ALICE, wish(null, "192.0.2.1")))
        .isInstanceOf(VipClaim.Failed.class);
    assertThat(networks.claims()).isEmpty();
    assertThat(cloud.documents().load("neutron_claims")).isEmpty();
  }

  @Test
  void vipsAreOnlyWhereThisMachineServes() {
    Networks elsewhere =
        open(URI.create(cloud.url("")), Set.of(new NetworkId(UUID.randomUUID())), false);
    assertThat(elsewhere.claimVip(balancer(), ALICE, wish(null, null)))
        .isEqualTo(
            new VipClaim.Failed("Network " + network + " is none in which VIPs can be served."));
    Networks anywhere = open(URI.create(cloud.url("")), Set.of(), false);
    assertThat(anywhere.claimVip(balancer(), ALICE, wish(null, null))).isInstanceOf(Claimed.class);
  }

  @Test
  void aUsersPortSurvivesItsLoadBalancer() {
    PortId port = userPort();
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(port, null)).vip();
    assertThat(vip.ownPort()).isFalse();
    assertThat(port(port).path("device_id").stringValue()).isEqualTo("lb-" + id);
    assertThat(networks.claimVip(balancer(), ALICE, wish(port, null)))
        .isInstanceOfSatisfying(
            VipClaim.Failed.class, it -> assertThat(it.detail()).contains("already"));
    networks.releaseVip(id, vip);
    networks.releaseVip(id, vip);
    assertThat(port(port).path("device_id").stringValue()).isEmpty();
  }

  @Test
  void leftOverClaimsAreFoundAfterARestartAndOnlyOurs() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    LoadBalancerId octavias = balancer();
    JsonNode other =
        cloud
            .as("admin")
            .create(
                "/v2.0/ports",
                "{'port': {'network_id': '%s', 'device_id': 'lb-%s', 'device_owner': 'Octavia'}}"
                    .formatted(network, octavias));
    Networks restarted = open(URI.create(cloud.url("")), Set.of(network), false);
    assertThat(restarted.claims()).containsExactly(id);
    restarted.releaseClaims(id);
    assertThat(restarted.claims()).isEmpty();
    assertThat(alice.get("/v2.0/ports/" + vip.port()).status()).isEqualTo(404);
    assertThat(alice.get("/v2.0/ports/" + id(other)).status()).isEqualTo(200);
  }

  @Test
  void theGroupsOfAVipBecomeThoseOfItsPortOnce() {
    LoadBalancerId id = balancer();
    Vip vip = claim(id, wish(null, null)).vip();
    UUID group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'g'}}"));
    Vip guarded =
        new Vip(
            vip.address(),
            vip.port(),
            true,
            vip.subnet(),
            vip.network(),
            null,
            List.of(new SecurityGroupId(group)));
    networks.updateVip(id, guarded);
    assertThat(port(vip.port()).path("security_groups").get(0).stringValue())
        .isEqualTo(group.toString());
    alice.put("/v2.0/ports/" + vip.port(), "{'port': {'security_groups': []}}");
    open(URI.create(cloud.url("")), Set.of(network), false).updateVip(id, guarded);
    assertThat(port(vip.port()).path("security_groups")).isEmpty();
  }

  @Test
  void looksUpWhatTheCallerSees() {
    UUID group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'g'}}"));
    PortId port = userPort();
    assertThat(networks.network(CALLER, network).orElseThrow().subnets())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.id()).isEqualTo(subnet);
              assertThat(it.cidr()).isEqualTo("10.10.10.0/28");
              assertThat(it.freeAddresses()).isPositive();
            });
    assertThat(networks.subnet(CALLER, subnet).orElseThrow().network()).isEqualTo(network);
    assertThat(networks.port(CALLER, port).orElseThrow().fixedIps()).hasSize(1);
    assertThat(networks.securityGroupExists(CALLER, new SecurityGroupId(group))).isTrue();
    assertThat(networks.network(STRANGER, network)).isEmpty();
    assertThat(networks.subnet(STRANGER, subnet)).isEmpty();
    assertThat(networks.port(STRANGER, port)).isEmpty();
    assertThat(networks.securityGroupExists(STRANGER, new SecurityGroupId(group))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.1", "::1", "::", "fe80::1"})
  void membersAreNotThisMachine(String address) {
    Vip vip = claim(balancer(), wish(null, null)).vip();
    assertThat(networks.reach(address, null, vip)).isEqualTo(Addresses.of("255.255.255.255"));
    Networks trusting = open(URI.create(cloud.url("")), Set.of(network), true);
    assertThat(trusting.reach(address, null, vip)).isEqualTo(Addresses.of(address));
    assertThat(networks.reach("10.10.10.3", null, vip)).isEqualTo(Addresses.of("10.10.10.3"));
  }

  /// Answers everything alike; a list of ports it has none of.
  private VipClaim claimFrom(int status, String error) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            boolean post = exchange.getRequestMethod().equals("POST");
            byte[] body = (post ? error : "{\"ports\": []}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(post ? status : 200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    try {
      URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      networks = open(url, Set.of(), false);
      return networks.claimVip(balancer(), ALICE, wish(null, null));
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "409, OverQuota, Quota exceeded for resources: ['port'].",
    "409, IpAddressGenerationFailure, No more IP addresses available.",
    "404, NetworkNotFound, Network could not be found.",
    "400, InvalidInput, Invalid input.",
  })
  void refusalsAreHandedOnInNeutronsWords(int status, String type, String message)
      throws IOException {
    String error =
        "{\"NeutronError\": {\"type\": \"%s\", \"message\": \"%s\", \"detail\": \"\"}}"
            .formatted(type, message);
    assertThat(claimFrom(status, error)).isEqualTo(new VipClaim.Failed(message));
    assertThat(networks.claims()).isEmpty();
  }

  @Test
  void aNeutronThatBreaksMayHaveMadeThePort() {
    assertThatThrownBy(() -> claimFrom(503, "{}")).isInstanceOf(ServiceUnavailableException.class);
    // So the sweep will look.
    assertThat(networks.claims()).hasSize(1);
  }
}
