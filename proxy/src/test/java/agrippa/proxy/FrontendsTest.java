package agrippa.proxy;

import static agrippa.proxy.Fixture.ANY_PORT;
import static agrippa.proxy.Fixture.allowing;
import static agrippa.proxy.Fixture.bound;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.ApplyResult.NotBound;
import agrippa.proxy.ApplyResult.Serving;
import agrippa.proxy.ProxyReport.FrontendState;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.stats.Counters;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// Where clients arrive, seen from outside.
@Cells
class FrontendsTest {
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

  @Test
  void servesEveryAddressOfItsPlan() throws Exception {
    Frontend twice =
        bound(frontend(), ANY_PORT, new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));

    ApplyResult result = fixture.proxy.apply(plan(twice, pool(endpoint(a))));

    List<InetSocketAddress> addresses = ((Serving) result.frontends().get("web")).addresses();
    assertThat(addresses).hasSize(2);
    assertThat(Client.get(addresses.get(0), "/").body()).isEqualTo("a");
    try (Client six = Client.from("::1", addresses.get(1))) {
      assertThat(six.get("/").body()).isEqualTo("a");
    }
  }

  @Test
  void applyingTheSamePlanAgainChangesNothing() throws Exception {
    ProxyPlan plan = plan(pool(endpoint(a)));
    InetSocketAddress at = fixture.serve(plan);

    assertThat(fixture.serve(plan)).isEqualTo(at);
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
  }

  @Test
  void aRemovedFrontendRefusesClientsAndItsAddressIsFree() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));

    fixture.proxy.remove("plan");

    assertThatThrownBy(() -> Client.to(at)).isInstanceOf(ConnectException.class);
    assertThat(fixture.proxy.observe("plan")).isEmpty();
    assertThat(fixture.serve(plan(bound(frontend(), at), pool(endpoint(a))))).isEqualTo(at);
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
  }

  @Test
  void aRemovedFrontendFinishesItsRequestsAndClosesIdleConnections() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Backend slow =
        fixture.add(
            Backend.http(
                "slow",
                request -> {
                  if (request.path().equals("/slow")) {
                    asked.countDown();
                    answer.await();
                  }
                  return Backend.ok("done");
                }));
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(slow))));
    try (Client idle = Client.to(at);
        Client busy = Client.to(at)) {
      assertThat(idle.get("/").body()).isEqualTo("done");
      busy.send("GET /slow HTTP/1.1\r\nHost: app.test\r\n\r\n");
      asked.await();

      fixture.proxy.remove("plan");

      assertThat(idle.receive()).isNull();
      answer.countDown();
      Message last = busy.receive();
      assertThat(last.body()).isEqualTo("done");
      assertThat(last.field("Connection")).isEqualToIgnoringCase("close");
      assertThat(busy.receive()).isNull();
    }
  }

  @Test
  void drainingEndsSometime() throws Exception {
    fixture.close();
    fixture =
        new Fixture(
            ProxySettings.standard()
                .withLoops(2)
                .withTransport(transport)
                .withTls(tls)
                .withDrain(Duration.ofMillis(200)));
    Backend silent = fixture.add(Backend.talking("silent", (_, in) -> in.readAllBytes()));
    InetSocketAddress at = fixture.serve(plan(frontend("web", Mode.TCP), pool(endpoint(silent))));
    try (Client client = Client.to(at)) {
      client.send("hello");

      fixture.proxy.remove("plan");

      assertThat(client.ending()).isEmpty();
    }
  }

  @Test
  void anAddressInUseIsToldAndTriedAgain() throws Exception {
    InetSocketAddress at;
    ProxyPlan plan;
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      at = (InetSocketAddress) other.getLocalSocketAddress();
      plan = plan(bound(frontend(), at), pool(endpoint(a)));

      NotBound outcome = (NotBound) fixture.proxy.apply(plan).frontends().get("web");

      assertThat(outcome.reason())
          .startsWith("127.0.0.1:" + at.getPort() + ": ")
          .containsIgnoringCase("in use");
      assertThat(fixture.proxy.observe("plan").orElseThrow().frontends()).isEmpty();
    }
    fixture.serve(plan);
    assertThat(Client.get(at, "/").body()).isEqualTo("a");
  }

  @Test
  void twoFrontendsNeverShareAnAddress() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));

    ApplyResult second =
        fixture.proxy.apply(
            new ProxyPlan("second", List.of(bound(frontend(), at)), List.of(pool(endpoint(a)))));

    assertThat(second.frontends().get("web")).isInstanceOf(NotBound.class);
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
  }

  @Test
  void anAddressMovesFromOneFrontendToAnotherInOneStep() throws Exception {
    Backend b = fixture.http("b");
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));
    Frontend other = bound(frontend("other", Mode.HTTP), at);

    fixture.serve(plan(other, pool(endpoint(b))));

    assertThat(Client.get(at, "/").body()).isEqualTo("b");
  }

  @Test
  void onlyAllowedNetworksConnect() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(allowing(frontend(), "127.1.0.0/16", "::/0"), pool(endpoint(a))));

    try (Client in = Client.from("127.1.2.3", at)) {
      assertThat(in.get("/").status()).isEqualTo(200);
    }
    assertThatThrownBy(
            () -> {
              try (Client out = Client.from("127.2.0.1", at)) {
                out.send("GET / HTTP/1.1\r\n\r\n");
                // The end in order is as good as a reset, which may come at any of these calls.
                assertThat(out.receiveAll()).isEmpty();
                throw new SocketException("ended in order");
              }
            })
        .isInstanceOf(SocketException.class);
    assertThat(counters().connectionsTotal()).isEqualTo(1);
  }

  @Test
  void clientsBeyondTheLimitWait() throws Exception {
    InetSocketAddress at = fixture.serve(plan(limited(frontend(), 3), pool(endpoint(a))));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Client client = Client.to(at);
      clients.add(client);
      client.send("GET /" + i + " HTTP/1.1\r\nHost: app.test\r\n\r\n");
    }
    // All can be served, three at a time, in whatever order they are let in.
    List<Client> waiting = new ArrayList<>(clients);
    for (int served = 0; served < 10; served++) {
      Client next = firstToAnswer(waiting);
      assertThat(next.receive().status()).isEqualTo(200);
      waiting.remove(next);
      assertThat(counters().connectionsOpen()).isLessThanOrEqualTo(3);
      assertThat(counters().connectionsTotal()).isLessThanOrEqualTo(served + 3);
      if (served == 2) {
        assertThat(frontendState()).isEqualTo(FrontendState.FULL);
      }
      if (served >= 2) {
        next.close();
      }
    }
    assertThat(a.requests()).hasSize(10);
    for (Client client : clients) {
      client.close();
    }
    fixture.awaitConnections("web", 0);
    assertThat(frontendState()).isEqualTo(FrontendState.OPEN);
  }

  @Test
  void aRaisedLimitLetsWaitingClientsIn() throws Exception {
    InetSocketAddress at = fixture.serve(plan(limited(frontend(), 1), pool(endpoint(a))));
    try (Client first = Client.to(at)) {
      // Served before the other one comes: two loops accept in no order.
      assertThat(first.get("/").status()).isEqualTo(200);
      try (Client second = Client.to(at)) {
        second.send("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n");

        fixture.proxy.apply(plan(limited(frontend(), 2), pool(endpoint(a))));

        assertThat(second.receive().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void tellsEndpointsAboutClients() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(
                inserting(
                    frontend(),
                    HeaderInsert.X_FORWARDED_FOR,
                    HeaderInsert.X_FORWARDED_PORT,
                    HeaderInsert.X_FORWARDED_PROTO),
                pool(endpoint(a))));
    try (Client client = Client.from("127.0.0.9", at)) {
      client.get("/", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Port: 1", "X-Forwarded-Proto: x");
    }

    Message request = a.requests().getFirst();
    assertThat(request.fields("X-Forwarded-For")).containsExactly("192.0.2.1", "127.0.0.9");
    assertThat(request.fields("X-Forwarded-Port")).containsExactly("" + at.getPort());
    assertThat(request.fields("X-Forwarded-Proto")).containsExactly("http");
  }

  @Test
  void aSilentClientIsLetGo() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(timed(frontend(), new Timeouts(100, 5_000, 5_000, 0)), pool(endpoint(a))));

    try (Client client = Client.to(at)) {
      assertThat(client.receiveAll()).matches("(?s)(HTTP/1.1 408 .*)?");
    }
  }

  @Test
  void aSilentEndpointIs504() throws Exception {
    Backend silent = fixture.add(Backend.talking("silent", (_, in) -> in.readAllBytes()));
    InetSocketAddress at =
        fixture.serve(
            plan(timed(frontend(), new Timeouts(30_000, 5_000, 100, 0)), pool(endpoint(silent))));

    assertThat(Client.get(at, "/").status()).isEqualTo(504);
  }

  @Test
  void aSilentTcpConnectionIsLetGo() throws Exception {
    Backend silent = fixture.add(Backend.talking("silent", (_, in) -> in.readAllBytes()));
    InetSocketAddress at =
        fixture.serve(
            plan(
                timed(frontend("web", Mode.TCP), new Timeouts(100, 5_000, 100, 0)),
                pool(endpoint(silent))));

    try (Client client = Client.to(at)) {
      assertThat(client.ending()).isEmpty();
    }
  }

  @Test
  void anEndpointThatDoesNotTakeConnectionsIs503() throws Exception {
    List<SocketChannel> queue = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
      // More than its queue holds: whoever comes next gets no answer.
      for (int i = 0; i < 8; i++) {
        SocketChannel waiting = SocketChannel.open();
        waiting.configureBlocking(false);
        waiting.connect(address);
        queue.add(waiting);
      }
      InetSocketAddress at =
          fixture.serve(
              plan(
                  timed(frontend(), new Timeouts(30_000, 100, 30_000, 0)),
                  pool(new Endpoint("full", address, 1, false, true, address))));

      assertThat(Client.get(at, "/").status()).isEqualTo(503);
    }
    for (SocketChannel waiting : queue) {
      waiting.close();
    }
  }

  @Test
  void nobodyToServeIs503() throws Exception {
    Backend gone = fixture.http("gone");
    gone.kill();
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(gone))));

    assertThat(Client.get(at, "/").status()).isEqualTo(503);
  }

  @Test
  void countsWhatPasses() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));
    String request = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";
    String response = Backend.ok("a");
    try (Client client = Client.to(at)) {
      for (int i = 0; i < 5; i++) {
        client.send(request);
        assertThat(client.receive().status()).isEqualTo(200);
      }
      assertThat(counters().connectionsOpen()).isEqualTo(1);
      // Another plan, the same frontend.
      fixture.proxy.apply(plan(pool(endpoint(a, 7))));
      client.send("NONSENSE\r\n\r\n");
      client.receiveAll();
    }
    fixture.awaitConnections("web", 0);

    Counters counters = counters();
    assertThat(counters.connectionsTotal()).isEqualTo(1);
    assertThat(counters.requestErrors()).isEqualTo(1);
    assertThat(counters.requests()).isBetween(5L, 6L);
    assertThat(counters.bytesIn()).isEqualTo(5L * request.length() + "NONSENSE\r\n\r\n".length());
    assertThat(counters.bytesOut()).isGreaterThanOrEqualTo(5L * response.length());
  }

  @Test
  void changesFromTcpToHttpWithoutRefusingAnybody() throws Exception {
    InetSocketAddress at = fixture.serve(plan(frontend("web", Mode.TCP), pool(endpoint(a))));
    assertThat(Client.get(at, "/").body()).isEqualTo("a");

    Frontend http = inserting(frontend(), HeaderInsert.X_FORWARDED_PROTO);
    fixture.proxy.apply(plan(http, pool(endpoint(a))));

    assertThat(Client.get(at, "/").body()).isEqualTo("a");
    assertThat(a.requests().getFirst().field("X-Forwarded-Proto")).isNull();
    assertThat(a.requests().getLast().field("X-Forwarded-Proto")).isEqualTo("http");
  }

  private Counters counters() {
    return fixture.counters("web");
  }

  private FrontendState frontendState() {
    return fixture.proxy.observe("plan").orElseThrow().frontends().get("web").state();
  }

  private static Client firstToAnswer(List<Client> clients) throws IOException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() < end) {
      for (Client client : clients) {
        if (client.in().available() > 0) {
          return client;
        }
      }
      Thread.yield();
    }
    throw new AssertionError("none of " + clients.size() + " clients is answered");
  }
}
