package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SubnetPoolsFaceTest extends FaceRig {
  private JsonNode pool(String rest) {
    return alice.create("/v2.0/subnetpools", "{'subnetpool': {'name': 'p', %s}}".formatted(rest));
  }

  private TestCloud.Answer cut(String network, JsonNode pool, String rest) {
    return alice.post(
        "/v2.0/subnets",
        "{'subnet': {'network_id': '%s', 'ip_version': %d, 'subnetpool_id': '%s'%s}}"
            .formatted(network, pool.path("ip_version").intValue(), id(pool), rest));
  }

  @Test
  void aPoolHasNeutronsDefaults() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/16']");
    assertThat(pool.path("ip_version").intValue()).isEqualTo(4);
    assertThat(pool.path("min_prefixlen").stringValue()).isEqualTo("8");
    assertThat(pool.path("default_prefixlen").stringValue()).isEqualTo("8");
    assertThat(pool.path("max_prefixlen").stringValue()).isEqualTo("32");
    assertThat(pool.path("default_quota").isNull()).isTrue();
    assertThat(pool.path("is_default").booleanValue()).isFalse();
    JsonNode six = pool("'prefixes': ['fd00:1::/48']");
    assertThat(six.path("default_prefixlen").stringValue()).isEqualTo("64");
    assertThat(six.path("max_prefixlen").stringValue()).isEqualTo("128");
    assertThat(alice.get("/v2.0/subnetpools?name=p").body().path("subnetpools")).hasSize(2);
    assertThat(alice.get("/v2.0/subnetpools/" + id(six)).body().at("/subnetpool/prefixes/0"))
        .hasToString("\"fd00:1::/48\"");
  }

  @Test
  void subnetsAreCutFromThePoolLowestFirst() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/23', '10.13.0.0/24'], 'default_prefixlen': 24");
    assertThat(cidr(cut(network("a"), pool, ", 'prefixlen': 26"))).isEqualTo("10.11.0.0/26");
    assertThat(cidr(cut(network("b"), pool, ""))).isEqualTo("10.11.1.0/24");
    assertThat(cidr(cut(network("c"), pool, ", 'prefixlen': 25"))).isEqualTo("10.11.0.128/25");
    TestCloud.Answer last = cut(network("d"), pool, "");
    assertThat(cidr(last)).isEqualTo("10.13.0.0/24");
    assertThat(last.body().at("/subnet/subnetpool_id").stringValue()).isEqualTo(id(pool));
    assertThat(last.body().at("/subnet/gateway_ip").stringValue()).isEqualTo("10.13.0.1");
    assertThat(cut(network("e"), pool, "").error())
        .isEqualTo(
            "409 SubnetAllocationError: Failed to allocate subnet: Insufficient prefix space to allocate subnet size /24.");

    assertThat(alice.delete("/v2.0/subnetpools/" + id(pool)).error())
        .isEqualTo(
            "400 SubnetPoolDeleteError: Unable to delete subnet pool: Subnet pool has existing allocations.");
    alice.delete("/v2.0/subnets/" + id(last.body().path("subnet")));
    assertThat(cidr(cut(network("f"), pool, ", 'cidr': '10.13.0.0/24'"))).isEqualTo("10.13.0.0/24");
  }

  @Test
  void anIpv6PoolReachesToTheEndOfTheAddresses() {
    JsonNode pool =
        pool("'prefixes': ['ffff:ffff:ffff:ffff::/64'], 'min_prefixlen': 64, 'max_prefixlen': 64");
    TestCloud.Answer all = cut(network("a"), pool, "");
    assertThat(all.error()).startsWith("400").contains("Multicast");
    JsonNode good = pool("'prefixes': ['fdff::/63'], 'min_prefixlen': 64");
    assertThat(cidr(cut(network("b"), good, ""))).isEqualTo("fdff::/64");
    assertThat(cidr(cut(network("c"), good, ""))).isEqualTo("fdff:0:0:1::/64");
    assertThat(cut(network("d"), good, "").status()).isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          , 'prefixlen': 7                     | 400 MinPrefixSubnetAllocationError: Unable to allocate subnet with prefix length 7, minimum allowed prefix is 20.
          , 'prefixlen': 29                    | 400 MaxPrefixSubnetAllocationError: Unable to allocate subnet with prefix length 29, maximum allowed prefix is 28.
          , 'cidr': '10.12.0.0/24'             | 409 SubnetAllocationError: Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.
          , 'use_default_subnetpool': true     | 400 InvalidInput: Invalid input for operation: subnetpool_id and use_default_subnetpool cannot both be specified.
          """)
  void refusesWhatThePoolHasNot(String rest, String error) {
    JsonNode pool =
        pool("'prefixes': ['10.11.0.0/16'], 'min_prefixlen': 20, 'max_prefixlen': '28'");
    assertThat(cut(network("n"), pool, rest).error()).isEqualTo(error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'prefixes': []                                      | 400 EmptySubnetPoolPrefixList: Empty subnet pool prefix list.
          'prefixes': ['10.0.0.0/8', 'fd00::/8']              | 400 PrefixVersionMismatch: Cannot mix IPv4 and IPv6 prefixes in a subnet pool.
          'prefixes': ['10.0.0.0/8'], 'min_prefixlen': 30, 'max_prefixlen': 20 | 400 IllegalSubnetPoolPrefixBounds: Illegal prefix bounds: min_prefixlen=30, max_prefixlen=20.
          'prefixes': ['10.0.0.0/8'], 'default_prefixlen': 4  | 400 IllegalSubnetPoolPrefixBounds: Illegal prefix bounds: min_prefixlen=8, default_prefixlen=4.
          'prefixes': ['x']                                   | 400 HTTPBadRequest: Invalid input for prefixes. Reason: 'x' is not a valid IP subnet.
          'description': 'no prefixes'                        | 400 HTTPBadRequest: Failed to parse request. Required attribute 'prefixes' not specified
          'prefixes': ['10.0.0.0/8'], 'shared': true          | 403 PolicyNotAuthorized: (rule:create_subnetpool and rule:create_subnetpool:shared) is disallowed by policy
          'prefixes': ['10.0.0.0/8'], 'is_default': true      | 403 PolicyNotAuthorized: (rule:create_subnetpool and rule:create_subnetpool:is_default) is disallowed by policy
          """)
  void refusesPoolsThatMakeNoSense(String rest, String error) {
    assertThat(
            alice
                .post("/v2.0/subnetpools", "{'subnetpool': {'name': 'p', %s}}".formatted(rest))
                .error())
        .isEqualTo(error);
  }

  @Test
  void aPoolHasOneVersion() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/16']");
    String body =
        "{'subnet': {'network_id': '%s', 'ip_version': 6, 'subnetpool_id': '%s'}}"
            .formatted(network("n"), id(pool));
    assertThat(alice.post("/v2.0/subnets", body).error())
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: Cannot allocate IPv6 subnet from IPv4 subnet pool.");
  }

  @Test
  void aPoolGrowsButNeverShrinks() {
    String path = "/v2.0/subnetpools/" + id(pool("'prefixes': ['10.11.0.0/16']"));
    assertThat(
            alice
                .put(path, "{'subnetpool': {'prefixes': ['10.10.0.0/15'], 'default_quota': 256}}")
                .body()
                .at("/subnetpool/default_quota")
                .intValue())
        .isEqualTo(256);
    assertThat(alice.put(path, "{'subnetpool': {'prefixes': ['10.10.0.0/16']}}").error())
        .startsWith("400 IllegalSubnetPoolPrefixUpdate");
  }

  @Test
  void aProjectCutsNoMoreThanItsQuota() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/16'], 'default_quota': 256");
    assertThat(cut(network("a"), pool, ", 'prefixlen': 25").status()).isEqualTo(201);
    assertThat(cut(network("b"), pool, ", 'prefixlen': 24").error())
        .startsWith("409 SubnetPoolQuotaExceeded");
    assertThat(cut(network("c"), pool, ", 'prefixlen': 25").status()).isEqualTo(201);
  }

  @Test
  void subnetsOfANetworkComeFromOnePool() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/16']");
    String network = network("n");
    subnet(network, "10.12.0.0/24", "");
    assertThat(cut(network, pool, ", 'prefixlen': 24").error())
        .startsWith("400 NetworkSubnetPoolAffinityError");
  }

  @Test
  void theDefaultPoolAndSharedPoolsServeEverybody() {
    TestCloud.Client admin = cloud.as("admin");
    JsonNode shared =
        admin.create(
            "/v2.0/subnetpools",
            "{'subnetpool': {'name': 's', 'prefixes': ['10.14.0.0/24'], 'shared': true, 'is_default': true, 'default_prefixlen': 28}}");
    assertThat(
            admin
                .post(
                    "/v2.0/subnetpools",
                    "{'subnetpool': {'name': 't', 'prefixes': ['10.15.0.0/24'], 'is_default': true}}")
                .error())
        .contains("Only one default may exist per IP family");
    TestCloud.Answer usual =
        alice.post(
            "/v2.0/subnets",
            "{'subnet': {'network_id': '%s', 'ip_version': 4, 'use_default_subnetpool': true}}"
                .formatted(network("n")));
    assertThat(cidr(usual)).isEqualTo("10.14.0.0/28");
    assertThat(alice.put("/v2.0/subnetpools/" + id(shared), "{'subnetpool': {}}").status())
        .isEqualTo(403);
  }

  @Test
  void othersDoNotSeeAPool() {
    JsonNode pool = pool("'prefixes': ['10.11.0.0/16']");
    TestCloud.Client bob = cloud.as("bob");
    assertThat(bob.get("/v2.0/subnetpools/" + id(pool)).status()).isEqualTo(404);
    String network = id(bob.create("/v2.0/networks", "{'network': {'name': 'b'}}"));
    assertThat(
            bob.post(
                    "/v2.0/subnets",
                    "{'subnet': {'network_id': '%s', 'ip_version': 4, 'subnetpool_id': '%s'}}"
                        .formatted(network, id(pool)))
                .error())
        .startsWith("404 SubnetPoolNotFound");
  }

  private static String cidr(TestCloud.Answer answer) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return answer.body().at("/subnet/cidr").stringValue();
  }
}
