package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.FrontendStats;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// How a TCP session gets from a client to an endpoint, and what becomes of both.
class TcpSessionTest {
  private static final Timeouts TIMEOUTS = new Timeouts(50_000, 5_000, 60_000, 0);

  private final FakeLoop loop = new FakeLoop();
  private final FrontendStats stats = new FrontendStats(1);
  private Timeouts timeouts = TIMEOUTS;
  private FrontendOptions options = FrontendOptions.DEFAULT;
  private ProxyProtocol proxyProtocol = ProxyProtocol.NONE;
  private LiveUpstream pool;
  private TcpSession session;
  private int ended;

  private void endpoints(int count) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      InetSocketAddress address = new InetSocketAddress("10.0.0." + i, 80);
      endpoints.add(new Endpoint("e" + i, address, 1, false, true, address));
    }
    pool =
        new LiveUpstream(
            new Upstream("pool", Algorithm.ROUND_ROBIN, null, endpoints, null, null, proxyProtocol),
            null);
  }

  private FakeChannel client() {
    if (pool == null) {
      endpoints(2);
    }
    return client("pool");
  }

  private FakeChannel client(String upstream) {
    Frontend plan =
        new Frontend(
            "tcp",
            Frontend.Mode.TCP,
            List.of(),
            null,
            List.of(),
            100,
            timeouts,
            List.of(),
            null,
            List.of(),
            upstream,
            options);
    Map<String, LiveUpstream> upstreams = pool == null ? Map.of() : Map.of("pool", pool);
    FrontendSnapshot snapshot =
        new FrontendSnapshot(plan, Router.compile(List.of()), upstreams, stats);
    FakeChannel client = loop.accept();
    session =
        new TcpSession(client, () -> snapshot, stats.local(0), Journal.closed(), () -> ended++);
    loop.serve(session::start);
    loop.turn();
    return client;
  }

  private int active() {
    return pool.endpoints().stream().mapToInt(e -> e.active()).sum();
  }

  private void assertEnded() {
    assertThat(ended).isEqualTo(1);
    assertThat(active()).isZero();
    assertThat(loop.connects()).isFalse();
  }

  @Test
  void aTunnelMayHaveAnIdleTimeOfItsOwn() {
    options = FrontendOptions.DEFAULT.withTunnelIdle(3_600_000L);
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    loop.advance(3_599_999);
    endpoint.receive("still here");
    loop.advance(3_599_999);
    assertThat(client.isOpen()).isTrue();

    loop.advance(1);
    assertThat(client.isOpen()).isFalse();
    assertEnded();
  }

  // ---- relaying

  @Test
  void bytesGoBothWays() {
    FakeChannel client = client();
    client.receive("early");
    FakeChannel endpoint = loop.connecting().establish();
    client.receive(" and late");
    endpoint.receive("answer");

    assertThat(endpoint.sent()).isEqualTo("early and late");
    assertThat(client.sent()).isEqualTo("answer");
    assertThat(active()).isEqualTo(1);
    assertThat(stats.sum().bytesIn()).isEqualTo(14);
    assertThat(stats.sum().bytesOut()).isEqualTo(6);
  }

  @Test
  void eachSideEndsByItself() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    client.receiveAndEnd("question");
    assertThat(endpoint.sent()).isEqualTo("question");
    assertThat(endpoint.outputShut()).isTrue();
    assertThat(client.isOpen()).isTrue();

    endpoint.receiveAndEnd("answer");
    assertThat(client.sent()).isEqualTo("answer");
    assertThat(client.isOpen()).isFalse();
    assertThat(client.aborted()).isFalse();
    assertThat(endpoint.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void anEndpointMayEndFirst() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    endpoint.receiveAndEnd("all there is");
    assertThat(client.outputShut()).isTrue();
    client.receive("thanks");
    assertThat(endpoint.sent()).isEqualTo("thanks");
    client.end();
    assertEnded();
  }

  @Test
  void aSlowSideSlowsDownTheOther() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    endpoint.allow(3);
    client.receive("abcdef");
    int reads = client.reads();
    client.receive("ghi");
    assertThat(endpoint.sent()).isEqualTo("abc");
    assertThat(client.reads()).isEqualTo(reads);

    endpoint.allow(Integer.MAX_VALUE);
    assertThat(endpoint.sent()).isEqualTo("defghi");
  }

  @Test
  void theEndWaitsForWhatASlowSideHasNotTaken() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    client.allow(2);
    endpoint.receiveAndEnd("abcd");
    assertThat(client.outputShut()).isFalse();
    client.allow(100);
    assertThat(client.sent()).isEqualTo("abcd");
    assertThat(client.outputShut()).isTrue();
  }

  // ---- ends that are not in order

  @Test
  void aClientThatBreaksOffIsAResetForTheEndpoint() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    client.fail();
    assertThat(endpoint.aborted()).isTrue();
    assertThat(client.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void anEndpointThatBreaksOffIsAnEndForTheClient() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    endpoint.receive("some");
    endpoint.fail();
    assertThat(client.sent()).isEqualTo("some");
    assertThat(client.isOpen()).isFalse();
    assertThat(client.aborted()).isFalse();
    assertEnded();
  }

  @Test
  void abortBreaksBothOff() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    session.abort();
    session.abort();
    assertThat(client.aborted()).isTrue();
    assertThat(endpoint.aborted()).isTrue();
    assertEnded();
  }

  @Test
  void abortGivesUpAConnectionThatIsBeingMade() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting();
    session.abort();
    assertThat(client.aborted()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void drainingLetsAStreamGoOn() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    session.drain();
    client.receive("still");
    assertThat(endpoint.sent()).isEqualTo("still");
    assertThat(ended).isZero();
  }

  // ---- finding an endpoint

  @Test
  void withoutAnUpstreamTheConnectionIsClosed() {
    endpoints(1);
    FakeChannel client = client((String) null);
    assertThat(client.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void withoutAnEndpointTheConnectionIsClosed() {
    endpoints(0);
    FakeChannel client = client();
    assertThat(client.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void anotherEndpointServesWhenOneRefuses() {
    FakeChannel client = client();
    client.receive("hello");
    FakeChannel first = loop.connecting();
    first.refuse();
    FakeChannel second = loop.connecting();
    assertThat(second.remote()).isNotEqualTo(first.remote());
    second.establish();
    assertThat(second.sent()).isEqualTo("hello");
    assertThat(active()).isEqualTo(1);
  }

  @Test
  void anotherEndpointServesWhenOneDoesNotAnswerInTime() {
    FakeChannel client = client();
    FakeChannel first = loop.connecting();
    loop.advance(TIMEOUTS.connect() - 1);
    assertThat(loop.connects()).isFalse();
    loop.advance(1);
    assertThat(first.isOpen()).isFalse();
    assertThat(loop.connecting().remote()).isNotEqualTo(first.remote());
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void threeRetriesAndNoMore() {
    FakeChannel client = client();
    for (int i = 0; i < 4; i++) {
      assertThat(client.isOpen()).isTrue();
      loop.connecting().refuse();
    }
    assertThat(client.isOpen()).isFalse();
    assertEnded();
  }

  // ---- silence

  @Test
  void endsWhenBothAreSilentForTooLong() {
    FakeChannel client = client();
    FakeChannel endpoint = loop.connecting().establish();
    loop.advance(TIMEOUTS.clientIdle() - 1);
    endpoint.receive("x");
    loop.advance(TIMEOUTS.clientIdle() - 1);
    assertThat(client.isOpen()).isTrue();
    loop.advance(1);
    assertThat(client.isOpen()).isFalse();
    assertThat(endpoint.isOpen()).isFalse();
    assertEnded();
  }

  @Test
  void waitsForTheEndpointOnlyWhenTheClientHasEnded() {
    FakeChannel client = client();
    loop.connecting().establish();
    client.end();
    loop.advance(TIMEOUTS.upstreamIdle() - 1);
    assertThat(client.isOpen()).isTrue();
    loop.advance(1);
    assertEnded();
  }

  @Test
  void noLimitsMeansForever() {
    timeouts = new Timeouts(0, 0, 0, 0);
    FakeChannel client = client();
    loop.advance(1_000_000_000);
    FakeChannel endpoint = loop.connecting().establish();
    loop.advance(1_000_000_000);
    endpoint.receive("at last");
    assertThat(client.sent()).isEqualTo("at last");
  }

  @Test
  void oneLimitHoldsWithoutTheOther() {
    timeouts = new Timeouts(0, 5_000, 60_000, 0);
    client();
    loop.connecting().establish();
    loop.advance(59_999);
    assertThat(ended).isZero();
    loop.advance(1);
    assertEnded();
  }

  // ---- inspection

  @Test
  void waitsForTheFirstBytes() {
    timeouts = new Timeouts(50_000, 5_000, 60_000, 3_000);
    FakeChannel client = client();
    assertThat(loop.connects()).isFalse();
    client.receive("hello");
    FakeChannel endpoint = loop.connecting().establish();
    client.receive(" world");
    assertThat(endpoint.sent()).isEqualTo("hello world");
    assertThat(stats.sum().bytesIn()).isEqualTo(11);
  }

  @Test
  void waitsForTheFirstBytesOnlySoLong() {
    timeouts = new Timeouts(50_000, 5_000, 60_000, 3_000);
    FakeChannel client = client();
    loop.advance(2_999);
    assertThat(loop.connects()).isFalse();
    loop.advance(1);
    FakeChannel endpoint = loop.connecting().establish();
    endpoint.receive("220 mail");
    assertThat(client.sent()).isEqualTo("220 mail");
  }

  @Test
  void aClientThatLeavesWhileInspectedNeedsNoEndpoint() {
    timeouts = new Timeouts(50_000, 5_000, 60_000, 3_000);
    FakeChannel client = client();
    client.fail();
    assertEnded();
  }

  @Test
  void aClientThatOnlyListensIsServed() {
    timeouts = new Timeouts(50_000, 5_000, 60_000, 3_000);
    FakeChannel client = client();
    client.end();
    FakeChannel endpoint = loop.connecting().establish();
    assertThat(endpoint.outputShut()).isTrue();
    endpoint.receiveAndEnd("bye");
    assertThat(client.sent()).isEqualTo("bye");
    assertEnded();
  }

  // ---- PROXY protocol

  @Test
  void theHeaderComesFirst() {
    proxyProtocol = ProxyProtocol.V1;
    timeouts = new Timeouts(50_000, 5_000, 60_000, 3_000);
    FakeChannel client = client();
    client.receive("hello");
    FakeChannel endpoint = loop.connecting();
    endpoint.allow(20);
    endpoint.establish();
    endpoint.allow(Integer.MAX_VALUE);
    client.receive("!");
    assertThat(endpoint.sent()).isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 50000 8080\r\nhello!");
    assertThat(stats.sum().bytesIn()).isEqualTo(6);
  }

  @Test
  void theHeaderComesWithoutWaitingForTheClient() {
    proxyProtocol = ProxyProtocol.V2;
    client();
    FakeChannel endpoint = loop.connecting().establish();
    assertThat(endpoint.sent()).startsWith("\r\n\r\n\0\r\nQUIT\n").hasSize(28);
  }
}
