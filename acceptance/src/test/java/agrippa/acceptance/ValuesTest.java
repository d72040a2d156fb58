package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Values as clients write and read them: types, times, defaults, order, references.
class ValuesTest {
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?";

  @TempDir private static Path folder;
  private static Tenant tenant;
  private static Service balancers;
  private static String subnet;
  private static String balancer;

  @BeforeAll
  static void start() throws Exception {
    tenant = Tenant.start(folder);
    balancers = tenant.balancers();
    subnet = tenant.subnet("10.54.0.0/24");
    balancer = tenant.balancer("values", subnet);
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  private static JsonNode part(String path, String body, Object... arguments) throws Exception {
    return tenant.part(balancer, path, body, arguments);
  }

  private static JsonNode change(String path, String body, Object... arguments) throws Exception {
    JsonNode changed = balancers.put(path, body, arguments).is(200).json().iterator().next();
    balancers.active("/loadbalancers/" + balancer);
    return changed;
  }

  private static String listener(String more) throws Exception {
    return """
        {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": %d%s}}
        """
        .formatted(balancer, FreePorts.next(), more);
  }

  private static String pool() throws Exception {
    return part(
            "/pools",
            """
            {"pool": {"loadbalancer_id": "%s", "protocol": "HTTP",
              "lb_algorithm": "ROUND_ROBIN"}}
            """,
            balancer)
        .path("id")
        .stringValue();
  }

  /// The CLI sends numbers and flags as texts; all clients send null for "as it was at first".
  @Test
  void takesTextsForNumbersAndNullForTheDefault() throws Exception {
    JsonNode listener =
        part(
            "/listeners",
            listener(
                """
                , "connection_limit": "100", "timeout_client_data": "40000",
                "insert_headers": {"X-Forwarded-For": "true", "X-Forwarded-Port": "true"}
                """));
    assertThat(listener.path("connection_limit").intValue()).isEqualTo(100);
    assertThat(listener.path("timeout_client_data").intValue()).isEqualTo(40000);
    JsonNode reset =
        change(
            "/listeners/" + listener.path("id").stringValue(),
            """
            {"listener": {"connection_limit": null, "timeout_client_data": null,
              "insert_headers": null, "default_pool_id": null, "allowed_cidrs": null,
              "default_tls_container_ref": "", "client_ca_tls_container_ref": ""}}
            """);
    assertThat(reset.path("connection_limit").intValue()).isEqualTo(-1);
    assertThat(reset.path("timeout_client_data").intValue()).isEqualTo(50000);
    assertThat(reset.path("insert_headers")).isEmpty();
    assertThat(reset.path("default_tls_container_ref").asString("")).isEmpty();

    String pool = pool();
    JsonNode sticky =
        change(
            "/pools/" + pool,
            """
            {"pool": {"session_persistence": {"type": "APP_COOKIE", "cookie_name": "JSESSIONID"}}}
            """);
    assertThat(sticky.at("/session_persistence/cookie_name").stringValue()).isEqualTo("JSESSIONID");
    JsonNode loose = change("/pools/" + pool, "{\"pool\": {\"session_persistence\": null}}");
    assertThat(loose.path("session_persistence").isNull()).isTrue();
    for (String version : List.of("1.1", "\"1.1\"")) {
      JsonNode monitor =
          part(
              "/healthmonitors",
              """
              {"healthmonitor": {"pool_id": "%s", "type": "HTTP", "delay": "5", "timeout": "3",
                "max_retries": "2", "http_version": %s, "domain_name": "example.org"}}
              """,
              pool,
              version);
      assertThat(monitor.path("http_version").doubleValue()).isEqualTo(1.1);
      balancers.delete("/healthmonitors/" + monitor.path("id").stringValue()).is(204);
      balancers.active("/loadbalancers/" + balancer);
    }
  }

  /// Go decodes into typed fields: a text where a number is wanted fails all of an answer.
  @Test
  void givesNumbersAsNumbersAndFlagsAsFlags() throws Exception {
    JsonNode listener =
        part("/listeners", listener(", \"insert_headers\": {\"X-Forwarded-For\": \"true\"}"));
    assertThat(listener.path("insert_headers").path("X-Forwarded-For").stringValue())
        .isEqualTo("true");
    for (String number :
        List.of(
            "connection_limit",
            "protocol_port",
            "timeout_client_data",
            "timeout_member_connect",
            "timeout_member_data",
            "timeout_tcp_inspect")) {
      assertThat(listener.path(number).isInt()).as(number).isTrue();
    }
    assertThat(listener.path("admin_state_up").isBoolean()).isTrue();
    String pool = pool();
    JsonNode member =
        part(
            "/pools/" + pool + "/members",
            "{\"member\": {\"address\": \"10.54.0.9\", \"protocol_port\": 80}}");
    assertThat(member.path("weight").isInt()).isTrue();
    assertThat(member.path("backup").isBoolean()).isTrue();
    assertThat(member.path("monitor_port").isNull()).isTrue();
    JsonNode monitor =
        part(
            "/healthmonitors",
            """
            {"healthmonitor": {"pool_id": "%s", "type": "HTTP", "delay": 5, "timeout": 3,
              "max_retries": 2, "http_version": 1.1, "domain_name": "example.org"}}
            """,
            pool);
    for (String number : List.of("delay", "timeout", "max_retries", "max_retries_down")) {
      assertThat(monitor.path(number).isInt()).as(number).isTrue();
    }
    assertThat(monitor.path("http_version").isNumber()).isTrue();
    JsonNode policy =
        part(
            "/l7policies",
            """
            {"l7policy": {"listener_id": "%s", "action": "REDIRECT_TO_URL",
              "redirect_url": "https://example.org/"}}
            """,
            listener.path("id").stringValue());
    assertThat(policy.path("position").isInt()).isTrue();
    assertThat(policy.path("redirect_http_code").isInt()).isTrue();
    Service admin = tenant.asAdmin("load-balancer", "/v2.0/lbaas");
    String data = "{\\\"connection_limit\\\": 5}";
    Answer profile =
        admin
            .post(
                "/flavorprofiles",
                """
                {"flavorprofile": {"name": "p", "provider_name": "amphora", "flavor_data": "%s"}}
                """,
                data)
            .is(201);
    assertThat(profile.text("/flavorprofile/flavor_data")).isEqualTo("{\"connection_limit\": 5}");
  }

  /// A zone behind a time breaks gophercloud on members, amphorae and secrets.
  @Test
  void timesHaveNoZoneButInKeystone() throws Exception {
    String pool = pool();
    String member =
        part(
                "/pools/" + pool + "/members",
                "{\"member\": {\"address\": \"10.54.0.10\", \"protocol_port\": 80}}")
            .path("id")
            .stringValue();
    JsonNode changed =
        change("/pools/" + pool + "/members/" + member, "{\"member\": {\"weight\": 3}}");
    assertThat(changed.path("created_at").stringValue()).matches(TIME);
    assertThat(changed.path("updated_at").stringValue()).matches(TIME);
    JsonNode shown = balancers.active("/loadbalancers/" + balancer);
    assertThat(shown.path("created_at").stringValue()).matches(TIME);
    JsonNode amphora =
        tenant
            .asAdmin("load-balancer", "/v2.0/octavia")
            .get("/amphorae?loadbalancer_id=" + balancer)
            .is(200)
            .at("/amphorae/0");
    assertThat(amphora.path("created_at").stringValue()).matches(TIME);
    assertThat(amphora.path("updated_at").asString("2026-11-23T00:00:00")).matches(TIME);
    assertThat(tenant.token().text("/token/expires_at")).matches(TIME + "Z").contains(".");
    assertThat(tenant.token().text("/token/issued_at")).matches(TIME + "Z").contains(".");
    String secret = secret("timed");
    Answer kept = tenant.secrets().get(secret.substring(secret.indexOf("/secrets/"))).is(200);
    assertThat(kept.text("/created")).matches(TIME);
    assertThat(kept.text("/updated")).matches(TIME);
  }

  private static String secret(String name) throws Exception {
    return tenant
        .secrets()
        .post(
            "/secrets",
            """
            {"name": "%s", "payload": "%s", "payload_content_encoding": "base64",
             "payload_content_type": "application/octet-stream"}
            """,
            name,
            Base64.getEncoder().encodeToString(Certificates.bundle(name + ".example.org")))
        .is(201)
        .text("/secret_ref");
  }

  /// Ansible compares these lists as they are; the CLI waits for the load balancer that it finds
  /// in the answer to a create, and Terraform finds it in every child.
  @Test
  void backReferencesAreIdsAndNothingElse() throws Exception {
    JsonNode listener = part("/listeners", listener(""));
    assertReference(listener, "loadbalancers", balancer);
    String id = listener.path("id").stringValue();
    JsonNode pool =
        part(
            "/pools",
            """
            {"pool": {"listener_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}
            """,
            id);
    String poolId = pool.path("id").stringValue();
    assertReference(pool, "loadbalancers", balancer);
    assertReference(pool, "listeners", id);
    JsonNode monitor =
        part(
            "/healthmonitors",
            """
            {"healthmonitor": {"pool_id": "%s", "type": "TCP", "delay": 5, "timeout": 3,
              "max_retries": 2}}
            """,
            poolId);
    assertReference(monitor, "pools", poolId);
    JsonNode policy =
        part(
            "/l7policies", "{\"l7policy\": {\"listener_id\": \"%s\", \"action\": \"REJECT\"}}", id);
    assertThat(policy.path("listener_id").stringValue()).isEqualTo(id);
    JsonNode again = balancers.get("/pools/" + poolId).is(200).at("/pool");
    assertThat(again.path("healthmonitor_id").stringValue())
        .isEqualTo(monitor.path("id").stringValue());
    assertThat(balancers.get("/listeners/" + id).text("/listener/default_pool_id"))
        .isEqualTo(poolId);
    assertReference(
        balancers.get("/listeners/" + id).at("/listener"),
        "l7policies",
        policy.path("id").stringValue());
  }

  private static void assertReference(JsonNode resource, String field, String id) {
    assertThat(resource.path(field)).as(field).hasSize(1);
    assertThat(resource.path(field).path(0).propertyNames()).containsExactly("id");
    assertThat(resource.path(field).path(0).path("id").stringValue()).isEqualTo(id);
  }

  /// To Terraform another order, or another spelling, is a difference that never goes away.
  @Test
  void listsKeepTheirOrderAndValuesTheirSpelling() throws Exception {
    String one = secret("one");
    String two = secret("two");
    String three = secret("three");
    String references = "[\"%s\", \"%s\", \"%s\"]".formatted(three, one, two);
    String more =
        """
        , "default_tls_container_ref": "%s", "sni_container_refs": %s,
        "allowed_cidrs": ["192.168.7.0/24", "10.0.0.0/8"]
        """
            .formatted(two, references);
    JsonNode created =
        part("/listeners", listener(more).replace("\"HTTP\"", "\"TERMINATED_HTTPS\""));
    String id = created.path("id").stringValue();
    JsonNode shown = balancers.get("/listeners/" + id).is(200).at("/listener");
    assertThat(texts(shown.path("sni_container_refs"))).containsExactly(three, one, two);
    assertThat(texts(shown.path("allowed_cidrs"))).containsExactly("192.168.7.0/24", "10.0.0.0/8");
    assertThat(shown.path("default_tls_container_ref").stringValue()).isEqualTo(two);
    JsonNode bare =
        change("/listeners/" + id, "{\"listener\": {\"default_tls_container_ref\": \"\"}}");
    assertThat(bare.path("default_tls_container_ref").asString(""))
        .as("what gophercloud writes for none")
        .isEmpty();
    assertThat(texts(bare.path("sni_container_refs"))).containsExactly(three, one, two);
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::stringValue).toList();
  }

