package agrippa.proxy;

import static agrippa.proxy.Fixture.balanced;
import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.disabled;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Retries;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// What options add to the choice of endpoints, seen from outside.
@Cells
class BalancingOptionsTest {
  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private Backend a;
  private Backend b;
  private Backend c;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    a = fixture.http("a");
    b = fixture.http("b");
    c = fixture.http("c");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void consistentHashingMovesTheClientsOfAnEndpointThatLeft() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(consistent(pool(endpoint(a), endpoint(b), endpoint(c)))));
    List<String> before = byClient(at);
    assertThat(before).contains("a", "b", "c");

    fixture.proxy.apply(plan(consistent(pool(endpoint(a), endpoint(c)))));

    List<String> after = byClient(at);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).isNotEqualTo("b");
      assertThat(before.get(i)).isIn("b", after.get(i));
    }
  }

  @Test
  void aConnectionToAnEndpointThatLeavesIsClosedInTime() throws Exception {
    Backend talker =
        fixture.add(
            Backend.talking("talker", (client, in) -> in.transferTo(client.getOutputStream())));
    Frontend tcp = frontend("web", Mode.TCP);
    InetSocketAddress at = fixture.serve(plan(tcp, draining(pool(endpoint(talker)))));
    try (Client client = Client.to(at)) {
      client.send("before");
      assertThat(client.receive(6)).isEqualTo("before");

      fixture.proxy.apply(plan(tcp, draining(pool(disabled(talker)))));

      client.send("while");
      assertThat(client.receive(5)).isEqualTo("while");
      assertThat(client.ending()).isEmpty();
    }
  }

  @Test
  void aRequestOfAnEndpointThatLeavesIsAnsweredInItsPlaceInTime() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    Backend silent =
        fixture.add(
            Backend.talking(
                "silent",
                (_, in) -> {
                  Message.read(in);
                  asked.countDown();
                  in.transferTo(OutputStream.nullOutputStream());
                }));
    InetSocketAddress at = fixture.serve(plan(draining(pool(endpoint(silent)))));
    try (Client client = Client.to(at)) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      asked.await();

      fixture.proxy.apply(plan(draining(pool(endpoint(silent, 0), endpoint(a)))));

      assertThat(client.receive().status()).isEqualTo(503);
      assertThat(client.get("/").body()).isEqualTo("a");
    }
  }

  @Test
  void aFlowLeavesAnEndpointThatLeavesInTime() throws Exception {
    Frontend udp = frontend("web", Mode.UDP);
    DatagramBackend old = fixture.datagrams("old");
    DatagramBackend other = fixture.datagrams("new");
    InetSocketAddress at = fixture.serve(plan(udp, draining(pool(endpoint(old)))));
    DatagramClient client = DatagramClient.from("127.0.0.1", at);
    try {
      assertThat(client.name()).isEqualTo("old");

      fixture.proxy.apply(plan(udp, draining(pool(disabled(old), endpoint(other)))));

      assertThat(client.name()).isEqualTo("old");
      fixture.awaitConnections("web", 0);
      assertThat(client.name()).isEqualTo("new");
    } finally {
      client.close();
    }
  }

  @Test
  void oneThatJoinsStartsSlowly() throws Exception {
    Balancing slow = Balancing.DEFAULT.withSlowStart(Duration.ofHours(1));
    fixture.serve(plan(balanced(slow, pool(endpoint(a), endpoint(b)))));
    InetSocketAddress at =
        fixture.serve(plan(balanced(slow, pool(endpoint(a), endpoint(b), endpoint(c)))));

    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 42; i++) {
      bodies.add(Client.get(at, "/").body());
    }

    assertThat(Collections.frequency(bodies, "c")).isEqualTo(2);
    assertThat(meter("c").warmthPercent()).isEqualTo(10);
  }

  @Test
  void oneThatFailsIsLeftOutForATime() throws Exception {
    Balancing ejecting =
        Balancing.DEFAULT.withEjection(new Balancing.Ejection(2, Duration.ofMillis(500)));
    Backend bad =
        fixture.add(Backend.http("bad", _ -> "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"));
    InetSocketAddress at =
        fixture.serve(plan(balanced(ejecting, pool(endpoint(a), endpoint(bad)))));
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      statuses.add(Client.get(at, "/").status());
    }

    assertThat(Collections.frequency(statuses, 500)).isEqualTo(2);
    assertThat(meter("bad").ejected()).isTrue();
    assertThat(meter("bad").state()).isEqualTo(EndpointState.NO_CHECK);
    while (Client.get(at, "/").status() != 500) {
      assertThat(bad.requests()).hasSize(2);
    }
    assertThat(bad.requests()).hasSize(3);
  }

  @Test
  void aStatusIsTriedElsewhere() throws Exception {
    Backend busy =
        fixture.add(Backend.http("busy", _ -> "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"));
    Retries retries = new Retries(1, true, true, List.of(new Check.StatusRange(503, 503)), 100);
    InetSocketAddress at =
        fixture.serve(
            plan(
                balanced(
                    Balancing.DEFAULT.withRetries(retries), pool(endpoint(a), endpoint(busy)))));

    for (int i = 0; i < 10; i++) {
      assertThat(Client.get(at, "/").body()).isEqualTo("a");
    }

    assertThat(busy.requests()).isNotEmpty();
  }

  private static Frontend split(Mode mode) {
    Frontend web = frontend("web", mode);
    return new Frontend(
        web.name(),
        web.mode(),
        web.binds(),
        web.tls(),
        web.allowed(),
        web.connectionLimit(),
        web.timeouts(),
        web.headers(),
        web.strictTransport(),
        web.routes(),
        web.defaultUpstream(),
        FrontendOptions.DEFAULT.withSplit(
            List.of(
                new FrontendOptions.Share("pool", 9),
                new FrontendOptions.Share("canary", 1),
                new FrontendOptions.Share("gone", 5))));
  }

  @Test
  void requestsAreSplitExactlyAndClientsStay() throws Exception {
    Persistence cookie = new Persistence.InsertedCookie("SRV");
    InetSocketAddress at =
        fixture.serve(
            plan(
                split(Mode.HTTP),
                sticky(cookie, pool(endpoint(a))),
                sticky(cookie, pool("canary", endpoint(b)))));
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      bodies.add(Client.get(at, "/").body());
    }

    assertThat(Collections.frequency(bodies, "a")).isEqualTo(36);
    assertThat(Collections.frequency(bodies, "b")).isEqualTo(4);
    for (int i = 0; i < 10; i++) {
      assertThat(Client.get(at, "/", "Cookie: SRV=b").body()).isEqualTo("b");
      assertThat(Client.get(at, "/", "Cookie: SRV=a").body()).isEqualTo("a");
    }
  }

  @Test
  void connectionsAreSplitExactly() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(split(Mode.TCP), pool(endpoint(a)), pool("canary", endpoint(b))));

    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      bodies.add(Client.get(at, "/").body());
    }

    assertThat(Collections.frequency(bodies, "b")).isEqualTo(2);
  }

  @Test
  void aClientWhoseAddressIsKnownStaysInItsPool() throws Exception {
    Persistence bySource = new Persistence.SourceIp();
    InetSocketAddress at =
        fixture.serve(
            plan(
                split(Mode.TCP),
                sticky(bySource, pool(endpoint(a))),
                sticky(bySource, pool("canary", endpoint(b)))));
    String first = Client.get(at, "/").body();

    for (int i = 0; i < 20; i++) {
      assertThat(Client.get(at, "/").body()).isEqualTo(first);
    }
  }

  private PlanMeter.EndpointMeter meter(String name) {
    return fixture.proxy.measure("plan").orElseThrow().frontends().getFirst().upstreams().stream()
        .flatMap(it -> it.endpoints().stream())
        .filter(it -> it.plan().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Upstream draining(Upstream upstream) {
    return balanced(Balancing.DEFAULT.withDrain(Duration.ofMillis(300)), upstream);
  }

  private static Upstream consistent(Upstream upstream) {
    return balanced(Balancing.DEFAULT.withConsistent(true), by(Algorithm.SOURCE_IP, upstream));
  }

  private static List<String> byClient(InetSocketAddress at) throws IOException {
    List<String> bodies = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      try (Client client = Client.from("127.0.0." + i, at)) {
        bodies.add(client.get("/").body());
      }
    }
    return bodies;
  }
}
