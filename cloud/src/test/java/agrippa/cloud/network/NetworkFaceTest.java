package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.network.TestCloud.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NetworkFaceTest {
  private final TestCloud cloud = new TestCloud();
  private final TestCloud.Client alice = cloud.as("alice");
  private final TestCloud.Client bob = cloud.as("bob");
  private final TestCloud.Client admin = cloud.as("admin");

  @AfterEach
  void stop() {
    cloud.close();
  }

  private String network(String name) {
    return id(alice.create("/v2.0/networks", "{'network': {'name': '" + name + "'}}"));
  }

  private JsonNode subnet(String network, String cidr, String more) {
    return alice.create(
        "/v2.0/subnets",
        "{'subnet': {'network_id': '%s', 'cidr': '%s', 'ip_version': %d%s}}"
            .formatted(network, cidr, cidr.contains(":") ? 6 : 4, more));
  }

  private JsonNode port(String network, String more) {
    return alice.create("/v2.0/ports", portBody(network, more));
  }

  private static String portBody(String network, String more) {
    return "{'port': {'network_id': '%s'%s}}".formatted(network, more);
  }

  private static String id(JsonNode it) {
    return it.path("id").stringValue();
  }

  private static List<String> names(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(it -> it.path("name").asString())
        .toList();
  }

  private static String address(JsonNode port) {
    return port.at("/fixed_ips/0/ip_address").stringValue();
  }

  private String publicNetwork() {
    return id(alice.get("/v2.0/networks?name=public").body().at("/networks/0"));
  }

  // Who may ask, and what the service says of itself.

  @Test
  void tellsItsVersionToEverybody() {
    Answer answer = cloud.as("").get("/");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().at("/versions/0/id").asString()).isEqualTo("v2.0");
    assertThat(answer.body().at("/versions/0/status").asString()).isEqualTo("CURRENT");
    assertThat(answer.body().at("/versions/0/links/0/href").asString())
        .isEqualTo(cloud.url("/v2.0/"));
  }

  @Test
  void letsOnlyThoseInWithAToken() {
    assertThat(cloud.as("").get("/v2.0/networks").status()).isEqualTo(401);
    assertThat(cloud.as("nobody").get("/v2.0").status()).isEqualTo(401);
    assertThat(alice.get("/v2.0").status()).isEqualTo(200);
  }

  @Test
  void listsItsExtensions() {
    List<String> aliases = new ArrayList<>();
    alice
        .get("/v2.0/extensions")
        .body()
        .path("extensions")
        .forEach(it -> aliases.add(it.path("alias").stringValue()));
    assertThat(aliases).contains("standard-attr-tag", "security-group", "external-net");
    assertThat(
            alice
                .get("/v2.0/extensions/standard-attr-tag")
                .body()
                .at("/extension/alias")
                .asString())
        .isEqualTo("standard-attr-tag");
    assertThat(alice.get("/v2.0/extensions/trunk").status()).isEqualTo(404);
  }

  @Test
  void answersUnknownPathsAndMethodsAsNeutronDoes() {
    assertThat(alice.get("/v2.0/trunks").error())
        .isEqualTo("404 HTTPNotFound: The resource could not be found.");
    assertThat(alice.delete("/v2.0/networks").status()).isEqualTo(405);
    assertThat(alice.post("/v2.0/networks", "nonsense").error())
        .isEqualTo("400 HTTPBadRequest: Resource body required");
    assertThat(alice.post("/v2.0/networks", "{'net': {}}").error())
        .isEqualTo("400 HTTPBadRequest: Unable to find 'network' in request body");
    assertThat(alice.get("/v2.0/quotas/alice").body().at("/quota/port").intValue()).isEqualTo(-1);
    assertThat(alice.get("/v2.0/qos/policies").body().path("policies").isEmpty()).isTrue();
  }

  // QoS policies.

  @Test
  void adminsMakeQosPoliciesAndProjectsUseSharedOnes() {
    String body = "{'policy': {'name': 'gold', 'shared': %s, 'project_id': 'alice'}}";
    assertThat(alice.post("/v2.0/qos/policies", body.formatted(false)).error())
        .isEqualTo("403 PolicyNotAuthorized: rule:create_policy is disallowed by policy");
    assertThat(admin.post("/v2.0/qos/policies", "{'policy': {}}").status()).isEqualTo(400);
    JsonNode own = admin.create("/v2.0/qos/policies", body.formatted(false));
    JsonNode shared = admin.create("/v2.0/qos/policies", body.formatted(true));
    assertThat(own.path("rules").isEmpty()).isTrue();
    assertThat(alice.get("/v2.0/qos/policies").body().path("policies").size()).isEqualTo(2);
    assertThat(bob.get("/v2.0/qos/policies").body().path("policies").size()).isEqualTo(1);
    String mine = "/v2.0/qos/policies/" + own.path("id").asString("");
    assertThat(bob.get(mine).error())
        .isEqualTo(
            "404 QosPolicyNotFound: QoS policy %s could not be found."
                .formatted(own.path("id").asString("")));
    assertThat(alice.delete(mine).status()).isEqualTo(403);

    String network = network("n");
    String port = "{'port': {'network_id': '%s', 'qos_policy_id': '%s'}}";
    String policy = shared.path("id").asString("");
    JsonNode made = alice.create("/v2.0/ports", port.formatted(network, policy));
    assertThat(made.path("qos_policy_id").asString("")).isEqualTo(policy);
    String nobody = "00000000-0000-0000-0000-000000000009";
    assertThat(alice.post("/v2.0/ports", port.formatted(network, nobody)).error())
        .isEqualTo("404 QosPolicyNotFound: QoS policy %s could not be found.".formatted(nobody));
    assertThat(admin.delete(mine).status()).isEqualTo(204);
  }

  // Networks.

  @Test
  void theFirstStartMakesAPublicNetwork() {
    JsonNode found = bob.get("/v2.0/networks").body().path("networks");
    assertThat(names(found)).containsExactly("public");
    assertThat(found.at("/0/router:external").booleanValue()).isTrue();
    assertThat(found.at("/0/shared").booleanValue()).isTrue();
    JsonNode subnets = bob.get("/v2.0/subnets").body().path("subnets");
    assertThat(subnets.at("/0/cidr").stringValue()).isEqualTo("203.0.113.0/24");
    assertThat(found.at("/0/subnets/0").stringValue()).isEqualTo(id(subnets.path(0)));
  }

  @Test
  void aNetworkHasNeutronsAttributes() {
    JsonNode network = alice.create("/v2.0/networks", "{'network': {'name': 'n'}}");
    assertThat(network.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "name",
            "tenant_id",
            "project_id",
            "description",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "admin_state_up",
            "mtu",
            "status",
            "shared",
            "availability_zone_hints",
            "availability_zones",
            "ipv4_address_scope",
            "ipv6_address_scope",
            "router:external",
            "port_security_enabled",
            "qos_policy_id",
            "subnets");
    assertThat(network.path("project_id").stringValue()).isEqualTo("alice");
    assertThat(network.path("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(network.path("created_at").stringValue()).isEqualTo("2026-11-23T12:34:56Z");
  }

  @Test
  void projectsSeeTheirOwnNetworksAndSharedOnes() {
    String mine = network("mine");
    assertThat(names(bob.get("/v2.0/networks").body().path("networks"))).containsExactly("public");
    assertThat(names(admin.get("/v2.0/networks").body().path("networks")))
        .containsExactly("public", "mine");
    assertThat(bob.get("/v2.0/networks/" + mine).error())
        .isEqualTo("404 NetworkNotFound: Network " + mine + " could not be found.");
    assertThat(bob.get("/v2.0/networks/mine").status()).isEqualTo(404);
    assertThat(bob.delete("/v2.0/networks/" + publicNetwork()).error())
        .isEqualTo("403 PolicyNotAuthorized: rule:delete_network is disallowed by policy");
    assertThat(alice.post("/v2.0/networks", "{'network': {'shared': true}}").status())
        .isEqualTo(403);
    assertThat(alice.post("/v2.0/networks", "{'network': {'project_id': 'bob'}}").status())
        .isEqualTo(403);
    assertThat(id(admin.create("/v2.0/networks", "{'network': {'name': 'x', 'tenant_id': 'bob'}}")))
        .isEqualTo(id(bob.get("/v2.0/networks?name=x").body().at("/networks/0")));
  }

  @Test
  void aNetworkCanBeChangedAndDeleted() {
    String id = network("before");
    JsonNode after =
        alice
            .put("/v2.0/networks/" + id, "{'network': {'name': 'after', 'mtu': '1400'}}")
            .body()
            .path("network");
    assertThat(after.path("name").stringValue()).isEqualTo("after");
    assertThat(after.path("mtu").intValue()).isEqualTo(1400);
    assertThat(after.path("revision_number").intValue()).isEqualTo(2);
    subnet(id, "10.0.0.0/24", "");
    String port = id(port(id, ""));
    assertThat(alice.delete("/v2.0/networks/" + id).error())
        .isEqualTo(
            "409 NetworkInUse: Unable to complete operation on network %s. There are one or more ports still in use on the network, id for these ports is %s."
                .formatted(id, port));
    assertThat(alice.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
    assertThat(alice.delete("/v2.0/networks/" + id).status()).isEqualTo(204);
    assertThat(alice.get("/v2.0/networks/" + id).status()).isEqualTo(404);
    assertThat(alice.get("/v2.0/subnets?network_id=" + id).body().path("subnets").isEmpty())
        .isTrue();
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertThat(alice.post("/v2.0/networks", "{'network': {'nmae': 'x', 'colour': 1}}").error())
        .isEqualTo("400 HTTPBadRequest: Unrecognized attribute(s) 'colour, nmae'");
    assertThat(alice.post("/v2.0/networks", "{'network': {'name': 5}}").error())
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for name. Reason: '5' is not a valid string.");
    assertThat(alice.post("/v2.0/networks", "{'network': {'admin_state_up': 'maybe'}}").error())
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: 'maybe' cannot be converted to boolean.");
  }

  @Test
  void manyCanBeMadeAtOnceOrNone() {
    Answer answer = alice.post("/v2.0/networks", "{'networks': [{'name': 'a'}, {'name': 'b'}]}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(names(answer.body().path("networks"))).containsExactly("a", "b");
    assertThat(alice.post("/v2.0/networks", "{'networks': [{'name': 'c'}, {'name': 7}]}").status())
        .isEqualTo(400);
    assertThat(names(alice.get("/v2.0/networks").body().path("networks")))
        .containsExactly("public", "a", "b");
  }

  // Subnets.

  @Test
  void aSubnetGetsItsGatewayAndPools() {
    JsonNode subnet = subnet(network("n"), "10.10.10.0/24", "");
    assertThat(subnet.path("gateway_ip").stringValue()).isEqualTo("10.10.10.1");
    assertThat(subnet.path("allocation_pools").toString())
        .isEqualTo("[{\"start\":\"10.10.10.2\",\"end\":\"10.10.10.254\"}]");
    assertThat(subnet.path("enable_dhcp").booleanValue()).isTrue();
    assertThat(subnet.path("ip_version").intValue()).isEqualTo(4);
  }

  @Test
  void aSubnetTakesSettings() {
    JsonNode subnet =
        subnet(
            network("n"),
            "10.10.10.0/24",
            """
            , 'gateway_ip': '10.10.10.9', 'dns_nameservers': ['8.8.8.8'], 'enable_dhcp': false,
            'host_routes': [{'destination': '10.0.0.0/8', 'nexthop': '10.10.10.3'}], 'name': 's'\
            """);
    assertThat(subnet.path("allocation_pools").toString())
        .isEqualTo(
            "[{\"start\":\"10.10.10.1\",\"end\":\"10.10.10.8\"},{\"start\":\"10.10.10.10\",\"end\":\"10.10.10.254\"}]");
    assertThat(subnet.at("/dns_nameservers/0").stringValue()).isEqualTo("8.8.8.8");
    assertThat(subnet.at("/host_routes/0/nexthop").stringValue()).isEqualTo("10.10.10.3");
    JsonNode after =
        alice
            .put("/v2.0/subnets/" + id(subnet), "{'subnet': {'gateway_ip': null, 'name': 't'}}")
            .body()
            .path("subnet");
    assertThat(after.path("gateway_ip").isNull()).isTrue();
    assertThat(after.path("name").stringValue()).isEqualTo("t");
  }

  @Test
  void anIpv6SubnetHasModes() {
    JsonNode subnet =
        subnet(
            network("n"),
            "fd00:0:0:1::/64",
            ", 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'");
    assertThat(subnet.path("cidr").stringValue()).isEqualTo("fd00:0:0:1::/64");
    assertThat(subnet.path("gateway_ip").stringValue()).isEqualTo("fd00:0:0:1::1");
    assertThat(subnet.path("ipv6_ra_mode").stringValue()).isEqualTo("slaac");
    assertThat(subnet.at("/allocation_pools/0/start").stringValue()).isEqualTo("fd00:0:0:1::2");
  }

  @Test
  void refusesSubnetsThatMakeNoSense() {
    String network = network("n");
    assertThat(refused(network, "'cidr': '10.1.2.3/24', 'ip_version': 4"))
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for cidr. Reason: '10.1.2.3/24' isn't a recognized IP subnet cidr, '10.1.2.0/24' is recommended.");
    assertThat(refused(network, "'cidr': 'x', 'ip_version': 4"))
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for cidr. Reason: 'x' is not a valid IP subnet.");
    assertThat(refused(network, "'ip_version': 4"))
        .isEqualTo(
            "400 HTTPBadRequest: Failed to parse request. Required attribute 'cidr' not specified");
    assertThat(refused(network, "'cidr': '10.1.2.0/24', 'ip_version': 6"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: cidr '10.1.2.0/24' does not match the ip_version '6'.");
    assertThat(refused(network, "'cidr': '0.0.0.0/1', 'ip_version': 4"))
        .contains("cannot be mirrored");
    assertThat(refused(network, "'cidr': '10.1.2.0/24', 'ip_version': 4, 'gateway_ip': '10.9.9.9'"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: Gateway is not valid on subnet.");
    assertThat(
            refused(
                network,
                "'cidr': '10.1.2.0/24', 'ip_version': 4, 'allocation_pools': [{'start': '10.1.2.1', 'end': '10.1.2.9'}]"))
        .isEqualTo(
            "409 GatewayConflictWithAllocationPools: Gateway ip 10.1.2.1 conflicts with allocation pool 10.1.2.1-10.1.2.9.");
    assertThat(
            refused(
                network,
                "'cidr': '10.1.2.0/24', 'ip_version': 4, 'allocation_pools': [{'start': '10.1.2.9', 'end': '10.1.3.9'}]"))
        .isEqualTo(
            "400 OutOfBoundsAllocationPool: The allocation pool 10.1.2.9-10.1.3.9 spans beyond the subnet cidr 10.1.2.0/24.");
    subnet(network, "10.1.0.0/16", "");
    assertThat(refused(network, "'cidr': '10.1.2.0/24', 'ip_version': 4"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: Requested subnet with cidr: 10.1.2.0/24 for network: %s overlaps with another subnet."
                .formatted(network));
    assertThat(refused(publicNetwork(), "'cidr': '10.1.2.0/24', 'ip_version': 4"))
        .startsWith("403 ");
    assertThat(refused(UUID.randomUUID().toString(), "'cidr': '10.1.2.0/24', 'ip_version': 4"))
        .startsWith("404 NetworkNotFound");
  }

  private String refused(String network, String rest) {
    return alice
        .post("/v2.0/subnets", "{'subnet': {'network_id': '%s', %s}}".formatted(network, rest))
        .error();
  }

  @Test
  void aSubnetInUseStays() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    port(network, "");
    assertThat(alice.delete("/v2.0/subnets/" + subnet).error())
        .isEqualTo(
            "409 SubnetInUse: Unable to complete operation on subnet %s: One or more ports have an IP allocation from this subnet."
                .formatted(subnet));
  }

  // Ports.

  @Test
  void aPortGetsAddressesAndTheDefaultGroup() {
    String network = network("n");
    String four = id(subnet(network, "10.0.0.0/24", ""));
    String six = id(subnet(network, "fd00::/64", ""));
    JsonNode port = port(network, ", 'name': 'p'");
    assertThat(port.at("/fixed_ips/0/subnet_id").stringValue()).isEqualTo(four);
    assertThat(port.at("/fixed_ips/0/ip_address").stringValue()).isEqualTo("10.0.0.2");
    assertThat(port.at("/fixed_ips/1/subnet_id").stringValue()).isEqualTo(six);
    // fd00::2 would be served where 10.0.0.2 is.
    assertThat(port.at("/fixed_ips/1/ip_address").stringValue()).isEqualTo("fd00::3");
    assertThat(port.path("mac_address").stringValue()).matches("fa:16:3e(:[0-9a-f]{2}){3}");
    String group =
        id(alice.get("/v2.0/security-groups?name=default").body().at("/security_groups/0"));
    assertThat(port.path("security_groups").toString()).isEqualTo("[\"" + group + "\"]");
    assertThat(port.has("binding:host_id")).isFalse();
    assertThat(admin.get("/v2.0/ports/" + id(port)).body().at("/port/binding:vif_type").asString())
        .isEqualTo("unbound");
    assertThat(bob.get("/v2.0/ports/" + id(port)).status()).isEqualTo(404);
  }

  @Test
  void aPortTakesTheAddressesItAsksFor() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    assertThat(address(port(network, ", 'fixed_ips': [{'ip_address': '10.0.0.77'}]")))
        .isEqualTo("10.0.0.77");
    assertThat(address(port(network, ", 'fixed_ips': [{'subnet_id': '%s'}]".formatted(subnet))))
        .isEqualTo("10.0.0.2");
    assertThat(port(network, ", 'fixed_ips': []").path("fixed_ips").isEmpty()).isTrue();
    assertThat(
            port(
                    network,
                    ", 'fixed_ips': [{'subnet_id': '%s'}, {'ip_address': '10.0.0.3'}]"
                        .formatted(subnet))
                .path("fixed_ips")
                .toString())
        .contains("10.0.0.3", "10.0.0.4");
  }

  @Test
  void refusesAddressesThatCannotBe() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    String other = id(subnet(network("m"), "192.168.0.0/24", ""));
    port(network, ", 'fixed_ips': [{'ip_address': '10.0.0.77'}]");
    assertThat(refusedPort(network, "{'ip_address': '10.0.0.77'}"))
        .isEqualTo(
            "409 IpAddressAlreadyAllocated: IP address 10.0.0.77 already allocated in subnet "
                + subnet);
    assertThat(refusedPort(network, "{'ip_address': '10.1.1.1'}"))
        .isEqualTo(
            "400 InvalidIpForNetwork: IP address 10.1.1.1 is not a valid IP for any of the subnets on the specified network.");
    assertThat(refusedPort(network, "{'ip_address': '10.0.0.255'}"))
        .isEqualTo(
            "400 InvalidIpForSubnet: IP address 10.0.0.255 is not a valid IP for the specified subnet.");
    assertThat(refusedPort(network, "{'subnet_id': '%s'}".formatted(other)))
        .contains("because fixed_ips included invalid subnet " + other);
    assertThat(
            refusedPort(network, "{'subnet_id': '%s', 'ip_address': '10.1.1.1'}".formatted(subnet)))
        .startsWith("400 InvalidIpForSubnet");
    assertThat(refusedPort(network, "{}")).startsWith("400 InvalidInput");
    assertThat(refusedPort(network, "7")).startsWith("400 ");
  }

  private String refusedPort(String network, String fixedIp) {
    return alice.post("/v2.0/ports", portBody(network, ", 'fixed_ips': [" + fixedIp + "]")).error();
  }

  @Test
  void addressesThatCollideInTheMirrorAreRefusedOrSkipped() {
    String one = network("one");
    subnet(one, "10.1.2.0/24", "");
    String two = network("two");
    subnet(two, "192.1.2.0/24", "");
    subnet(two, "172.0.0.0/24", ", 'gateway_ip': null");
    port(one, ", 'fixed_ips': [{'ip_address': '10.1.2.2'}]");
    assertThat(refusedPort(two, "{'ip_address': '192.1.2.2'}"))
        .isEqualTo(
            "409 IpAddressCollision: IP address 192.1.2.2 would be served at 127.1.2.2 of this machine, which serves 10.1.2.2.");
    assertThat(refusedPort(two, "{'ip_address': '172.0.0.1'}"))
        .isEqualTo(
            "409 IpAddressCollision: IP address 172.0.0.1 would be served at 127.0.0.1 of this machine, which is reserved.");
    assertThat(address(port(two, ""))).isEqualTo("192.1.2.3");
  }

  @Test
  void aPortCanBeChanged() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    String port = id(port(network, ""));
    String group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    JsonNode after =
        alice
            .put(
                "/v2.0/ports/" + port,
                "{'port': {'security_groups': ['%s'], 'device_id': 'd', 'device_owner': 'compute:x', 'fixed_ips': [{'subnet_id': '%s'}, {'ip_address': '10.0.0.9'}]}}"
                    .formatted(group, subnet))
            .body()
            .path("port");
    assertThat(after.at("/security_groups/0").stringValue()).isEqualTo(group);
    assertThat(after.at("/fixed_ips/0/ip_address").stringValue()).isEqualTo("10.0.0.2");
    assertThat(after.at("/fixed_ips/1/ip_address").stringValue()).isEqualTo("10.0.0.9");
    assertThat(alice.delete("/v2.0/security-groups/" + group).error())
        .isEqualTo("409 SecurityGroupInUse: Security Group " + group + " in use.");
    assertThat(alice.put("/v2.0/ports/" + port, "{'port': {'network_id': 'x'}}").error())
        .isEqualTo("400 HTTPBadRequest: Cannot update read-only attribute network_id");
  }

  @Test
  void refusesPortsThatMakeNoSense() {
    String network = network("n");
    String group = UUID.randomUUID().toString();
    assertThat(
            alice
                .post("/v2.0/ports", portBody(network, ", 'security_groups': ['" + group + "']"))
                .error())
        .isEqualTo("404 SecurityGroupNotFound: Security group " + group + " does not exist");
    assertThat(alice.post("/v2.0/ports", portBody(network, ", 'mac_address': 'x'")).error())
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for mac_address. Reason: 'x' is not a valid MAC address.");
    String mac = port(network, "").path("mac_address").stringValue();
    assertThat(
            alice.post("/v2.0/ports", portBody(network, ", 'mac_address': '" + mac + "'")).error())
        .startsWith("409 MacAddressInUse");
    assertThat(
            alice
                .post("/v2.0/ports", portBody(network, ", 'device_owner': 'network:dhcp'"))
                .error())
        .startsWith("403 PolicyNotAuthorized");
  }

  // Floating IPs.

  @Test
  void aFloatingIpLeadsToAPort() {
    String network = network("n");
    subnet(network, "10.10.10.0/24", "");
    String port = id(port(network, ""));
    JsonNode floating =
        alice.create(
            "/v2.0/floatingips",
            "{'floatingip': {'floating_network_id': '%s', 'description': 'd'}}"
                .formatted(publicNetwork()));
    assertThat(floating.path("floating_ip_address").stringValue()).isEqualTo("203.0.113.2");
    assertThat(floating.path("status").stringValue()).isEqualTo("DOWN");
    assertThat(floating.has("name")).isFalse();
    String path = "/v2.0/floatingips/" + id(floating);
    JsonNode set =
        alice.put(path, "{'floatingip': {'port_id': '" + port + "'}}").body().path("floatingip");
    assertThat(set.path("fixed_ip_address").stringValue()).isEqualTo("10.10.10.2");
    assertThat(set.path("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(set.path("description").stringValue()).isEqualTo("d");
    assertThat(alice.get("/v2.0/floatingips?port_id=" + port).body().path("floatingips").size())
        .isEqualTo(1);
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                        .formatted(publicNetwork(), port))
                .error())
        .startsWith("409 FloatingIPPortAlreadyAssociated");
    assertThat(
            alice
                .put(path, "{'floatingip': {'port_id': null}}")
                .body()
                .at("/floatingip/port_id")
                .isNull())
        .isTrue();
    assertThat(alice.delete(path).status()).isEqualTo(204);
    assertThat(alice.get("/v2.0/floatingips").body().toString()).isEqualTo("{\"floatingips\":[]}");
  }

  @Test
  void aPortThatGoesLeavesItsFloatingIpBehind() {
    String network = network("n");
    subnet(network, "10.10.10.0/24", "");
    String port = id(port(network, ""));
    String floating =
        id(
            alice.create(
                "/v2.0/floatingips",
                "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                    .formatted(publicNetwork(), port)));
    alice.delete("/v2.0/ports/" + port);
    assertThat(alice.get("/v2.0/floatingips/" + floating).body().at("/floatingip/port_id").isNull())
        .isTrue();
  }

  @Test
  void refusesFloatingIpsThatMakeNoSense() {
    String network = network("n");
    String port = id(port(network, ""));
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '" + network + "'}}")
                .error())
        .isEqualTo(
            "400 BadRequest: Bad floatingip request: Network %s is not a valid external network."
                .formatted(network));
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                        .formatted(publicNetwork(), port))
                .error())
        .contains("has no fixed IPv4 addresses");
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'floating_ip_address': '203.0.113.9'}}"
                        .formatted(publicNetwork()))
                .status())
        .isEqualTo(403);
    assertThat(
            admin
                .create(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'floating_ip_address': '203.0.113.9'}}"
                        .formatted(publicNetwork()))
                .path("floating_ip_address")
                .stringValue())
        .isEqualTo("203.0.113.9");
  }

  // Security groups.

  @Test
  void eachProjectHasADefaultGroup() {
    JsonNode groups = alice.get("/v2.0/security-groups").body().path("security_groups");
    assertThat(names(groups)).containsExactly("default");
    assertThat(groups.at("/0/security_group_rules").size()).isEqualTo(4);
    String id = id(groups.path(0));
    assertThat(alice.delete("/v2.0/security-groups/" + id).error())
        .isEqualTo(
            "409 SecurityGroupCannotRemoveDefault: Insufficient rights for removing default security group.");
    assertThat(
            alice.post("/v2.0/security-groups", "{'security_group': {'name': 'default'}}").error())
        .isEqualTo("409 SecurityGroupDefaultAlreadyExists: Default security group already exists.");
    assertThat(id(bob.get("/v2.0/security-groups").body().at("/security_groups/0")))
        .isNotEqualTo(id);
  }

  @Test
  void rulesBelongToGroups() {
    JsonNode created = alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}");
    assertThat(created.path("security_group_rules").size()).isEqualTo(2);
    String group = id(created);
    String body =
        "{'security_group_rule': {'security_group_id': '%s', 'direction': 'ingress', 'protocol': 'TCP', 'port_range_min': 80, 'port_range_max': '80', 'remote_ip_prefix': '10.1.2.3/8'}}"
            .formatted(group);
    JsonNode rule = alice.create("/v2.0/security-group-rules", body);
    assertThat(rule.path("port_range_max").intValue()).isEqualTo(80);
    assertThat(rule.path("protocol").stringValue()).isEqualTo("tcp");
    assertThat(rule.path("remote_ip_prefix").stringValue()).isEqualTo("10.0.0.0/8");
    assertThat(alice.post("/v2.0/security-group-rules", body).error())
        .isEqualTo(
            "409 SecurityGroupRuleExists: Security group rule already exists. Rule id is %s."
                .formatted(id(rule)));
    assertThat(
            alice
                .get("/v2.0/security-groups/" + group)
                .body()
                .at("/security_group/security_group_rules")
                .size())
        .isEqualTo(3);
    assertThat(
            alice
                .get("/v2.0/security-group-rules?security_group_id=" + group + "&direction=ingress")
                .body()
                .path("security_group_rules")
                .size())
        .isEqualTo(1);
    assertThat(alice.delete("/v2.0/security-group-rules/" + id(rule)).status()).isEqualTo(204);
    assertThat(alice.put("/v2.0/security-group-rules/x", "{'security_group_rule': {}}").status())
        .isEqualTo(404);
    assertThat(alice.delete("/v2.0/security-groups/" + group).status()).isEqualTo(204);
    assertThat(
            alice
                .get("/v2.0/security-group-rules?security_group_id=" + group)
                .body()
                .path("security_group_rules")
                .isEmpty())
        .isTrue();
  }

  @Test
  void refusesRulesThatMakeNoSense() {
    String group = id(alice.create("/v2.0/security-groups", "{'security_group': {'name': 'web'}}"));
    assertThat(refusedRule(group, "'direction': 'sideways'")).startsWith("400 HTTPBadRequest");
    assertThat(refusedRule(group, "'direction': 'ingress', 'protocol': 'smoke'"))
        .startsWith("400 SecurityGroupRuleInvalidProtocol");
    assertThat(refusedRule(group, "'direction': 'ingress', 'port_range_min': 1"))
        .startsWith("400 SecurityGroupProtocolRequiredWithPorts");
    assertThat(
            refusedRule(
                group,
                "'direction': 'ingress', 'protocol': 'udp', 'port_range_min': 9, 'port_range_max': 3"))
        .startsWith("400 SecurityGroupInvalidPortRange");
    assertThat(
            refusedRule(
                group,
                "'direction': 'ingress', 'protocol': 'tcp', 'port_range_min': 1, 'port_range_max': 99999"))
        .startsWith("400 SecurityGroupInvalidPortValue");
    assertThat(refusedRule(group, "'direction': 'ingress', 'remote_ip_prefix': 'fd00::/8'"))
        .startsWith("400 SecurityGroupRuleParameterConflict");
    assertThat(refusedRule(group, "'direction': 'ingress', 'ethertype': 'IPX'"))
        .startsWith("400 SecurityGroupRuleInvalidEtherType");
    assertThat(
            refusedRule(
                group, "'direction': 'ingress', 'remote_group_id': '" + UUID.randomUUID() + "'"))
        .startsWith("404 SecurityGroupNotFound");
  }

  private String refusedRule(String group, String rest) {
    return alice
        .post(
            "/v2.0/security-group-rules",
            "{'security_group_rule': {'security_group_id': '%s', %s}}".formatted(group, rest))
        .error();
  }

  // Tags.

  @Test
  void thingsHaveTags() {
    String path = "/v2.0/networks/" + network("n");
    assertThat(alice.put(path + "/tags", "{'tags': ['a', 'b', 'a']}").body().toString())
        .isEqualTo("{\"tags\":[\"a\",\"b\"]}");
    assertThat(alice.put(path + "/tags/c", "").status()).isEqualTo(201);
    assertThat(alice.get(path + "/tags/c").status()).isEqualTo(204);
    assertThat(alice.get(path + "/tags/d").error())
        .isEqualTo("404 TagNotFound: Tag d could not be found.");
    assertThat(alice.delete(path + "/tags/a").status()).isEqualTo(204);
    assertThat(alice.get(path).body().at("/network/tags").toString()).isEqualTo("[\"b\",\"c\"]");
    assertThat(alice.delete(path + "/tags").status()).isEqualTo(204);
    assertThat(alice.get(path + "/tags").body().toString()).isEqualTo("{\"tags\":[]}");
    assertThat(alice.put(path + "/tags", "{'tags': ['']}").status()).isEqualTo(400);
  }

  @Test
  void listsAreFilteredByTags() {
    alice.put("/v2.0/networks/" + network("ab") + "/tags", "{'tags': ['a', 'b']}");
    alice.put("/v2.0/networks/" + network("a") + "/tags", "{'tags': ['a']}");
    network("none");
    assertThat(listed("tags=a,b")).containsExactly("ab");
    assertThat(listed("tags=a")).containsExactly("ab", "a");
    assertThat(listed("tags-any=b,c")).containsExactly("ab");
    assertThat(listed("not-tags=a,b")).containsExactly("public", "a", "none");
    assertThat(listed("not-tags-any=a")).containsExactly("public", "none");
  }

  private List<String> listed(String query) {
    return names(alice.get("/v2.0/networks?" + query).body().path("networks"));
  }

  // Lists.

  @Test
  void listsAreFilteredSortedAndCut() {
    network("c");
    network("a");
    network("b");
    assertThat(listed("name=a&name=b")).containsExactly("a", "b");
    assertThat(listed("router:external=True")).containsExactly("public");
    assertThat(listed("shared=False&name=c")).containsExactly("c");
    assertThat(listed("nosuch=x")).containsExactly("public", "c", "a", "b");
    assertThat(listed("sort_key=name&sort_dir=desc")).containsExactly("public", "c", "b", "a");
    assertThat(alice.get("/v2.0/networks?fields=name&name=c").body().toString())
        .isEqualTo("{\"networks\":[{\"name\":\"c\"}]}");
    assertThat(alice.get("/v2.0/networks?sort_key=nosuch").status()).isEqualTo(400);
    assertThat(alice.get("/v2.0/networks?limit=-1").error())
        .isEqualTo("400 HTTPBadRequest: Limit must be an integer 0 or greater and not '-1'");
  }

  @Test
  void portsAreFoundByAddress() {
    String network = network("n");
    String subnet = id(subnet(network, "10.0.0.0/24", ""));
    port(network, ", 'name': 'a'");
    port(network, ", 'name': 'b'");
    assertThat(ports("fixed_ips=ip_address%3D10.0.0.3")).containsExactly("b");
    assertThat(ports("fixed_ips=subnet_id%3D" + subnet)).containsExactly("a", "b");
    assertThat(ports("fixed_ips=ip_address%3D10.0.0.2&fixed_ips=subnet_id%3D" + subnet))
        .containsExactly("a");
    String group = id(alice.get("/v2.0/security-groups").body().at("/security_groups/0"));
    assertThat(ports("security_groups=" + group)).containsExactly("a", "b");
  }

  private List<String> ports(String query) {
    return names(alice.get("/v2.0/ports?" + query).body().path("ports"));
  }

  @Test
  void pagesFollowEachOther() {
    for (String name : List.of("a", "b", "c", "d")) {
      network(name);
    }
    List<String> seen = new ArrayList<>();
    String query = "?limit=2&sort_key=name&shared=False";
    while (query != null) {
      JsonNode page = alice.get("/v2.0/networks" + query).body();
      seen.addAll(names(page.path("networks")));
      query = href(page.path("networks_links"), "next");
    }
    assertThat(seen).containsExactly("a", "b", "c", "d");
    JsonNode last =
        alice.get("/v2.0/networks?limit=2&sort_key=name&shared=False&page_reverse=True").body();
    assertThat(names(last.path("networks"))).containsExactly("c", "d");
    String before = href(last.path("networks_links"), "previous");
    assertThat(names(alice.get("/v2.0/networks" + before).body().path("networks")))
        .containsExactly("a", "b");
    assertThat(alice.get("/v2.0/networks?limit=1&marker=" + UUID.randomUUID()).status())
        .isEqualTo(404);
  }

  /// The query of a page's link, or null if there is none.
  private static String href(JsonNode links, String rel) {
    for (JsonNode it : links) {
      if (it.path("rel").stringValue().equals(rel)) {
        String href = it.path("href").stringValue();
        return href.substring(href.indexOf('?'));
      }
    }
    return null;
  }
}
