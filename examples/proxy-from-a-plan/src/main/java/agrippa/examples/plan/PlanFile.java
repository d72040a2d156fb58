package agrippa.examples.plan;

import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The file: what of a plan this example lets one choose.
record PlanFile(
    List<String> listen, Mode mode, Algorithm algorithm, int checkSeconds, List<Server> endpoints) {
  private static final Timeouts TIMEOUTS = new Timeouts(50_000, 5_000, 50_000, 0);
  private static final int CONNECTION_LIMIT = 50_000;
  private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(1);

  record Server(String address, int weight) {}

  static PlanFile read(Path file) {
    return JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .build()
        .readValue(file, PlanFile.class);
  }

  /// One frontend before one upstream.
  ProxyPlan plan() {
    Frontend frontend =
        new Frontend(
            "frontend",
            mode,
            listen.stream().map(PlanFile::address).toList(),
            null,
            List.of(),
            CONNECTION_LIMIT,
            TIMEOUTS,
            List.of(),
            null,
            List.of(),
            "upstream");
    Upstream upstream =
        new Upstream(
            "upstream",
            algorithm,
            null,
            endpoints.stream().map(PlanFile::endpoint).toList(),
            check(),
            null,
            ProxyProtocol.NONE);
    return new ProxyPlan("example", List.of(frontend), List.of(upstream));
  }

  private @Nullable Check check() {
    if (checkSeconds == 0) {
      return null;
    }
    Check.Probe probe =
        switch (mode) {
          case HTTP, TCP -> new Check.Probe.Connect();
          case UDP -> new Check.Probe.Datagram();
          case SCTP -> new Check.Probe.Associate();
        };
    return new Check(probe, Duration.ofSeconds(checkSeconds), CHECK_TIMEOUT, 2, 2);
  }

  private static Endpoint endpoint(Server server) {
    InetSocketAddress address = address(server.address());
    return new Endpoint(server.address(), address, server.weight(), false, true, address);
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, colon).replace("[", "").replace("]", "");
    return new InetSocketAddress(
        InetAddress.ofLiteral(host), Integer.parseInt(text, colon + 1, text.length(), 10));
  }
}
