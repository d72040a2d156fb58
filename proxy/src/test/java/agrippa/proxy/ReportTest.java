package agrippa.proxy;

import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.PlanMeter.EndpointMeter;
import agrippa.proxy.PlanMeter.FrontendMeter;
import agrippa.proxy.PlanMeter.UpstreamMeter;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check.Probe;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.stats.Count;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reports about a plan, and the numbers that they are made of.
@Cells
class ReportTest {
  private static final Route REPORT =
      new Route("all", List.of(), new Route.Action.Report("text/plain; version=0.0.4"));

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private Backend a;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    a = fixture.http("a");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private static Frontend reporting() {
    return routed(frontend("report", Mode.HTTP), REPORT);
  }

  private InetSocketAddress serve(Upstream... upstreams) {
    return fixture.serve(
        new ProxyPlan("plan", List.of(reporting(), frontend()), List.of(upstreams)), "report");
  }

  private InetSocketAddress serveReport() {
    return serve(pool(endpoint(a)));
  }

  private InetSocketAddress web() {
    return fixture.serve(
        new ProxyPlan("plan", List.of(frontend(), reporting()), List.of(pool(endpoint(a)))), "web");
  }

  private static Iterator<byte[]> pieces(String... texts) {
    return Stream.of(texts).map(it -> it.getBytes(ISO_8859_1)).iterator();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/", "/any?x=y"})
  void isThePageThatTheReporterWrites(String path) throws Exception {
    fixture.proxy.reporter(_ -> pieces("one\n", "", "two\n"));

    Message page = Client.get(serveReport(), path);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.field("Content-Type")).isEqualTo("text/plain; version=0.0.4");
    assertThat(page.field("Cache-Control")).isEqualTo("no-cache");
    assertThat(page.body()).isEqualTo("one\ntwo\n");
  }

  @Test
  void isMadeAnewForEveryRequestOfAConnection() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    fixture.proxy.reporter(_ -> pieces("page " + asked.incrementAndGet()));

