package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.monitor;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static agrippa.provider.builtin.Trees.uuid;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider.Outcome;
import agrippa.model.L7Action;
import agrippa.model.L7Rule;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a PROMETHEUS listener tells.
class MetricsTest {
  private static final InetAddress LISTEN = InetAddress.ofLiteral("127.10.10.151");

  private static final Set<String> DOCUMENTED =
      Stream.of(
              names(
                  "octavia_loadbalancer_",
                  """
                  max_connections current_connections connections_total requests_total listeners
                  http_comp_bytes_in_total http_comp_bytes_out_total
                  """),
              names(
                  "octavia_listener_",
                  """
                  status current_sessions max_sessions limit_sessions sessions_total
                  connections_total bytes_in_total bytes_out_total requests_denied_total
                  request_errors_total denied_connections_total http_requests_total
                  http_responses_total intercepted_requests_total http_comp_bytes_in_total
                  http_comp_bytes_out_total http_comp_bytes_bypassed_total
                  http_comp_responses_total
                  """),
              names(
                  "octavia_pool_",
                  """
                  status current_sessions sessions_total connection_attempts_total
                  connection_reuses_total bytes_in_total bytes_out_total connection_errors_total
                  response_errors_total retry_warnings_total redispatch_warnings_total
                  client_aborts_total member_aborts_total active_members backup_members
                  http_requests_total http_responses_total http_comp_bytes_in_total
                  http_comp_bytes_out_total http_comp_bytes_bypassed_total
                  http_comp_responses_total
                  """),
              names(
                  "octavia_member_",
                  """
                  status current_sessions sessions_total bytes_in_total bytes_out_total
                  connection_attempts_total connection_reuses_total connection_errors_total
                  response_errors_total retry_warnings_total redispatch_warnings_total
                  client_aborts_total server_aborts_total weight check_failures_total
                  check_up_down_total downtime_seconds_total check_last_change_seconds
                  http_responses_total current_throttle
                  """),
              Stream.of("agrippa_member_ejected"))
          .flatMap(it -> it)
          .collect(Collectors.toUnmodifiableSet());

