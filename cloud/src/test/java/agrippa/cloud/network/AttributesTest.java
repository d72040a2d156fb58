package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The attributes that a real Neutron (21.0, ML2 with its router and QoS services) shows of each
/// kind: to a member, and what admins see besides.
class AttributesTest extends FaceRig {
  private static final String COMMON =
      "id name tenant_id project_id description tags created_at updated_at revision_number ";

  @Test
  void ofNetworks() {
    check(
        "networks",
        alice.create("/v2.0/networks", "{'network': {'name': 'n'}}"),
        COMMON
            + "admin_state_up mtu status subnets shared availability_zone_hints availability_zones"
            + " ipv4_address_scope ipv6_address_scope router:external port_security_enabled"
            + " qos_policy_id",
        "provider:network_type provider:physical_network provider:segmentation_id");
  }

  @Test
  void ofSubnets() {
    check(
        "subnets",
        subnet(network("n"), "10.0.0.0/24", ""),
        COMMON
            + "network_id ip_version subnetpool_id enable_dhcp ipv6_ra_mode ipv6_address_mode"
            + " gateway_ip cidr allocation_pools host_routes dns_nameservers service_types",
        "");
  }

  @Test
  void ofPorts() {
    check(
        "ports",
        port(network("n"), ""),
        COMMON
            + "network_id mac_address admin_state_up status device_id device_owner fixed_ips"
            + " port_security_enabled qos_policy_id qos_network_policy_id security_groups"
            + " binding:vnic_type allowed_address_pairs extra_dhcp_opts",
        "binding:profile binding:host_id binding:vif_type binding:vif_details resource_request");
  }

  @Test
  void ofRouters() {
    check(
        "routers",
        alice.create("/v2.0/routers", "{'router': {'name': 'r'}}"),
        COMMON
            + "admin_state_up status external_gateway_info availability_zones"
            + " availability_zone_hints routes flavor_id",
        "distributed ha");
  }

  @Test
  void ofFloatingIps() {
    check(
        "floatingips",
        alice.create(
            "/v2.0/floatingips",
            "{'floatingip': {'floating_network_id': '" + publicNetwork() + "'}}"),
        COMMON.replace("name ", "")
            + "floating_ip_address floating_network_id router_id port_id fixed_ip_address status"
            + " qos_policy_id port_details",
        "");
  }

  @Test
  void ofSecurityGroups() {
    check(
        "security-groups",
        alice.create("/v2.0/security-groups", "{'security_group': {'name': 'g'}}"),
        COMMON + "stateful shared security_group_rules",
        "");
  }

  @Test
  void ofSecurityGroupRules() {
    JsonNode group = alice.create("/v2.0/security-groups", "{'security_group': {'name': 'g'}}");
    check(
        "security-group-rules",
        group.at("/security_group_rules/0"),
        COMMON.replace("name ", "")
            + "security_group_id ethertype direction protocol port_range_min port_range_max"
            + " remote_ip_prefix remote_address_group_id normalized_cidr remote_group_id",
        "");
  }

  private void check(String path, JsonNode made, String members, String admins) {
    assertThat(made.propertyNames()).containsExactlyInAnyOrderElementsOf(words(members));
    Set<String> all = new TreeSet<>(words(members));
    all.addAll(words(admins));
    JsonNode shown = admin.get("/v2.0/" + path + "/" + id(made)).body().iterator().next();
    assertThat(shown.propertyNames()).containsExactlyInAnyOrderElementsOf(all);
  }

  private static List<String> words(String text) {
    return Stream.of(text.split(" ")).filter(it -> !it.isEmpty()).toList();
  }

  @Test
  void onlyAdminsChooseHowANetworkIsMade() {
    String body = "{'network': {'name': 'x', 'provider:network_type': '%s'}}";
    assertThat(alice.post("/v2.0/networks", body.formatted("local")).error())
        .isEqualTo(
            "403 PolicyNotAuthorized: (rule:create_network and rule:create_network:provider:network_type) is disallowed by policy");
    assertThat(admin.post("/v2.0/networks", body.formatted("local")).status()).isEqualTo(201);
    assertThat(admin.post("/v2.0/networks", body.formatted("vxlan")).error())
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: network_type value 'vxlan' not supported.");
  }

  @Test
  void countsAddresses() {
    String network = network("n");
    subnet(network, "10.0.0.0/24", "");
    subnet(network, "fd00::/64", "");
    port(network, "");
    JsonNode shown =
        admin
            .get("/v2.0/network-ip-availabilities/" + network)
            .body()
            .path("network_ip_availability");
    assertThat(shown.path("network_name").stringValue()).isEqualTo("n");
    assertThat(shown.path("used_ips").intValue()).isEqualTo(2);
    assertThat(shown.path("total_ips").asString()).isEqualTo("18446744073709551867");
    assertThat(shown.at("/subnet_ip_availability/0/total_ips").intValue()).isEqualTo(253);
    assertThat(alice.get("/v2.0/network-ip-availabilities/" + network).status()).isEqualTo(404);
    JsonNode list =
        admin
            .get("/v2.0/network-ip-availabilities?network_name=n")
            .body()
            .path("network_ip_availabilities");
    assertThat(list.size()).isEqualTo(1);
    assertThat(
            alice
                .get("/v2.0/network-ip-availabilities")
                .body()
                .path("network_ip_availabilities")
                .isEmpty())
        .isTrue();
    assertThat(admin.get("/v2.0/agents").body().path("agents").isArray()).isTrue();
  }

  @Test
  void countsWhatAProjectUses() {
    network("one");
    network("two");
    JsonNode quota = alice.get("/v2.0/quotas/alice/details.json").body().path("quota");
    assertThat(quota.path("network").toString())
        .isEqualTo("{\"limit\":-1,\"used\":2,\"reserved\":0}");
    assertThat(alice.get("/v2.0/quotas/bob/details.json").status()).isEqualTo(403);
  }
}
