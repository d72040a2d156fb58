package agrippa.api.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Patch;
import agrippa.model.PoolId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What requests may say, and how they are told that they may not.
class SyntaxTest {
  private static final PoolId POOL = new PoolId(new UUID(0, 1));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "80 | 80",
        "'\"80\"' | 80",
        "'\" 80 \"' | 80",
        "80.5 | 80",
        "true | 1",
        "65535 | 65535",
      })
  void ports(String json, int port) {
    Change.NewMember change = member("\"address\": \"10.0.0.1\", \"protocol_port\": " + json);
    assertThat(change.protocolPort()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | protocol_port. Value: '0'. Value should be greater or equal to 1",
        "65536 | protocol_port. Value: '65536'. Value should be lower or equal to 65535",
        "'\"70000\"' | protocol_port. Value: '70000'. Value should be lower or equal to 65535",
        "1e300 | protocol_port. Value: '9223372036854775807'. Value should be lower or equal to 65535",
        "null | protocol_port. Value: 'None'. Mandatory field missing.",
        "[] | protocol_port. Value: '[]'. Value should be an integer",
      })
  void badPorts(String json, String reason) {
    assertRefused(
        () -> member("\"address\": \"10.0.0.1\", \"protocol_port\": " + json),
        "Invalid input for field/attribute " + reason);
  }

  /// What cannot be converted is blamed on the whole body, as WSME does.
  @Test
  void conversionsThatFail() {
    assertRefused(
        () -> member("\"address\": \"10.0.0.1\", \"protocol_port\": \"x\""),
        "Invalid input for field/attribute member_. Value: "
            + "'{'member': {'address': '10.0.0.1', 'protocol_port': 'x'}}'. "
            + "invalid literal for int() with base 10: 'x'");
    assertRefused(
        () -> memberUpdate("\"backup\": \"False\""),
        "Invalid input for field/attribute member_. Value: '{'member': {'backup': 'False'}}'. "
            + "Value not an unambiguous boolean: False");
    assertRefused(
        () -> memberUpdate("\"tags\": \"x\""),
        "Invalid input for field/attribute member_. Value: '{'member': {'tags': 'x'}}'. "
            + "Value not a valid list: x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true|true",
        "1|true",
        "2|true",
        "'\"yes\"'|true",
        "'\"on\"'|true",
        "'\"t\"'|true",
        "false|false",
        "0|false",
        "'\"0\"'|false",
        "'\"off\"'|false",
        "'\"n\"'|false"
      })
  void booleans(String json, boolean value) {
    assertThat(memberUpdate("\"backup\": " + json).backup()).isEqualTo(Patch.set(value));
  }

  @Test
  void absentNullAndGivenAreThreeThings() {
    Attributes.OfMember update = memberUpdate("\"weight\": null, \"monitor_port\": 8080");
    assertThat(update.weight()).isEqualTo(Patch.reset());
    assertThat(update.monitorPort()).isEqualTo(Patch.set(8080));
    assertThat(update.backup()).isEqualTo(Patch.keep());
  }

  @Test
  void nullMeansFalseForAdminStateAndNothingForTags() {
    Attributes.Common common = memberUpdate("\"admin_state_up\": null, \"tags\": null").common();
    assertThat(common.adminStateUp()).isEqualTo(Patch.set(false));
    assertThat(common.tags()).isEqualTo(Patch.keep());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"name\": 5 | name. Value: '5'. Value should be string",
        "\"name\": true | name. Value: 'True'. Value should be string",
        "\"name\": {\"a\": [null]} | name. Value: '{'a': [None]}'. Value should be string",
        "\"tags\": [\"a\", \"a\"] | tags. Value: '['a', 'a']'. Value should not contain duplicates",
        "\"tags\": [null] | tags. Value: '[None]'. Value should not contain null",
        "\"tags\": [1] | tags. Value: '[1]'. Value should be string",
        "\"monitor_address\": 1 | monitor_address. Value: '1'. Value should be IPv4 or IPv6 format",
        "\"monitor_address\": \"1.2.3\" | monitor_address. Value: '1.2.3'. Value should be IPv4 or IPv6 format",
        "\"monitor_address\": \"10.0.0.01\" | monitor_address. Value: '10.0.0.01'. Value should be IPv4 or IPv6 format",
        "\"monitor_address\": \"fe80::1%eth0\" | monitor_address. Value: 'fe80::1%eth0'. Value should be IPv4 or IPv6 format",
        "\"monitor_address\": \"a.example\" | monitor_address. Value: 'a.example'. Value should be IPv4 or IPv6 format",
        "\"weight\": 257 | weight. Value: '257'. Value should be lower or equal to 256",
        "\"weight\": -1 | weight. Value: '-1'. Value should be greater or equal to 0",
      })
  void badMemberAttributes(String json, String reason) {
    assertRefused(() -> memberUpdate(json), "Invalid input for field/attribute " + reason);
  }

  @Test
  void lengthsCountCharactersNotUnits() {
    assertThat(memberUpdate("\"name\": \"" + "😀".repeat(255) + "\"").common().name().given())
        .isTrue();
    assertRefused(
        () -> memberUpdate("\"name\": \"" + "n".repeat(256) + "\""),
        "Invalid input for field/attribute name. Value: '"
            + "n".repeat(256)
            + "'. Value should have a maximum character requirement of 255");
  }

  @Test
  void unknownAttributesComeBeforeEverythingElse() {
    assertRefused(
        () -> member("\"protocol_port\": 0, \"b\": 1, \"id\": 2"),
        "Unknown attributes for argument member_.member: b, id");
    assertRefused(
        () -> L7PolicyJson.POST.read(bytes("{\"policy\": {}}")),
        "Unknown attribute for argument l7policy_: policy");
    assertRefused(
        () ->
            LoadBalancerJson.POST.read(
                bytes(
                    """
                {"loadbalancer": {"listeners": [{"protocol": "HTTP", "protocol_port": 80,
                  "default_pool": {"healthmonitor": {"nosuch": 1}}}]}}""")),
        "Unknown attribute for argument "
            + "load_balancer.loadbalancer.listeners.default_pool.healthmonitor: nosuch");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "null | Missing argument: \"load_balancer\"",
        "[] | Invalid input for field/attribute load_balancer. Value: '[]'. Value should be an object",
        "{\"loadbalancer\": null} | Invalid input for field/attribute loadbalancer. Value: 'None'. Mandatory field missing.",
        "{\"loadbalancer\": []} | Invalid input for field/attribute loadbalancer. Value: '[]'. Value should be an object",
        "{\"loadbalancer\": {\"vip_subnet_id\": \"x\"}} | Invalid input for field/attribute vip_subnet_id. Value: 'x'. Value should be UUID format",
        "{\"loadbalancer\": {\"flavor_id\": 1}} | Invalid input for field/attribute flavor_id. Value: '1'. Value should be UUID format",
        "{\"loadbalancer\": {\"vip_vnic_type\": \"normal\"}} | Unknown attribute for argument load_balancer.loadbalancer: vip_vnic_type",
        "{\"loadbalancer\": {\"additional_vips\": [{}]}} | Invalid input for field/attribute subnet_id. Value: 'None'. Mandatory field missing.",
      })
  void badLoadBalancers(String json, String text) {
    assertRefused(() -> LoadBalancerJson.POST.read(bytes(json)), text);
  }

  @Test
  void idsMayLackTheirDashes() {
    Change change =
        HealthMonitorJson.POST.read(
            bytes(
                """
                {"healthmonitor": {"pool_id": "00000000000000000000000000000001", "type": "TLS-HELLO",
                  "delay": 1, "timeout": 1, "max_retries": 1}}"""));
    assertThat(change)
        .isInstanceOfSatisfying(
            Change.CreateHealthMonitor.class, it -> assertThat(it.pool()).isEqualTo(POOL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"type\": \"UDP\" ; type. Value: 'UDP'. Value should be one of: HTTP, HTTPS, PING, TCP, TLS-HELLO, UDP-CONNECT, SCTP",
        "\"url_path\": \"x\" ; url_path. Value: 'x'. Value must be a valid URL Path string",
        "\"url_path\": \"/a b\" ; url_path. Value: '/a b'. Value must be a valid URL Path string",
        "\"expected_codes\": \"20\" ; expected_codes. Value: '20'. Value should match the pattern ^(\\d{3}(\\s*,\\s*\\d{3})*)$|^(\\d{3}-\\d{3})$",
        "\"http_version\": 2 ; http_version. Value: '2'. Value should be one of: 1.0, 1.1",
        "\"max_retries\": 11 ; max_retries. Value: '11'. Value should be lower or equal to 10",
        "\"domain_name\": \"-a\" ; domain_name. Value: '-a'. Value should match the pattern ^(?=.{1,253}\\.?$)(?:(?!-|[^.]+_)[A-Za-z0-9-_]{1,63}(?<!-)(?:\\.|$))+$",
      })
  void badMonitors(String json, String reason) {
    String type = json.contains("\"type\"") ? "" : "\"type\": \"HTTP\", ";
    String retries = json.contains("max_retries") ? "" : "\"max_retries\": 1, ";
    assertRefused(
        () ->
            HealthMonitorJson.POST.read(
                bytes(
                    "{\"healthmonitor\": {\"pool_id\": \"%s\", \"delay\": 1, \"timeout\": 1, %s%s%s}}"
                        .formatted(POOL, type, retries, json))),
        "Invalid input for field/attribute " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.1.2.3/8 | 10.0.0.0/8",
        "10.9.9.9 | 10.9.9.9/32",
        "10.1.2.3/255.255.0.0 | 10.1.0.0/16",
        "0.0.0.0/0 | 0.0.0.0/0",
        "2001:DB8:0:0:1:0:0:1/64 | 2001:db8::/64",
        "2001:db8:0:1:0:0:0:1 | 2001:db8:0:1::1/128",
        "::/0 | ::/0",
        "::ffff:10.0.0.1 | ::ffff:a00:1/128",
      })
  void networks(String written, String normal) {
    assertThat(Addresses.network(written)).contains(normal);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33",
    "10.0.0/8",
    "10.0.0.0/",
    "10.0.0.0/-1",
    "::/129",
    "x",
    "10.0.0.0/255.0.255.0",
    "256.0.0.1",
    "1::2::3",
    "::1%lo",
    "[::1]",
    "::/255.0.0.0"
  })
  void noNetworks(String text) {
    assertThat(Addresses.network(text)).isEmpty();
  }

  @Test
  void repeatedNetworksCountOnce() {
    Attributes.OfListener update =
        ListenerJson.PUT.read(
            bytes("{\"listener\": {\"allowed_cidrs\": [\"10.0.0.1/8\", \"10.0.0.2/8\"]}}"));
    assertThat(update.allowedCidrs()).isEqualTo(Patch.set(List.of("10.0.0.0/8")));
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org, true",
    "http://example.org:8080/a?b=c#d, true",
    "HTTP://[::1]/, true",
    "ftp://example.org, false",
    "//example.org, false",
    "http://, false",
    "http:///path, false",
    "'http://example.org/a b', false",
  })
  void urls(String url, boolean good) {
    Function<String, Object> read =
        it -> L7PolicyJson.PUT.read(bytes("{\"l7policy\": {\"redirect_url\": \"" + it + "\"}}"));
    if (good) {
      assertThat(read.apply(url)).isNotNull();
    } else {
      assertRefused(
          () -> read.apply(url),
          "Invalid input for field/attribute redirect_url. Value: '"
              + url
              + "'. Value must be a valid URL string");
    }
  }

  @Test
  void controlCharactersInUrls() {
    assertRefused(
        () ->
            L7PolicyJson.PUT.read(
                bytes("{\"l7policy\": {\"redirect_url\": \"http://h/\\r\\nSet-Cookie: a\"}}")),
        "Invalid input for field/attribute redirect_url. Value: 'http://h/\r\nSet-Cookie: a'. "
            + "Value must be a valid URL string");
  }

  @Test
  void poolsOfAGraphWithNothingButANameAreReferences() {
    assertThat(defaultPool("{\"name\": \"p\"}").reference()).isTrue();
    assertThat(defaultPool("{\"name\": \"p\", \"tls_enabled\": false}").reference()).isTrue();
    assertThat(defaultPool("{\"name\": \"p\", \"protocol\": \"HTTP\"}").reference()).isFalse();
  }

  @Test
  void anEmptyPersistenceSaysNothingAndAnotherResetsWhatItOmits() {
    assertThat(persistence("{}"))
        .isEqualTo(
            new Attributes.Persistence(Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep()));
    assertThat(persistence("{\"type\": \"SOURCE_IP\"}"))
        .isEqualTo(
            new Attributes.Persistence(
                Patch.set("SOURCE_IP"), Patch.reset(), Patch.reset(), Patch.reset()));
  }

  private static Attributes.Persistence persistence(String json) {
    return PoolJson.PUT
        .read(bytes("{\"pool\": {\"session_persistence\": " + json + "}}"))
        .persistence()
        .value();
  }

  private static Change.PoolGraph defaultPool(String json) {
    Change change =
        LoadBalancerJson.POST.read(
            bytes(
                """
                {"loadbalancer": {"listeners": [
                  {"protocol": "HTTP", "protocol_port": 80, "default_pool": %s}]}}"""
                    .formatted(json)));
    return ((Change.CreateLoadBalancer) change).listeners().getFirst().defaultPool();
  }

  private static Change.NewMember member(String attributes) {
    return MemberJson.POST.read(bytes("{\"member\": {" + attributes + "}}"));
  }

  private static Attributes.OfMember memberUpdate(String attributes) {
    return MemberJson.PUT.read(bytes("{\"member\": {" + attributes + "}}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String text) {
    assertThatThrownBy(call).isInstanceOf(BadRequest.class).hasMessage(text);
  }
}
