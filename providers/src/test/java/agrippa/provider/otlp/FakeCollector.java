package agrippa.provider.otlp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Reads what it is sent by OpenTelemetry's own definition of the protocol.
public final class FakeCollector implements AutoCloseable {
  private final HttpServer server;
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();

  /// @param status of HTTP
  /// @param retryAfter seconds, or nothing
  record Refusal(int status, String retryAfter) {}

  /// @param nanos when it came, by the JVM's clock
  public record Received(
      Map<String, List<String>> headers, ExportMetricsServiceRequest body, long nanos) {
    public Stream<Metric> metrics() {
      return body.getResourceMetricsList().stream()
          .flatMap(it -> it.getScopeMetricsList().stream())
          .flatMap(it -> it.getMetricsList().stream());
    }

    ResourceMetrics only() {
      return body.getResourceMetrics(0);
    }
  }

  private FakeCollector(HttpServer server) {
    this.server = server;
    server.createContext("/v1/metrics", this::answer);
    server.start();
  }

  public static FakeCollector start() throws IOException {
    return start(0);
  }

  static FakeCollector start(int port) throws IOException {
    return new FakeCollector(HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = new GZIPInputStream(exchange.getRequestBody()).readAllBytes();
      received.add(
          new Received(
              Map.copyOf(exchange.getRequestHeaders()),
              ExportMetricsServiceRequest.parseFrom(body),
              System.nanoTime()));
      Refusal refusal = refusals.poll();
      if (refusal != null && !refusal.retryAfter().isEmpty()) {
        exchange.getResponseHeaders().set("Retry-After", refusal.retryAfter());
      }
      exchange.sendResponseHeaders(refusal == null ? 200 : refusal.status(), -1);
    }
  }

  void refuse(int status, String retryAfter) {
    refusals.add(new Refusal(status, retryAfter));
  }

  public Received next() throws InterruptedException {
    return Optional.ofNullable(received.poll(60, TimeUnit.SECONDS))
        .orElseThrow(() -> new AssertionError("nothing came"));
  }

  int port() {
    return server.getAddress().getPort();
  }

  public OtlpSettings settings(Duration interval) {
    return settings(port(), interval);
  }

  static OtlpSettings settings(int port, Duration interval) {
    return new OtlpSettings(
        URI.create("http://127.0.0.1:" + port),
        interval,
        Map.of("X-Scope-OrgID", "operators"),
        Optional.empty());
  }

  /// A point's attributes as Prometheus writes labels.
  public static String labels(List<KeyValue> attributes) {
    return attributes.isEmpty()
        ? ""
        : attributes.stream()
            .map(it -> it.getKey() + "=\"" + it.getValue().getStringValue() + "\"")
            .sorted()
            .collect(Collectors.joining(",", "{", "}"));
  }

  public static List<NumberDataPoint> points(Metric metric) {
    return metric.hasSum()
        ? metric.getSum().getDataPointsList()
        : metric.getGauge().getDataPointsList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