    try (Client client = Client.to(serveReport())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(client.receive().body()).isEqualTo("page 1");
      assertThat(client.receive().body()).isEqualTo("page 2");
      assertThat(client.get("/").body()).isEqualTo("page 3");
    }
  }

  @Test
  void hasAHeadButNoBodyForHead() throws Exception {
    fixture.proxy.reporter(_ -> pieces("page"));
    try (Client client = Client.to(serveReport())) {
      client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

      assertThat(client.receiveAll())
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("Content-Type: text/plain; version=0.0.4\r\n")
          .endsWith("\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "get"})
  void canOnlyBeRead(String method) throws Exception {
    fixture.proxy.reporter(_ -> pieces("page"));
    try (Client client = Client.to(serveReport())) {
      client.send(method + " /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");

      Message answer = client.receive();

      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.field("Allow")).isEqualTo("GET, HEAD");
      assertThat(client.get("/metrics").body()).isEqualTo("page");
    }
  }

  @Test
  void endsWithTheConnectionForThoseWhoKnowNoChunks() throws Exception {
    fixture.proxy.reporter(_ -> pieces("one", "two"));
    try (Client client = Client.to(serveReport())) {
      client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

      assertThat(client.receiveAll())
          .doesNotContain("chunked")
          .contains("Connection: close\r\n")
          .endsWith("\r\n\r\nonetwo");
    }
  }

  @Test
  void doesNotWaitForABodyThatNeverComes() throws Exception {
    fixture.proxy.reporter(_ -> pieces("page"));
    try (Client client = Client.to(serveReport())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");

      Message page = client.receive();

      assertThat(page.body()).isEqualTo("page");
      assertThat(page.field("Connection")).isEqualTo("close");
    }
  }

  @Test
  void isUnavailableWhenNobodyWritesIt() throws Exception {
    assertThat(Client.get(serveReport(), "/").status()).isEqualTo(503);
  }

  @Test
  void isCutOffWhenItCannotBeFinished() throws Exception {
    fixture.proxy.reporter(
        _ ->
            Stream.of("one", "two")
                .map(
                    it -> {
                      if (it.equals("two")) {
                        throw new IllegalStateException("no more");
                      }
                      return it.getBytes(ISO_8859_1);
                    })
                .iterator());
    try (Client client = Client.to(serveReport())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

      assertThat(client.receiveAll()).endsWith("3\r\none\r\n");
    }
  }

  @Test
  void isMadeNoFasterThanItsClientReads() throws Exception {
    AtomicInteger made = new AtomicInteger();
    int pieces = 2_000;
    String piece = "x".repeat(64 << 10);
    fixture.proxy.reporter(
        _ ->
            IntStream.range(0, pieces)
                .mapToObj(
                    _ -> {
                      made.incrementAndGet();
                      return piece.getBytes(ISO_8859_1);
                    })
                .iterator());
    InetSocketAddress at = serveReport();
    try (Client slow = Client.to(at)) {
      slow.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      // Pages take turns: once this one is here, the other has stopped for want of a reader.
      assertThat(Client.get(at, "/").body()).hasSize(pieces * piece.length());

      assertThat(made).hasValueLessThan(pieces + pieces / 2);
      assertThat(slow.receive().body()).hasSize(pieces * piece.length());
    }
    assertThat(made).hasValue(2 * pieces);
  }

  @Test
  void isDroppedWhenItsClientLeaves() throws Exception {
    fixture.proxy.reporter(_ -> Stream.generate(() -> new byte[64 << 10]).iterator());
    InetSocketAddress at = serveReport();
    try (Client client = Client.to(at)) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.receive(100)).startsWith("HTTP/1.1 200 OK\r\n");
    }

    fixture.awaitConnections("report", 0);
  }

  @Test
  void knowsHowManyRequestsWentWhere() throws Exception {
    InetSocketAddress at = web();
    for (int i = 0; i < 5; i++) {
      assertThat(Client.get(at, "/").status()).isEqualTo(200);
    }

    FrontendMeter web = meter("web");
    assertThat(web.counters().requests()).isEqualTo(5);
    assertThat(web.counters().connectionsTotal()).isEqualTo(5);
    assertThat(web.count(Count.RESPONSES_2XX)).isEqualTo(5);
    assertThat(web.peak()).isPositive();
    UpstreamMeter pool = web.upstreams().getFirst();
    assertThat(pool.name()).isEqualTo("pool");
    assertThat(pool.count(Count.OPENED)).isEqualTo(5);
    EndpointMeter endpoint = pool.endpoints().getFirst();
    assertThat(endpoint.plan().name()).isEqualTo("a");
    assertThat(endpoint.state()).isEqualTo(EndpointState.NO_CHECK);
    assertThat(endpoint.checks()).isNull();
    assertThat(endpoint.count(Count.OPENED)).isEqualTo(5);
    assertThat(endpoint.count(Count.RESPONSES_2XX)).isEqualTo(5);
    assertThat(endpoint.count(Count.ATTEMPTS) + endpoint.count(Count.REUSES)).isEqualTo(5);
  }

  @Test
  void knowsThePartOfEachFrontendInASharedUpstream() throws Exception {
    Frontend other = frontend("other", Mode.HTTP);
    var plan = new ProxyPlan("plan", List.of(frontend(), other), List.of(pool(endpoint(a))));
    InetSocketAddress web = fixture.serve(plan, "web");
    InetSocketAddress alsoServed = fixture.serve(plan, "other");
    Client.get(web, "/");
    Client.get(alsoServed, "/");
    Client.get(alsoServed, "/");

    assertThat(meter("web").upstreams().getFirst().count(Count.OPENED)).isEqualTo(1);
    assertThat(meter("other").upstreams().getFirst().count(Count.OPENED)).isEqualTo(2);
  }

  @Test
  void knowsConnectionsAndBytesOfStreams() throws Exception {
    Backend echo =
        fixture.add(
            Backend.talking("echo", (client, in) -> in.transferTo(client.getOutputStream())));
    InetSocketAddress at =
        fixture.serve(
            new ProxyPlan(
                "plan", List.of(frontend("web", Mode.TCP)), List.of(pool(endpoint(echo)))));
    try (Client client = Client.to(at)) {
      client.send("hello");
      assertThat(client.receive(5)).isEqualTo("hello");
    }
    fixture.awaitConnections("web", 0);

    EndpointMeter endpoint = meter("web").upstreams().getFirst().endpoints().getFirst();
    assertThat(endpoint.count(Count.OPENED)).isEqualTo(1);
    assertThat(endpoint.count(Count.CLOSED)).isEqualTo(1);
    assertThat(endpoint.count(Count.BYTES_IN)).isEqualTo(5);
    assertThat(endpoint.count(Count.BYTES_OUT)).isEqualTo(5);
  }

  @Test
  void countsGoOnWhenThePlanChangesAndEndWithWhatTheyCount() throws Exception {
    Client.get(web(), "/");
    Backend b = fixture.http("b");
    fixture.serve(
        new ProxyPlan("plan", List.of(frontend()), List.of(pool(endpoint(a), endpoint(b)))));
    assertThat(meter("web").upstreams().getFirst().endpoints())
        .extracting(it -> it.count(Count.OPENED))
        .containsExactly(1L, 0L);

    fixture.serve(new ProxyPlan("plan", List.of(frontend()), List.of(pool(endpoint(b)))));
    fixture.serve(
        new ProxyPlan("plan", List.of(frontend()), List.of(pool(endpoint(a), endpoint(b)))));

    UpstreamMeter pool = meter("web").upstreams().getFirst();
    assertThat(pool.endpoints()).extracting(it -> it.count(Count.OPENED)).containsExactly(0L, 0L);
    assertThat(pool.count(Count.OPENED)).isEqualTo(1);
  }

  @Test
  void knowsTheHistoryOfChecks() throws Exception {
    serve(Fixture.checked(new Probe.Connect(), pool(endpoint(a))));
    fixture.await("a", EndpointState.UP);
    a.kill();
    fixture.await("a", EndpointState.DOWN);

    EndpointMeter endpoint = meter("web").upstreams().getFirst().endpoints().getFirst();
    assertThat(endpoint.state()).isEqualTo(EndpointState.DOWN);
    assertThat(endpoint.checks().downs()).isEqualTo(1);
    assertThat(endpoint.checks().failures()).isPositive();
    assertThat(endpoint.checks().downtime()).isPositive();
  }

  private FrontendMeter meter(String frontend) {
    return fixture.proxy.measure("plan").orElseThrow().frontends().stream()
        .filter(it -> it.plan().name().equals(frontend))
        .findFirst()
        .orElseThrow();
  }
}