  @Test
  void defaultsAreSaid() throws Exception {
    JsonNode listener = part("/listeners", listener(""));
    assertThat(listener.path("timeout_client_data").intValue()).isEqualTo(50000);
    assertThat(listener.path("timeout_member_connect").intValue()).isEqualTo(5000);
    assertThat(listener.path("timeout_member_data").intValue()).isEqualTo(50000);
    assertThat(listener.path("timeout_tcp_inspect").intValue()).isZero();
    assertThat(listener.path("connection_limit").intValue()).isEqualTo(-1);
    assertThat(listener.path("admin_state_up").booleanValue()).isTrue();
    assertThat(listener.path("client_authentication").stringValue()).isEqualTo("NONE");
    assertThat(listener.path("description").stringValue()).isEmpty();
    JsonNode member =
        part(
            "/pools/" + pool() + "/members",
            "{\"member\": {\"address\": \"10.54.0.11\", \"protocol_port\": 80}}");
    assertThat(member.path("weight").intValue()).isEqualTo(1);
    assertThat(member.path("backup").booleanValue()).isFalse();
    assertThat(member.path("admin_state_up").booleanValue()).isTrue();
    JsonNode shown = balancers.active("/loadbalancers/" + balancer);
    assertThat(shown.path("description").stringValue())
        .as("what Magnum matches and cannot take null for")
        .isEmpty();
  }

  /// The Kubernetes controllers ask for `amphora`, older tools for `octavia`, dashboards for none;
  /// each finds the name again that it asked for.
  @Test
  void everyNameOfTheProviderIsListedTakenAndEchoed() throws Exception {
    List<String> listed = balancers.get("/providers").is(200).each("providers", "name");
    for (String name : List.of("amphora", "amphorav2", "octavia")) {
      assertThat(listed).contains(name);
      String id =
          balancers
              .post(
                  "/loadbalancers",
                  "{\"loadbalancer\": {\"vip_subnet_id\": \"%s\", \"provider\": \"%s\"}}",
                  subnet,
                  name)
              .is(201)
              .text("/loadbalancer/id");
      assertThat(balancers.active("/loadbalancers/" + id).path("provider").stringValue())
          .isEqualTo(name);
      balancers.delete("/loadbalancers/" + id).is(204);
      balancers.gone("/loadbalancers/" + id);
    }
    assertThat(listed).doesNotContain("ovn");
    assertThat(balancers.active("/loadbalancers/" + balancer).path("provider").stringValue())
        .isEqualTo("amphora");
  }
}
