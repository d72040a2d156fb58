package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.Counters;
import agrippa.proxy.stats.FrontendStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Flows on a fake loop, where time is the test's. Endpoints a, b and c are at 10.0.0.1 to .3.
class FlowsTest {
  private static final InetSocketAddress VIP = new InetSocketAddress("198.51.100.1", 53);
  private static final int IDLE = 50_000;

  private final FakeLoop loop = new FakeLoop();
  private final FrontendStats stats = new FrontendStats(1);
  private LiveUpstream pool = new LiveUpstream(upstream(null, 1, 1), null);
  private FrontendSnapshot snapshot = snapshot(IDLE);
  private int places = 100;
  private FakePort port;
  private Flows flows;

  @BeforeEach
  void listen() throws IOException {
    listen(50);
  }

  private void listen(int limit) throws IOException {
    Flows.Places counted =
        new Flows.Places() {
          @Override
          public boolean enter() {
            return places > 0 && places-- > 0;
          }

          @Override
          public void leave() {
            places++;
          }
        };
    flows = Flows.at(loop, VIP, () -> snapshot, stats.local(0), Journal.closed(), counted, limit);
    port = loop.port();
  }

  private static Upstream upstream(Persistence persistence, int... weights) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int weight : weights) {
      InetSocketAddress address = new InetSocketAddress("10.0.0." + (endpoints.size() + 1), 53);
      String name = List.of("a", "b", "c").get(endpoints.size());
      endpoints.add(new Endpoint(name, address, weight, false, true, address));
    }
    return new Upstream(
        "pool", Algorithm.ROUND_ROBIN, persistence, endpoints, null, null, ProxyProtocol.NONE);
  }

  private FrontendSnapshot snapshot(long idle, String... allowed) {
    Frontend plan =
        new Frontend(
            "dns",
            Frontend.Mode.UDP,
            List.of(VIP),
            null,
            List.of(allowed).stream().map(Cidr::parse).toList(),
            100,
            new Timeouts(idle, 0, 0, 0),
            List.of(),
            null,
            List.of(),
            pool == null ? null : "pool");
    return new FrontendSnapshot(
        plan, Router.compile(List.of()), pool == null ? Map.of() : Map.of("pool", pool), stats);
  }

  private static InetSocketAddress client(int clientPort) {
    return new InetSocketAddress("192.0.2.7", clientPort);
  }

  private FakeLink link(int index) {
    return loop.links().get(index);
  }

  /// Where the links go, in the order of their opening.
  private List<String> chosen() {
    return loop.links().stream().map(it -> it.to().getAddress().getHostAddress()).toList();
  }

  private Counters counters() {
    return stats.sum();
  }

  private int active() {
    return pool.endpoints().stream().mapToInt(it -> it.active()).sum();
  }

  @Test
  void aFlowHasOneEndpointAndItsAnswersComeBack() {
    port.arrive(client(1), "one");
    port.arrive(client(1), "two");
    port.arrive(client(2), "three");

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(link(0).sent()).containsExactly("one", "two");
    assertThat(link(1).sent()).containsExactly("three");
    link(1).arrive("3");
    link(0).arrive("1");
    link(0).arrive("");
    assertThat(port.sent())
        .containsExactly("3 to 192.0.2.7:2", "1 to 192.0.2.7:1", " to 192.0.2.7:1");
    assertThat(counters()).isEqualTo(new Counters(11, 2, 2, 2, 0, 0));
    assertThat(active()).isEqualTo(2);
  }

  @Test
  void aSilentFlowEndsAndAnActiveOneDoesNot() {
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    port.arrive(client(3), "three");
    loop.advance(IDLE - 1);
    port.arrive(client(1), "again");
    link(1).arrive("answer");
    loop.advance(1);

    assertThat(counters().connectionsOpen()).isEqualTo(2);
    assertThat(link(2).isOpen()).isFalse();
    assertThat(link(0).isOpen()).isTrue();
    assertThat(link(1).isOpen()).isTrue();
    loop.advance(IDLE - 1);
    assertThat(counters().connectionsOpen()).isZero();
    assertThat(active()).isZero();
    assertThat(places).isEqualTo(100);

    port.arrive(client(1), "new");
    assertThat(loop.links()).hasSize(4);
  }

  @Test
  void withoutAnIdleTimeNoneEnds() {
    snapshot = snapshot(0);
    port.arrive(client(1), "one");
    loop.advance(1_000_000_000);

    assertThat(counters().connectionsOpen()).isOne();
  }

  @Test
  void aShorterIdleTimeHoldsAtOnce() {
    port.arrive(client(1), "one");
    loop.advance(2_000);
    port.arrive(client(2), "two");
    snapshot = snapshot(1_000);
    flows.replanned();

    assertThat(link(0).isOpen()).isFalse();
    loop.advance(1_000);
    assertThat(link(1).isOpen()).isFalse();
  }

  @Test
  void theLeastRecentlyUsedFlowGivesWay() throws IOException {
    listen(2);
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    port.arrive(client(1), "again");
    port.arrive(client(3), "three");

    assertThat(link(0).isOpen()).isTrue();
    assertThat(link(1).isOpen()).isFalse();
    link(2).arrive("answer");
    link(0).arrive("answer");
    port.arrive(client(4), "four");
    assertThat(link(2).isOpen()).isFalse();
    assertThat(counters().connectionsOpen()).isEqualTo(2);
    assertThat(counters().connectionsTotal()).isEqualTo(4);
    assertThat(active()).isEqualTo(2);
  }

  @Test
  void withoutAPlaceItIsDropped() {
    places = 1;
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    port.arrive(client(1), "again");

    assertThat(loop.links()).hasSize(1);
    assertThat(link(0).sent()).containsExactly("one", "again");
    assertThat(counters().bytesIn()).isEqualTo(8);
    loop.advance(IDLE);
    port.arrive(client(2), "now");
    assertThat(link(1).sent()).containsExactly("now");
  }

  @Test
  void whoIsNotAllowedIsDropped() {
    snapshot = snapshot(IDLE, "192.0.2.0/29");
    port.arrive(client(1), "one");
    port.arrive(new InetSocketAddress("192.0.2.8", 1), "other");
    assertThat(loop.links()).hasSize(1);

    snapshot = snapshot(IDLE, "192.0.3.0/24");
    flows.replanned();
    port.arrive(client(1), "one more");

    assertThat(link(0).isOpen()).isFalse();
    assertThat(loop.links()).hasSize(1);
    assertThat(stats.sum(Count.REFUSED)).isEqualTo(2);
    assertThat(port.sent()).isEmpty();
    assertThat(places).isEqualTo(100);
  }

  @Test
  void withoutAnEndpointItIsDropped() {
    pool.update(upstream(null, 0, 0), null);
    port.arrive(client(1), "one");
    pool = null;
    snapshot = snapshot(IDLE);
    port.arrive(client(1), "two");

    assertThat(loop.links()).isEmpty();
    assertThat(port.sent()).isEmpty();
    assertThat(places).isEqualTo(100);
    assertThat(counters()).isEqualTo(new Counters(0, 0, 0, 0, 0, 0));
  }

  @Test
  void flowsOfARemovedEndpointEndAndTheOthersStay() {
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    Upstream onlyB =
        new Upstream(
            "pool",
            Algorithm.ROUND_ROBIN,
            null,
            upstream(null, 1, 1).endpoints().subList(1, 2),
            null,
            null,
            ProxyProtocol.NONE);

    pool.update(onlyB, null);
    flows.replanned();

    loop.advance(1_000);
    assertThat(link(0).isOpen()).isFalse();
    assertThat(link(1).isOpen()).isTrue();
    port.arrive(client(1), "one more");
    port.arrive(client(2), "two more");
    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.2");
    assertThat(link(1).sent()).containsExactly("two", "two more");
    assertThat(link(2).sent()).containsExactly("one more");
  }

  @Test
  void aFlowMovesWhenItsEndpointGoesDown() {
    port.arrive(client(1), "one");
    pool.health(pool.endpoints().getFirst(), false);
    port.arrive(client(1), "two");

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(link(1).sent()).containsExactly("two");
    assertThat(counters().connectionsOpen()).isOne();
    loop.advance(1_000);
    assertThat(link(0).isOpen()).isFalse();
    assertThat(link(1).isOpen()).isTrue();
    assertThat(counters().connectionsOpen()).isOne();
  }

  @Test
  void whatALeftEndpointStillAnswersIsPassedOnForAMoment() {
    port.arrive(client(1), "one");
    pool.update(upstream(null, 0, 1), null);
    pool.health(pool.endpoints().getFirst(), false);
    flows.replanned();

    assertThat(counters().connectionsOpen()).isZero();
    assertThat(places).isEqualTo(100);
    assertThat(active()).isZero();
    port.arrive(client(1), "two");
    loop.advance(999);
    link(0).arrive("late");
    assertThat(port.sent()).containsExactly("late to 192.0.2.7:1");
    loop.advance(1);
    assertThat(link(0).isOpen()).isFalse();
    port.arrive(client(1), "three");
    assertThat(link(1).sent()).containsExactly("two", "three");
    assertThat(counters().connectionsOpen()).isOne();
  }

  @Test
  void whoIsNotAllowedAnyMoreHearsNothing() {
    port.arrive(client(1), "one");
    snapshot = snapshot(IDLE, "198.51.100.0/24");
    flows.replanned();
    assertThat(link(0).isOpen()).isFalse();
  }

  @Test
  void noMoreThanSoManyWaitForLateAnswers() throws IOException {
    places = 2_000;
    listen(2_000);
    for (int i = 1; i <= 1_025; i++) {
      port.arrive(client(i), "x");
    }
    pool.endpoints().forEach(it -> pool.health(it, false));
    flows.replanned();
    assertThat(loop.links().stream().filter(FakeLink::isOpen)).hasSize(1_024);
    flows.close();
    assertThat(loop.links().stream().filter(FakeLink::isOpen)).isEmpty();
    assertThat(places).isEqualTo(2_000);
  }

  @Test
  void aFlowMovesWithItsFrontendToAnotherUpstream() {
    port.arrive(client(1), "one");
    pool = new LiveUpstream(upstream(null, 0, 0, 1), null);
    snapshot = snapshot(IDLE);
    port.arrive(client(1), "two");

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.3");
  }

  @Test
  void weightZeroKeepsItsFlowsAndGetsNoNewOnes() {
    port.arrive(client(1), "one");
    pool.update(upstream(null, 0, 1), null);
    flows.replanned();
    port.arrive(client(1), "two");
    port.arrive(client(2), "three");
    port.arrive(client(3), "four");

    assertThat(link(0).sent()).containsExactly("one", "two");
    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.2");
  }

  /// As IPVS has it where Octavia sets it up (`expire_quiescent_template`).
  @Test
  void weightZeroGetsNoNewFlowsOfThoseWhomItHadEither() {
    Persistence anHour = new Persistence.SourceIp(Duration.ofHours(1), null);
    pool = new LiveUpstream(upstream(anHour, 1, 1), null);
    snapshot = snapshot(IDLE);
    port.arrive(client(1), "one");
    pool.update(upstream(anHour, 0, 1), null);
    port.arrive(client(1), "two");
    port.arrive(client(2), "three");
    pool.update(upstream(anHour, 0, 0), null);
    port.arrive(client(3), "four");

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(link(0).sent()).containsExactly("one", "two");
    assertThat(places).isEqualTo(98);
  }

  @Test
  void anUnreachableEndpointEndsTheFlow() {
    port.arrive(client(1), "one");
    link(0).failure();

    assertThat(link(0).isOpen()).isFalse();
    assertThat(counters().connectionsOpen()).isZero();
    assertThat(active()).isZero();
    assertThat(stats.sum("pool", "a", Count.CONNECT_ERRORS)).isOne();
    assertThat(stats.sum("pool", "a", Count.CLOSED)).isOne();
    port.arrive(client(1), "two");
    assertThat(link(1).sent()).containsExactly("two");
  }

  /// The loop sends at the end of its turn, and finds out then.
  @Test
  void whatWaitedWhenTheEndpointRefusedGoesToAnother() {
    port.arrive(client(1), "one");
    link(0).patient();
    port.arrive(client(1), "two");
    port.arrive(client(1), "");
    port.arrive(client(1), "four");
    assertThat(counters().bytesIn()).isEqualTo(3);

    link(0).failure();

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(link(1).sent()).containsExactly("two", "", "four");
    assertThat(counters()).isEqualTo(new Counters(10, 0, 1, 2, 0, 0));
    assertThat(stats.sum("pool", "a", Count.BYTES_IN)).isEqualTo(3);
    assertThat(stats.sum("pool", "b", Count.BYTES_IN)).isEqualTo(7);
    assertThat(stats.sum("pool", "a", Count.CONNECT_ERRORS)).isOne();
    assertThat(places).isEqualTo(99);
    assertThat(active()).isOne();
  }

  @Test
  void whatWaitedWhenAllRefuseIsDropped() {
    pool = new LiveUpstream(upstream(null, 1), null);
    snapshot = snapshot(IDLE);
    port.arrive(client(1), "one");
    link(0).patient();
    port.arrive(client(1), "two");
    loop.noLinks(true);

    link(0).failure();

    assertThat(counters()).isEqualTo(new Counters(3, 0, 0, 1, 0, 0));
    assertThat(places).isEqualTo(100);
    assertThat(active()).isZero();
  }

  /// It was counted and is sent; then the flow ends.
  @Test
  void whatWaitsWhenAFlowEndsIsSentAndCounted() {
    port.arrive(client(1), "one");
    link(0).patient();
    port.arrive(client(1), "two");
    flows.close();

    assertThat(link(0).sent()).containsExactly("one", "two");
    assertThat(counters()).isEqualTo(new Counters(6, 0, 0, 1, 0, 0));
    assertThat(stats.sum("pool", "a", Count.BYTES_IN)).isEqualTo(6);
  }

  @Test
  void aDatagramThatCannotBeSentGoesToAnotherEndpoint() {
    port.arrive(client(1), "one");
    link(0).unreachable();
    port.arrive(client(1), "two");

    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(link(1).sent()).containsExactly("two");
    assertThat(counters().bytesIn()).isEqualTo(6);
  }

  @Test
  void whenTheSystemHasNoSocketsTheOldestFlowGivesItsOwn() {
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    loop.noLinks(true);
    port.arrive(client(3), "three");

    assertThat(counters().connectionsOpen()).isOne();
    assertThat(counters().connectionsTotal()).isEqualTo(2);
    assertThat(places).isEqualTo(99);
    loop.noLinks(false);
    port.arrive(client(3), "four");
    assertThat(link(2).sent()).containsExactly("four");
  }

  @Test
  void anActiveFlowKeepsItsClientRemembered() {
    pool =
        new LiveUpstream(
            upstream(new Persistence.SourceIp(Duration.ofSeconds(5), null), 1, 1), null);
    snapshot = snapshot(IDLE);
    port.arrive(client(1), "one");
    for (int i = 0; i < 10; i++) {
      loop.advance(4_000);
      port.arrive(client(1), "more");
    }
    loop.advance(4_000);
    port.arrive(client(2), "same client");
    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.1");

    loop.advance(5_000);
    port.arrive(client(3), "forgotten");
    assertThat(chosen()).containsExactly("10.0.0.1", "10.0.0.1", "10.0.0.2");
  }

  @Test
  void closingEndsEverything() {
    port.arrive(client(1), "one");
    port.arrive(client(2), "two");
    flows.close();

    assertThat(port.isOpen()).isFalse();
    assertThat(loop.links()).noneMatch(FakeLink::isOpen);
    assertThat(counters().connectionsOpen()).isZero();
    assertThat(active()).isZero();
    assertThat(places).isEqualTo(100);
  }
}
