package agrippa.proxy.balance;

import static agrippa.proxy.balance.BalancerContractTest.NOW;
import static agrippa.proxy.balance.BalancerContractTest.client;
import static agrippa.proxy.balance.BalancerContractTest.endpoint;
import static agrippa.proxy.balance.BalancerContractTest.named;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.UpstreamOptions;
import agrippa.proxy.transport.NetworkNamespace;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Endpoints that begin to serve get their share within 100 seconds.
class SlowStartTest {
  private final Time time = new Time();

  private static Upstream plan(Algorithm algorithm, Endpoint... endpoints) {
    Upstream it = BalancerContractTest.plan(algorithm, endpoints);
    return new Upstream(
        it.name(),
        it.algorithm(),
        it.persistence(),
        it.endpoints(),
        it.check(),
        it.tls(),
        it.proxyProtocol(),
        UpstreamOptions.DEFAULT.withBalancing(
            Balancing.DEFAULT.withSlowStart(Duration.ofSeconds(100))));
  }

  private LiveUpstream upstream(Algorithm algorithm, Endpoint... endpoints) {
    return new LiveUpstream(plan(algorithm, endpoints), null, NetworkNamespace.OWN, time, () -> {});
  }

  private static Map<String, Integer> counts(LiveUpstream upstream, int times) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < times; i++) {
      counts.merge(upstream.choose(client(i), NOW, null).plan().name(), 1, Integer::sum);
    }
    return counts;
  }

  @Test
  void whoWasThereAtTheBeginningServesInFull() {
    LiveUpstream upstream = upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1), endpoint("b", 3));

    assertThat(counts(upstream, 8)).isEqualTo(Map.of("a", 2, "b", 6));
  }

  @Test
  void theShareOfOneThatComesUpGrowsInTenSteps() {
    LiveUpstream upstream = upstream(Algorithm.ROUND_ROBIN, endpoint("a", 2), endpoint("b", 1));
    LiveEndpoint b = named(upstream, "b");
    upstream.health(b, false);
    upstream.health(b, true);

    for (int step = 1; step <= 10; step++) {
      assertThat(b.warmthPercent()).isEqualTo(step * 10);
      assertThat(counts(upstream, 20 + step)).isEqualTo(Map.of("a", 20, "b", step));
      time.pass(Duration.ofSeconds(10));
    }
    time.pass(Duration.ofHours(1));
    assertThat(counts(upstream, 30)).isEqualTo(Map.of("a", 20, "b", 10));
  }

  @Test
  void oneThatIsAddedOrEnabledStartsSlowly() {
    LiveUpstream upstream =
        upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1), BalancerContractTest.disabled("b"));

    upstream.update(
        plan(Algorithm.ROUND_ROBIN, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1)), null);

    assertThat(counts(upstream, 12)).isEqualTo(Map.of("a", 10, "b", 1, "c", 1));
    time.pass(Duration.ofSeconds(90));
    assertThat(counts(upstream, 12)).isEqualTo(Map.of("a", 4, "b", 4, "c", 4));
  }

  @Test
  void leastConnectionsFollowsTheShare() {
    LiveUpstream upstream =
        upstream(Algorithm.LEAST_CONNECTIONS, endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint b = named(upstream, "b");
    upstream.health(b, false);
    upstream.health(b, true);

    for (int i = 0; i < 11; i++) {
      upstream.choose(client(i), NOW, null).begin();
    }

    assertThat(named(upstream, "a").active()).isEqualTo(10);
    assertThat(b.active()).isEqualTo(1);
  }

  @Test
  void nobodyStartsSlowlyWhoIsAlone() {
    LiveUpstream upstream = upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1));
    LiveEndpoint a = named(upstream, "a");

    upstream.health(a, false);
    upstream.health(a, true);

    assertThat(a.warmthPercent()).isEqualTo(100);
  }

  @Test
  void aStartThatBrokeOffDoesNotHastenTheNext() {
    LiveUpstream upstream = upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint b = named(upstream, "b");
    upstream.health(b, false);
    upstream.health(b, true);
    time.pass(Duration.ofSeconds(5));
    upstream.health(b, false);
    upstream.health(b, true);

    time.pass(Duration.ofSeconds(9));
    assertThat(b.warmthPercent()).isEqualTo(10);
    time.pass(Duration.ofSeconds(1));
    assertThat(b.warmthPercent()).isEqualTo(20);
  }
}