  private static Stream<String> names(String prefix, String rest) {
    return Stream.of(rest.strip().split("\\s+")).map(it -> prefix + it);
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private ProxyServer proxy;
  private BuiltinProvider provider;
  private HttpServer backend;

  @BeforeEach
  void start() throws IOException {
    proxy =
        ProxyServer.start(
            ProxySettings.standard().withLoops(2), Clock.systemUTC(), new SecureRandom());
    provider =
        new BuiltinProvider(
            proxy,
            new PlainNetworks(LISTEN),
            new FakeSecrets(),
            Observing.NOTHING,
            InstantSource.system(),
            noStapling());
    backend = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          boolean found = !exchange.getRequestURI().getPath().equals("/gone");
          exchange.sendResponseHeaders(found ? 200 : 404, -1);
          exchange.close();
        });
    backend.start();
  }

  @AfterEach
  void stop() {
    proxy.close();
    backend.stop(0);
    http.close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, LISTEN)) {
      return socket.getLocalPort();
    }
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    URI uri = URI.create("http://" + LISTEN.getHostAddress() + ":" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private void serve(List<Listener> listeners, Pool... pools) {
    assertThat(provider.converge(tree(listeners, List.of(pools)), ProfileSettings.NONE))
        .isEqualTo(new Outcome.Converged(Map.of()));
  }

  private Pool servers() {
    return pool("servers", PoolProtocol.HTTP)
        .member("one", "127.0.0.1", backend.getAddress().getPort())
        .build();
  }

  /// Reads the text format, strictly: each metric has its help and type just before its samples.
  ///
  /// @return values by metric and labels, the trees' names in place of ids
  private static Map<String, Double> read(String page, String... names) {
    Pattern sample =
        Pattern.compile(
            "([a-z_0-9]+)(\\{[a-z]+=\"[^\"\\\\]*\"(?:,[a-z]+=\"[^\"\\\\]*\")*})? ([0-9.]+)");
    Map<String, Double> samples = new LinkedHashMap<>();
    List<String> families = new ArrayList<>();
    List<String> lines = page.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("# HELP ")) {
        String name = line.split(" ")[2];
        String type = name.endsWith("_total") ? "counter" : "gauge";
        assertThat(lines.get(i + 1)).isEqualTo("# TYPE " + name + " " + type);
        families.add(name);
        i++;
        continue;
      }
      Matcher parsed = sample.matcher(line);
      assertThat(parsed.matches()).as(line).isTrue();
      assertThat(parsed.group(1)).isEqualTo(families.getLast());
      String key = line.substring(0, line.lastIndexOf(' '));
      for (String name : names) {
        key = key.replace(uuid(name).toString(), name);
      }
      assertThat(samples.put(key, Double.valueOf(parsed.group(3)))).as(key).isNull();
    }
    assertThat(families).doesNotHaveDuplicates();
    assertThat(page).endsWith("\n");
    return samples;
  }

  @Test
  void tellsOperatorsOfAllLoadBalancersWithTheirProjects() throws Exception {
    int web = freePort();
    serve(List.of(listener("web", ListenerProtocol.HTTP, web).to("servers").build()), servers());
    get(web, "/");
    StringBuilder page = new StringBuilder();
    provider.metrics().forEachRemaining(it -> page.append(new String(it, US_ASCII)));

    String of = "{project=\"%s\",loadbalancer=\"lb\"".formatted("project");
    assertThat(read(page.toString(), "lb", "web", "servers", "one"))
        .containsEntry("octavia_loadbalancer_requests_total" + of + "}", 1.0)
        .containsEntry("octavia_listener_http_requests_total" + of + ",listener=\"web\"}", 1.0)
        .containsEntry("octavia_pool_http_requests_total" + of + ",pool=\"servers:web\"}", 1.0)
        .containsEntry(
            "octavia_member_sessions_total" + of + ",pool=\"servers:web\",member=\"one\"}", 1.0);
  }

  @Test
  void tellsWhatListenersPoolsAndMembersDid() throws Exception {
    int web = freePort();
    int metrics = freePort();
    var secret = Trees.rule(L7Rule.Type.PATH, L7Rule.CompareType.EQUAL_TO, "/secret");
    serve(
        List.of(
            listener("web", ListenerProtocol.HTTP, web)
                .limit(77)
                .to("servers")
                .policy("keep out", new L7Action.Reject(), secret)
                .build(),
            listener("metrics", ListenerProtocol.PROMETHEUS, metrics).build()),
        servers());
    for (int i = 0; i < 7; i++) {
      assertThat(get(web, "/").statusCode()).isEqualTo(200);
    }
    assertThat(get(web, "/gone").statusCode()).isEqualTo(404);
    assertThat(get(web, "/secret").statusCode()).isEqualTo(403);

    HttpResponse<String> page = get(metrics, "/metrics");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4");
    String pool = "{pool=\"servers:web\"";
    String member = pool + ",member=\"one\"";
    assertThat(read(page.body(), "web", "metrics", "servers", "one"))
        .containsEntry("octavia_loadbalancer_requests_total", 10.0)
        .containsEntry("octavia_loadbalancer_listeners", 2.0)
        .containsEntry("octavia_loadbalancer_max_connections", 50_077.0)
        .containsEntry("octavia_listener_status{listener=\"web\",state=\"UP\"}", 1.0)
        .containsEntry("octavia_listener_status{listener=\"web\",state=\"DOWN\"}", 0.0)
        .containsEntry("octavia_listener_limit_sessions{listener=\"web\"}", 77.0)
        .containsEntry("octavia_listener_http_requests_total{listener=\"web\"}", 9.0)
        .containsEntry("octavia_listener_http_requests_total{listener=\"metrics\"}", 1.0)
        .containsEntry("octavia_listener_requests_denied_total{listener=\"web\"}", 1.0)
        .containsEntry("octavia_listener_http_responses_total{listener=\"web\",code=\"2xx\"}", 7.0)
        .containsEntry("octavia_listener_http_responses_total{listener=\"web\",code=\"4xx\"}", 2.0)
        .containsEntry("octavia_pool_status" + pool + ",state=\"UP\"}", 1.0)
        .containsEntry("octavia_pool_active_members" + pool + "}", 1.0)
        .containsEntry("octavia_pool_http_requests_total" + pool + "}", 8.0)
        .containsEntry("octavia_pool_http_responses_total" + pool + ",code=\"4xx\"}", 1.0)
        .containsEntry("octavia_member_status" + member + ",state=\"UP\"}", 1.0)
        .containsEntry("octavia_member_weight" + member + "}", 1.0)
        .containsEntry("octavia_member_sessions_total" + member + "}", 8.0)
        .containsEntry("octavia_member_http_responses_total" + member + ",code=\"2xx\"}", 7.0)
        .doesNotContainKey("octavia_member_check_failures_total" + member + "}");
  }

  @Test
  void hasOnlyNamesThatAreDocumented() throws Exception {
    int metrics = freePort();
    serve(List.of(listener("metrics", ListenerProtocol.PROMETHEUS, metrics).build()));

    Set<String> families =
        get(metrics, "/")
            .body()
            .lines()
            .filter(it -> it.startsWith("# TYPE "))
            .map(it -> it.split(" ")[2])
            .collect(Collectors.toSet());

    assertThat(families).isEqualTo(DOCUMENTED);
  }

  @Test
  void tellsOfMembersThatAreDown() throws Exception {
    BlockingQueue<LoadBalancerId> changed = new ArrayBlockingQueue<>(10);
    provider.onChange(changed::add);
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      closed = socket.getLocalPort();
    }
    int metrics = freePort();
    serve(
        List.of(
            listener("raw", ListenerProtocol.TCP, freePort()).to("servers").build(),
            listener("metrics", ListenerProtocol.PROMETHEUS, metrics).build()),
        pool("servers", PoolProtocol.TCP)
            .member("dead", "127.0.0.1", closed)
            .member("off", "127.0.0.1", closed, 1, true, false)
            .monitor(monitor(MonitorType.TCP, 1, 1))
            .build());
    assertThat(changed.poll(10, TimeUnit.SECONDS)).isNotNull();

    Map<String, Double> samples =
        read(get(metrics, "/metrics").body(), "raw", "metrics", "servers", "dead", "off");

    String pool = "{pool=\"servers:raw\"";
    assertThat(samples)
        .containsEntry("octavia_pool_status" + pool + ",state=\"DOWN\"}", 1.0)
        .containsEntry("octavia_pool_active_members" + pool + "}", 0.0)
        .containsEntry("octavia_member_status" + pool + ",member=\"dead\",state=\"DOWN\"}", 1.0)
        .containsEntry("octavia_member_status" + pool + ",member=\"off\",state=\"MAINT\"}", 1.0)
        .containsEntry("octavia_member_check_up_down_total" + pool + ",member=\"dead\"}", 1.0);
    assertThat(samples.keySet())
        .noneMatch(it -> it.startsWith("octavia_pool_http_"))
        .noneMatch(it -> it.startsWith("octavia_listener_http_") && it.contains("raw"));
  }

  @Test
  void knowsOneLoadBalancerOnly() throws Exception {
    int metrics = freePort();
    proxy.apply(
        new ProxyPlan(
            uuid("other").toString(), List.of(unbound(uuid("stranger").toString())), List.of()));
    serve(List.of(listener("metrics", ListenerProtocol.PROMETHEUS, metrics).build()));

    assertThat(get(metrics, "/metrics").body()).doesNotContain(uuid("stranger").toString());
  }

  @Test
  void tellsNothingOfDatagrams() throws Exception {
    int metrics = freePort();
    serve(
        List.of(
            listener("metrics", ListenerProtocol.PROMETHEUS, metrics).build(),
            listener("names", ListenerProtocol.UDP, metrics).to("servers").build()),
        pool("servers", PoolProtocol.UDP).member("one", "127.0.0.1", 53).build());

    assertThat(get(metrics, "/metrics").body())
        .contains(uuid("metrics").toString())
        .doesNotContain(uuid("names").toString(), uuid("servers").toString());
  }

  @Test
  void comesInSmallPiecesHoweverMuchThereIsToTell() {
    List<Upstream> upstreams =
        IntStream.range(0, 100).mapToObj(it -> upstream("pool-" + it, 100)).toList();
    List<Frontend> frontends =
        IntStream.range(0, 100).mapToObj(it -> unbound("pool-" + it)).toList();
    proxy.apply(new ProxyPlan("large", frontends, upstreams));

    int samples = 0;
    MetricsPage page = MetricsPage.of(proxy.measure("large").orElseThrow());
    while (page.hasNext()) {
      byte[] piece = page.next();
      assertThat(piece.length).isBetween(1, 256 << 10);
      String text = new String(piece, StandardCharsets.US_ASCII);
      samples += (int) text.lines().filter(it -> it.startsWith("octavia_member_weight{")).count();
    }
    assertThat(samples).isEqualTo(10_000);
  }

  /// A frontend that listens nowhere, before the upstream of its name.
  private static Frontend unbound(String name) {
    return new Frontend(
        name,
        Frontend.Mode.HTTP,
        List.of(),
        null,
        List.of(),
        1,
        new Frontend.Timeouts(1, 1, 1, 0),
        List.of(),
        null,
        List.of(),
        name);
  }

  private static Upstream upstream(String name, int endpoints) {
    InetSocketAddress nowhere = new InetSocketAddress("127.0.0.1", 9);
    return new Upstream(
        name,
        Upstream.Algorithm.ROUND_ROBIN,
        null,
        IntStream.range(0, endpoints)
            .mapToObj(it -> new Endpoint(name + "-" + it, nowhere, 1, false, true, nowhere))
            .toList(),
        null,
        null,
        Upstream.ProxyProtocol.NONE);
  }

  private static Stapling noStapling() {
    return new Stapling(List.of(), InstantSource.system(), Runnable::run);
  }
}
