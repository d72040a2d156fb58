package agrippa.proxy.balance;

import static agrippa.proxy.balance.BalancerContractTest.NOW;
import static agrippa.proxy.balance.BalancerContractTest.client;
import static agrippa.proxy.balance.BalancerContractTest.endpoint;
import static agrippa.proxy.balance.BalancerContractTest.named;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Balancing.Ejection;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.UpstreamOptions;
import agrippa.proxy.transport.NetworkNamespace;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Three failures in a row cost an endpoint 30 seconds.
class EjectionTest {
  private final Time time = new Time();
  private final LiveUpstream upstream =
      new LiveUpstream(
          plan(
              new Ejection(3, Duration.ofSeconds(30)),
              endpoint("a", 1),
              endpoint("b", 1),
              endpoint("c", 1)),
          null,
          NetworkNamespace.OWN,
          time,
          () -> {});
  private final LiveEndpoint a = named(upstream, "a");
  private final LiveEndpoint b = named(upstream, "b");

  private static Upstream plan(Ejection ejection, Endpoint... endpoints) {
    Upstream it = BalancerContractTest.plan(Algorithm.ROUND_ROBIN, endpoints);
    return new Upstream(
        it.name(),
        it.algorithm(),
        it.persistence(),
        it.endpoints(),
        it.check(),
        it.tls(),
        it.proxyProtocol(),
        UpstreamOptions.DEFAULT.withBalancing(Balancing.DEFAULT.withEjection(ejection)));
  }

  private void fails(LiveEndpoint endpoint) {
    for (int i = 0; i < 3; i++) {
      upstream.failed(endpoint);
    }
  }

  private Set<String> chosen() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      names.add(upstream.choose(client(i), NOW, null).plan().name());
    }
    return names;
  }

  @Test
  void onlyFailuresInARowCount() {
    upstream.failed(a);
    upstream.failed(a);
    upstream.succeeded(a);
    upstream.failed(a);
    upstream.failed(a);
    assertThat(a.ejected()).isFalse();

    upstream.failed(a);

    assertThat(a.ejected()).isTrue();
    assertThat(a.usable()).isFalse();
    assertThat(a.up()).as("what checks found").isTrue();
    assertThat(chosen()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void itsTimeGrowsAndIsForgotten() {
    fails(a);
    time.pass(Duration.ofSeconds(29));
    assertThat(chosen()).doesNotContain("a");
    time.pass(Duration.ofSeconds(1));
    assertThat(chosen()).contains("a");

    fails(a);
    time.pass(Duration.ofSeconds(59));
    assertThat(a.ejected()).isTrue();
    time.pass(Duration.ofSeconds(1));
    assertThat(a.ejected()).isFalse();

    // 60 seconds for the second, 30 for the first.
    time.pass(Duration.ofSeconds(90));
    fails(a);
    time.pass(Duration.ofSeconds(30));
    assertThat(a.ejected()).isFalse();
  }

  @Test
  void itsTimeHasABound() {
    for (int i = 1; i <= 20; i++) {
      fails(a);
      int seconds = 0;
      while (a.ejected()) {
        time.pass(Duration.ofSeconds(1));
        seconds++;
      }
      assertThat(seconds).isEqualTo(30 * Math.min(i, 10));
    }
  }

  @Test
  void halfOfThemStay() {
    fails(a);
    fails(b);

    assertThat(b.ejected()).isFalse();
    assertThat(chosen()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void whoIsLeftOutServesIfNobodyElseCan() {
    fails(a);
    upstream.health(b, false);
    upstream.health(named(upstream, "c"), false);

    assertThat(chosen()).containsExactly("a");
  }

  @Test
  void aPlanWithoutItLetsEverybodyIn() {
    fails(a);

    upstream.update(plan(null, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1)), null);

    assertThat(chosen()).containsExactlyInAnyOrder("a", "b", "c");
    fails(a);
    assertThat(a.ejected()).isFalse();
  }
}
