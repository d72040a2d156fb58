package agrippa.provider.builtin;

import agrippa.model.HealthMonitor;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Check.Probe;
import agrippa.proxy.plan.Check.StatusRange;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Health monitors as checks.
final class Checks {
  private Checks() {}

  /// @param encrypted whether the members expect TLS; HTTP checks then use it too, as HAProxy's do
  /// @param grpc the service that servers of gRPC are asked for, if they are
  static Check check(HealthMonitor monitor, boolean encrypted, Optional<String> grpc) {
    return new Check(
        grpc.flatMap(it -> grpc(monitor, encrypted, it)).orElseGet(() -> probe(monitor, encrypted)),
        Duration.ofSeconds(monitor.delaySeconds()),
        Duration.ofSeconds(monitor.timeoutSeconds()),
        monitor.maxRetries(),
        monitor.maxRetriesDown());
  }

  private static Optional<Probe> grpc(HealthMonitor monitor, boolean encrypted, String service) {
    return switch (monitor.type()) {
      case TCP, HTTP -> Optional.of(new Probe.Grpc(encrypted, service));
      case HTTPS -> Optional.of(new Probe.Grpc(true, service));
      case TLS_HELLO, PING, UDP_CONNECT, SCTP -> Optional.empty();
    };
  }

  private static Probe probe(HealthMonitor monitor, boolean encrypted) {
    return switch (monitor.type()) {
      case TCP -> new Probe.Connect();
      case TLS_HELLO -> new Probe.TlsHello();
      case PING -> new Probe.Ping();
      case HTTP -> http(monitor, encrypted);
      case HTTPS -> http(monitor, true);
      case UDP_CONNECT -> new Probe.Datagram();
      case SCTP -> new Probe.Associate();
    };
  }

  private static Probe http(HealthMonitor monitor, boolean tls) {
    boolean newer = monitor.httpVersion() != null && monitor.httpVersion() > 1.0;
    return new Probe.Http(
        tls,
        Objects.requireNonNullElse(monitor.httpMethod(), "GET"),
        Objects.requireNonNullElse(monitor.urlPath(), "/"),
        newer ? "1.1" : "1.0",
        newer ? monitor.domainName() : null,
        ranges(Objects.requireNonNullElse(monitor.expectedCodes(), "200")));
  }

  /// Reads `200`, `200, 202` or `200-204`.
  private static List<StatusRange> ranges(String expectedCodes) {
    return Arrays.stream(expectedCodes.split(","))
        .map(String::strip)
        .map(
            it -> {
              int dash = it.indexOf('-');
              int first = Integer.parseInt(dash < 0 ? it : it.substring(0, dash).strip());
              int last = dash < 0 ? first : Integer.parseInt(it.substring(dash + 1).strip());
              return new StatusRange(first, last);
            })
        .toList();
  }
}
