package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PortsFaceTest extends FaceRig {
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
                .put("/v2.0/ports/" + id(port(network, "")), "{'port': {'mac_address': 'x'}}")
                .error())
        .isEqualTo(
            "403 PolicyNotAuthorized: (rule:update_port and rule:update_port:mac_address) is disallowed by policy");
  }

  @Test
  void onlyAnOwnerOfANetworkMaySayWhatLetsAPortTakeOthersPlaces() {
    for (String said :
        List.of(
            "'mac_address': 'fa:16:3e:00:00:01'",
            "'port_security_enabled': false",
            "'allowed_address_pairs': [{'ip_address': '203.0.113.0/24'}]",
            "'device_owner': 'network:dhcp'",
            "'fixed_ips': [{'ip_address': '203.0.113.1'}]")) {
      assertThat(alice.post("/v2.0/ports", portBody(publicNetwork(), ", " + said)).error())
          .startsWith("403 PolicyNotAuthorized: (rule:create_port and rule:create_port:");
      assertThat(admin.post("/v2.0/ports", portBody(publicNetwork(), ", " + said)).status())
          .isEqualTo(201);
    }
    String own = network("n");
    JsonNode service = port(own, ", 'device_owner': 'network:dhcp'");
    assertThat(service.path("port_security_enabled").booleanValue()).isFalse();
    assertThat(service.path("security_groups").isEmpty()).isTrue();
  }

  @Test
  void machinesMakeTheirOwnAddressesWhereSubnetsSaySo() {
    String network = network("n");
    String four = id(subnet(network, "10.0.0.0/24", ""));
    String six =
        id(subnet(network, "fd00::/64", ", 'ipv6_ra_mode': 'slaac', 'ipv6_address_mode': 'slaac'"));
    String mac = ", 'mac_address': 'fa:16:3e:62:f1:39'";
    JsonNode made = port(network, mac + ", 'fixed_ips': [{'subnet_id': '" + four + "'}]");
    assertThat(made.at("/fixed_ips/0/subnet_id").stringValue()).isEqualTo(four);
    assertThat(made.at("/fixed_ips/1/ip_address").stringValue())
        .isEqualTo("fd00::f816:3eff:fe62:f139");
    assertThat(refusedPort(network, "{'subnet_id': '%s', 'ip_address': 'fd00::55'}".formatted(six)))
        .isEqualTo(
            "400 AllocationOnAutoAddressSubnet: IPv6 address fd00::55 cannot be directly assigned to a port on subnet %s as the subnet is configured for automatic addresses"
                .formatted(six));
    assertThat(port(network, "").at("/fixed_ips/1/ip_address").stringValue()).contains("ff:fe");
  }

  @Test
  void securityAndWhatNeedsItGoTogether() {
    String network = network("n");
    String port = id(port(network, ""));
    String group =
        id(alice.get("/v2.0/security-groups?name=default").body().at("/security_groups/0"));
    String pair = "'allowed_address_pairs': [{'ip_address': '1.2.3.4'}]";
    assertThat(refusedChange(port, "'port_security_enabled': false"))
        .startsWith("409 PortSecurityPortHasSecurityGroup");
    assertThat(
            refusedChange(port, "'port_security_enabled': false, 'security_groups': [], " + pair))
        .startsWith("409 AddressPairAndPortSecurityRequired");
    assertThat(
            alice
                .put(
                    "/v2.0/ports/" + port,
                    "{'port': {'port_security_enabled': false, 'security_groups': []}}")
                .status())
        .isEqualTo(200);
    assertThat(refusedChange(port, "'security_groups': ['" + group + "']"))
        .startsWith("400 PortSecurityAndIPRequiredForSecurityGroups");
    String second = id(port(network, ", " + pair));
    assertThat(refusedChange(second, "'allowed_address_pairs': 'x'"))
        .isEqualTo("400 HTTPBadRequest: Allowed address pairs must be a list.");
    assertThat(refusedChange(second, "'allowed_address_pairs': [{}]"))
        .isEqualTo("400 AllowedAddressPairsMissingIP: AllowedAddressPair must contain ip_address");
    assertThat(
            refusedChange(
                second,
                "'allowed_address_pairs': [{'ip_address': '1.2.3.4'}, {'ip_address': '1.2.3.4'}]"))
        .startsWith("400 DuplicateAddressPairInRequest");
    assertThat(
            refusedChange(
                second,
                "'allowed_address_pairs': ["
                    + "{'ip_address': '1.2.3.4'}, ".repeat(10)
                    + "{'ip_address': '1.2.3.5'}]"))
        .startsWith("400 AllowedAddressPairExhausted");
  }

  private String refusedChange(String port, String said) {
    return alice.put("/v2.0/ports/" + port, "{'port': {" + said + "}}").error();
  }

  // Floating IPs.
}
