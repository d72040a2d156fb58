package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Metrics that the program brings to a collector, as its configuration says.
class OpenTelemetryTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

  @TempDir private Path folder;

  /// What came with the right header.
  private final BlockingQueue<ExportMetricsServiceRequest> received = new LinkedBlockingQueue<>();

  @Test
  void bringsWhatLoadBalancersCountToACollector() throws Exception {
    HttpsServer collector = collector();
    collector.start();
    Files.writeString(folder.resolve("headers"), "Authorization: Bearer of-the-operator\n");
    Path configuration =
        Files.writeString(
            folder.resolve("agrippa.yaml"),
            """
            opentelemetry:
              endpoint: https://127.0.0.1:%d
              interval: 0.2
              headers_file: headers
              certificate_file: collector.pem
            """
                .formatted(collector.getAddress().getPort()));
    try (Program program = Program.start(folder.resolve("state"), configuration);
        Backend backend = Backend.start("web", "127.20.0.11", 0)) {
      Api api = Api.of(program);
      int web = FreePorts.next();
      JsonNode created =
          api.post(
                  Api.LB + "/loadbalancers",
                  """
                  {"loadbalancer": {"vip_subnet_id": "%s", "listeners": [
                    {"name": "web", "protocol": "HTTP", "protocol_port": %d, "default_pool":
                      {"name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
                        {"address": "10.20.0.11", "protocol_port": %d}]}}]}}
                  """
                      .formatted(api.subnet("10.20.0.0/24"), web, backend.port()))
              .expect(201)
              .body()
              .path("loadbalancer");
      api.active(created.path("id").asString());
      String vip = created.path("vip_address").asString().replaceFirst("^10", "127");
      for (int i = 0; i < 3; i++) {
        assertThat(
                Program.run(Map.of(), List.of("curl", "-fsS", "http://" + vip + ":" + web + "/"))
                    .status())
            .isZero();
      }

      Map<String, String> ofListener =
          Map.of(
              "project", created.path("project_id").asString(),
              "loadbalancer", created.path("id").asString(),
              "listener", created.at("/listeners/0/id").asString());
      ResourceMetrics told =
          await(it -> has(it, "octavia_listener_http_requests_total", ofListener, 3));
      assertThat(attributes(told.getResource().getAttributesList()))
          .containsEntry("service.name", "agrippa")
          .containsKeys("service.version", "service.instance.id", "host.name");
      assertThat(has(told, "agrippa_loadbalancers", Map.of(), 1)).isTrue();

      // Counters go on where they were, and the last of them are brought by the end.
      assertThat(
              Program.run(Map.of(), List.of("curl", "-fsS", "http://" + vip + ":" + web + "/"))
                  .status())
          .isZero();
      assertThat(program.stop()).isIn(0, 143);
      await(it -> has(it, "octavia_listener_http_requests_total", ofListener, 4));
    } finally {
      collector.stop(0);
    }
  }

  private HttpsServer collector() throws Exception {
    Path certificate = folder.resolve("collector.pem");
    Path key = folder.resolve("collector.key");
    Path both = folder.resolve("collector.p12");
    openssl(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=collector"
            + " -addext subjectAltName=IP:127.0.0.1 -out %s -keyout %s",
        certificate, key);
    openssl("pkcs12 -export -passout pass:pass -in %s -inkey %s -out %s", certificate, key, both);
    KeyStore store = KeyStore.getInstance(both.toFile(), "pass".toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "pass".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer collector = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    collector.setHttpsConfigurator(new HttpsConfigurator(context));
    collector.createContext("/v1/metrics", this::take);
    return collector;
  }

  private static void openssl(String command, Object... files) throws Exception {
    String line = "openssl " + command.formatted(files);
    Program.Result result = Program.run(Map.of(), List.of(line.split(" ")));
    assertThat(result.status()).as(result.errors()).isZero();
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = new GZIPInputStream(exchange.getRequestBody()).readAllBytes();
      boolean known =
          "Bearer of-the-operator".equals(exchange.getRequestHeaders().getFirst("Authorization"));
      if (known) {
        received.add(ExportMetricsServiceRequest.parseFrom(body));
      }
      exchange.sendResponseHeaders(known ? 200 : 401, -1);
    }
  }

  private ResourceMetrics await(Predicate<ResourceMetrics> wanted) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    while (true) {
      ExportMetricsServiceRequest next =
          received.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(next).as("what was waited for never came").isNotNull();
      if (next.getResourceMetricsCount() == 1 && wanted.test(next.getResourceMetrics(0))) {
        return next.getResourceMetrics(0);
      }
    }
  }

  private static boolean has(
      ResourceMetrics all, String name, Map<String, String> attributes, long value) {
    return all.getScopeMetricsList().stream()
        .flatMap(it -> it.getMetricsList().stream())
        .filter(it -> it.getName().equals(name))
        .flatMap(it -> points(it).stream())
        .anyMatch(
            it -> it.getAsInt() == value && attributes(it.getAttributesList()).equals(attributes));
  }

  private static List<NumberDataPoint> points(Metric metric) {
    return metric.hasSum()
        ? metric.getSum().getDataPointsList()
        : metric.getGauge().getDataPointsList();
  }

  private static Map<String, String> attributes(List<KeyValue> all) {
    return all.stream()
        .collect(Collectors.toMap(KeyValue::getKey, it -> it.getValue().getStringValue()));
  }
}
