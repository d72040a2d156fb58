package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import tools.jackson.databind.json.JsonMapper;

/// Whatever a body says, nobody gets a 5xx other than 501, and every list stays readable.
class AnyBodyTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final List<Target> TARGETS = new ArrayList<>();
  private static final List<String> IDS = new ArrayList<>();
  private static OctaviaServer server;

  /// Where a body can be sent.
  ///
  /// @param good attributes of a body that is accepted
  /// @param names further attributes
  private record Target(
      String method, String path, String wrapper, String good, List<String> names) {}

  @BeforeContainer
  static void start() {
    server = new OctaviaServer();
    Answer whole =
        server.post("/v2.0/lbaas/loadbalancers", GraphBodies.FULL.formatted(server.subnet()));
    String loadBalancer = whole.json().at("/loadbalancer/id").asString();
    String listener = whole.json().at("/loadbalancer/listeners/1/id").asString();
    String policy = whole.json().at("/loadbalancer/listeners/1/l7policies/0/id").asString();
    String rule = whole.json().at("/loadbalancer/listeners/1/l7policies/0/rules/0/id").asString();
    String pool = whole.json().at("/loadbalancer/pools/0/id").asString();
    String member = whole.json().at("/loadbalancer/pools/0/members/0/id").asString();
    String monitor = whole.json().at("/loadbalancer/pools/0/healthmonitor/id").asString();
    IDS.addAll(List.of(loadBalancer, listener, policy, pool, server.subnet()));
    target("POST", "/loadbalancers", "loadbalancer", "vip_subnet_id=" + server.subnet());
    target("PUT", "/loadbalancers/" + loadBalancer, "loadbalancer", "");
    target(
        "POST",
        "/listeners",
        "listener",
        "loadbalancer_id=" + loadBalancer + " protocol=HTTP protocol_port=90");
    target("PUT", "/listeners/" + listener, "listener", "");
    target(
        "POST",
        "/pools",
        "pool",
        "loadbalancer_id=" + loadBalancer + " protocol=HTTP lb_algorithm=ROUND_ROBIN");
    target("PUT", "/pools/" + pool, "pool", "");
    String members = "/pools/" + pool + "/members";
    target("POST", members, "member", "address=10.0.0.1 protocol_port=80");
    target("PUT", members, "members", "address=10.0.0.2 protocol_port=80");
    target("PUT", members + "/" + member, "member", "");
    target(
        "POST",
        "/healthmonitors",
        "healthmonitor",
        "pool_id=" + pool + " type=HTTP delay=1 timeout=1 max_retries=1");
    target("PUT", "/healthmonitors/" + monitor, "healthmonitor", "");
    target("POST", "/l7policies", "l7policy", "listener_id=" + listener + " action=REJECT");
    target("PUT", "/l7policies/" + policy, "l7policy", "");
    String rules = "/l7policies/" + policy + "/rules";
    target("POST", rules, "rule", "type=PATH compare_type=REGEX value=x");
    target("PUT", rules + "/" + rule, "rule", "");
  }

  private static void target(String method, String path, String wrapper, String good) {
    TARGETS.add(new Target(method, path, wrapper, good, NAMES.get(wrapper)));
  }

  @AfterContainer
  static void stop() {
    server.close();
  }

  @Property(tries = 2_000, shrinking = ShrinkingMode.BOUNDED)
  void noAttributeBreaksTheServer(
      @ForAll("target") int target,
      @ForAll("attributes") @Size(max = 4) List<Tuple2<Integer, Object>> attributes) {
    Target to = TARGETS.get(target);
    Map<String, Object> resource = new LinkedHashMap<>();
    Arrays.stream(to.good.split(" "))
        .filter(it -> !it.isEmpty())
        .map(it -> it.split("="))
        .forEach(it -> resource.put(it[0], it[1]));
    attributes.forEach(it -> resource.put(to.names.get(it.get1() % to.names.size()), it.get2()));
    Object wrapped = to.wrapper.equals("members") ? List.of(resource) : resource;
    send(to, MAPPER.writeValueAsString(Map.of(to.wrapper, wrapped)));
  }

  @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
  void noDocumentBreaksTheServer(@ForAll("target") int target, @ForAll("json") Object document) {
    send(TARGETS.get(target), MAPPER.writeValueAsString(document));
  }

  private static void send(Target to, String body) {
    Answer answer = server.send(to.method, "/v2.0/lbaas" + to.path, OctaviaServer.ANN, body);
    assertThat(answer.status() == 501 ? 400 : answer.status())
        .as(() -> answer + " for " + body)
        .isBetween(200, 499);
    String collection = to.path.split("/")[1];
    assertThat(server.get("/v2.0/lbaas/" + collection + "?limit=5").status()).isEqualTo(200);
  }

  @Provide
  Arbitrary<Integer> target() {
    return Arbitraries.integers().between(0, 14);
  }

  @Provide
  Arbitrary<List<Tuple2<Integer, Object>>> attributes() {
    Arbitrary<Object> ids = Arbitraries.integers().between(0, 4).map(IDS::get);
    Arbitrary<Object> values =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.of(VALUES)), Tuple.of(1, ids), Tuple.of(2, json()));
    return net.jqwik.api.Combinators.combine(Arbitraries.integers().between(0, 100), values)
        .as((index, value) -> Tuple.of(index, value))
        .list();
  }

  @Provide
  Arbitrary<Object> json() {
    return json(2);
  }

  private Arbitrary<Object> json(int depth) {
    Arbitrary<Object> leaf =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20).asGeneric(),
            Arbitraries.integers().asGeneric(),
            Arbitraries.doubles().asGeneric(),
            Arbitraries.of(true, false).asGeneric());
    if (depth == 0) {
      return leaf;
    }
    return Arbitraries.oneOf(
        leaf,
        json(depth - 1).list().ofMaxSize(3).asGeneric(),
        Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(5), json(depth - 1))
            .ofMaxSize(3)
            .asGeneric());
  }

  private static final List<String> COMMON =
      List.of("name", "description", "tags", "admin_state_up", "project_id", "tenant_id", "nosuch");

  private static final Map<String, List<String>> NAMES =
      Map.of(
          "loadbalancer",
          names(
              """
              vip_address vip_port_id vip_subnet_id vip_network_id vip_qos_policy_id vip_sg_ids
              additional_vips provider flavor_id availability_zone listeners pools"""),
          "listener",
          names(
              """
              loadbalancer_id protocol protocol_port connection_limit default_pool_id default_pool
              l7policies default_tls_container_ref sni_container_refs client_ca_tls_container_ref
              client_authentication client_crl_container_ref insert_headers timeout_client_data
              allowed_cidrs tls_ciphers tls_versions alpn_protocols hsts_max_age hsts_preload"""),
          "pool",
          names(
              """
              listener_id loadbalancer_id protocol lb_algorithm session_persistence tls_enabled
              tls_container_ref ca_tls_container_ref crl_container_ref tls_ciphers tls_versions
              alpn_protocols healthmonitor members"""),
          "member",
          names(
              """
              address protocol_port weight backup subnet_id monitor_address monitor_port
              request_sriov"""),
          "members",
          names("address protocol_port weight backup subnet_id monitor_address monitor_port"),
          "healthmonitor",
          names(
              """
              pool_id type delay timeout max_retries max_retries_down http_method url_path
              expected_codes http_version domain_name"""),
          "l7policy",
          names(
              """
              listener_id action redirect_pool_id redirect_url redirect_prefix redirect_http_code
              position rules"""),
          "rule",
          names("type compare_type key value invert"));

  private static List<String> names(String own) {
    List<String> names = new ArrayList<>(COMMON);
    names.addAll(List.of(own.split("\\s+")));
    return names;
  }

  private static final List<Object> VALUES =
      Arrays.asList(
          null,
          "",
          "x",
          "(",
          "true",
          "😀\u0000\n",
          0,
          -1,
          1,
          2,
          80,
          1.1,
          1e300,
          true,
          false,
          List.of(),
          Map.of(),
          List.of("a", "b"),
          List.of("TLSv1.2"),
          List.of("h2"),
          List.of("10.0.0.0/8"),
          Arrays.asList((Object) null),
          Map.of("X-Forwarded-For", "true"),
          Map.of("type", "SOURCE_IP", "persistence_timeout", 5),
          Map.of("type", "APP_COOKIE", "cookie_name", "c"),
          Map.of("name", "p"),
          List.of(Map.of("name", "p", "protocol", "HTTP", "lb_algorithm", "ROUND_ROBIN")),
          List.of(
              Map.of("protocol", "HTTP", "protocol_port", 1, "default_pool", Map.of("name", "p"))),
          "10.0.0.9",
          "::1",
          "HTTP",
          "TCP",
          "UDP",
          "PROMETHEUS",
          "TERMINATED_HTTPS",
          "LEAST_CONNECTIONS",
          "PING",
          "MANDATORY",
          "REDIRECT_TO_POOL",
          "REDIRECT_TO_URL",
          "REDIRECT_PREFIX",
          "HEADER",
          "FILE_TYPE",
          "EQUAL_TO",
          "SSL_VERIFY_RESULT",
          "http://example.org/",
          "/",
          "200-204",
          "octavia");
}
