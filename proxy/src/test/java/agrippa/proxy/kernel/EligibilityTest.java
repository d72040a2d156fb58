package agrippa.proxy.kernel;

import static agrippa.proxy.kernel.Services.at;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EligibilityTest {
  private static final FrontendOptions KERNEL =
      FrontendOptions.DEFAULT.withPath(FrontendOptions.Path.KERNEL);
  private static final Timeouts TIMEOUTS = new Timeouts(50_000, 5_000, 50_000, 0);

  private static Frontend frontend(Mode mode, int limit, Timeouts timeouts, String... hosts) {
    return new Frontend(
        "web",
        mode,
        List.of(hosts).stream().map(it -> at(it, 80)).toList(),
        null,
        List.of(),
        limit,
        timeouts,
        List.of(),
        null,
        List.of(),
        "pool",
        KERNEL);
  }

  private static Frontend frontend(Mode mode, String... hosts) {
    return frontend(mode, 50_000, TIMEOUTS, hosts);
  }

  private static Upstream upstream(
      Algorithm algorithm,
      @Nullable Persistence persistence,
      ProxyProtocol proxy,
      String... hosts) {
    return new Upstream(
        "pool",
        algorithm,
        persistence,
        IntStream.range(0, hosts.length).mapToObj(i -> endpoint(i, hosts[i])).toList(),
        null,
        null,
        proxy);
  }

  private static Endpoint endpoint(int i, String host) {
    InetSocketAddress address = at(host, 8080);
    return new Endpoint("e" + i, address, 1, false, true, address);
  }

  private static Upstream upstream(String... hosts) {
    return upstream(Algorithm.ROUND_ROBIN, null, ProxyProtocol.NONE, hosts);
  }

  private static Optional<String> objection(Frontend frontend, Upstream upstream) {
    ProxyPlan plan =
        new ProxyPlan(
            "plan", List.of(frontend), List.of(upstream), Path.of("/run/netns/somewhere"));
    return Eligibility.objection(plan, frontend);
  }

  @Test
  void bytesAndDatagramsAreForTheKernel() {
    Upstream servers =
        upstream(Algorithm.SOURCE_IP, new Persistence.SourceIp(), ProxyProtocol.NONE, "10.0.1.1");
    assertThat(objection(frontend(Mode.TCP, "10.0.0.1"), servers)).isEmpty();
    assertThat(objection(frontend(Mode.UDP, "10.0.0.1", "10.0.0.2"), upstream("10.0.1.1")))
        .isEmpty();
    assertThat(objection(frontend(Mode.TCP, "fd00::1"), upstream("fd00::2"))).isEmpty();
  }

  @Test
  void aNamespaceOfItsOwnIsNeeded() {
    Frontend frontend = frontend(Mode.TCP, "10.0.0.1");
    ProxyPlan plan = new ProxyPlan("plan", List.of(frontend), List.of(upstream("10.0.1.1")));
    assertThat(Eligibility.objection(plan, frontend))
        .contains("it has no network namespace of its own");
  }

  @Test
  void someFrontendsNeedTheProxy() {
    Upstream servers = upstream("10.0.1.1");
    assertThat(objection(frontend(Mode.HTTP, "10.0.0.1"), servers)).contains("it speaks HTTP");
    assertThat(objection(frontend(Mode.TCP, 49_999, TIMEOUTS, "10.0.0.1"), servers))
        .contains("it limits connections");
    Timeouts inspecting = new Timeouts(50_000, 5_000, 50_000, 1);
    assertThat(objection(frontend(Mode.TCP, 50_000, inspecting, "10.0.0.1"), servers))
        .contains("it waits for the first byte");
    assertThat(objection(frontend(Mode.TCP, "0.0.0.0"), servers))
        .contains("it has no certain address");
  }

  @Test
  void someUpstreamsNeedTheProxy() {
    Frontend web = frontend(Mode.TCP, "10.0.0.1");
    assertThat(
            objection(
                web, upstream(Algorithm.LEAST_CONNECTIONS, null, ProxyProtocol.NONE, "10.0.1.1")))
        .contains("least connections are counted by the proxy");
    assertThat(objection(web, upstream(Algorithm.ROUND_ROBIN, null, ProxyProtocol.V1, "10.0.1.1")))
        .contains("endpoints are spoken to by the proxy");
    assertThat(
            objection(
                web,
                upstream(
                    Algorithm.ROUND_ROBIN,
                    new Persistence.InsertedCookie("SRV"),
                    ProxyProtocol.NONE,
                    "10.0.1.1")))
        .contains("persistence needs cookies");
    assertThat(objection(web, upstream())).contains("it has no endpoints, or more than 1000");
    assertThat(UpstreamOptions.DEFAULT).isEqualTo(upstream().options());
  }

  @Test
  void endpointsAreElsewhereAndOfTheSameFamily() {
    Frontend web = frontend(Mode.TCP, "10.0.0.1");
    assertThat(objection(web, upstream("10.0.1.1", "fd00::1")))
        .contains("it has addresses of both families");
    assertThat(objection(frontend(Mode.TCP, "10.0.0.1", "fd00::1"), upstream("10.0.1.1")))
        .contains("it has addresses of both families");
    for (String here : List.of("10.0.0.1", "127.0.0.1", "169.254.1.1", "224.0.0.1")) {
      assertThat(objection(web, upstream(here))).contains("an endpoint is not elsewhere");
    }
  }
}
