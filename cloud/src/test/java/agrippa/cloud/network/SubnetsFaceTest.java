package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class SubnetsFaceTest extends FaceRig {
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
    assertThat(refused(network, "'cidr': 'x', 'ip_version': 4"))
        .isEqualTo("400 InvalidInput: Invalid input for operation: x is not in a CIDR format.");
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

  @Test
  void refusesOptionsThatMakeNoSense() {
    String network = network("n");
    String four = "'cidr': '10.1.2.0/24', 'ip_version': 4, ";
    String six = "'cidr': 'fd00::/64', 'ip_version': 6, 'ipv6_ra_mode': 'slaac', ";
    assertThat(refused(network, "'cidr': '10.1.2.0/31', 'ip_version': 4"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: Subnet has a prefix length that is incompatible with DHCP service enabled.");
    assertThat(refused(network, "'cidr': '127.0.0.0/24', 'ip_version': 4"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: Loopback IP subnet is not supported if enable_dhcp is True.");
    assertThat(refused(network, four + "'dns_nameservers': ['1.1.1.1', '1.1.1.1']"))
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for dns_nameservers. Reason: Duplicate nameserver '1.1.1.1'.");
    assertThat(
            refused(
                network,
                four
                    + "'dns_nameservers': ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5', '1.1.1.6']"))
        .isEqualTo(
            "400 DNSNameServersExhausted: Unable to complete operation for new subnet. The number of DNS nameservers exceeds the limit 5.");
    assertThat(refused(network, six + "'ipv6_address_mode': 'dhcpv6-stateful'"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: ipv6_ra_mode set to 'slaac' with ipv6_address_mode set to 'dhcpv6-stateful' is not valid. If both attributes are set, they must be the same value.");
    assertThat(refused(network, six + "'enable_dhcp': false"))
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False.");
    assertThat(
            refused(network, "'cidr': 'fd00::/80', 'ip_version': 6, 'ipv6_address_mode': 'slaac'"))
        .startsWith(
            "400 InvalidInput: Invalid input for operation: Invalid CIDR fd00::/80 for IPv6 address mode.");
    assertThat(refused(network, "'cidr': '10.0.0.0/24', 'ip_version': 5"))
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for ip_version. Reason: 5 is not in valid_values.");
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
}
