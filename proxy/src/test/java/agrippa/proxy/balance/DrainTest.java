package agrippa.proxy.balance;

import static agrippa.proxy.balance.BalancerContractTest.NOW;
import static agrippa.proxy.balance.BalancerContractTest.client;
import static agrippa.proxy.balance.BalancerContractTest.disabled;
import static agrippa.proxy.balance.BalancerContractTest.endpoint;
import static agrippa.proxy.balance.BalancerContractTest.named;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import agrippa.proxy.transport.NetworkNamespace;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Endpoint a leaves, and has a minute for what it has.
class DrainTest {
  private final Time time = new Time();
  private int told;
  private final LiveUpstream upstream =
      new LiveUpstream(
          plan(endpoint("a", 1), endpoint("b", 1)), null, NetworkNamespace.OWN, time, () -> told++);
  private final LiveEndpoint a = named(upstream, "a");

  private static Upstream plan(Endpoint... endpoints) {
    return new Upstream(
        "upstream",
        Algorithm.ROUND_ROBIN,
        new Persistence.SourceIp(),
        List.of(endpoints),
        null,
        null,
        ProxyProtocol.NONE,
        UpstreamOptions.DEFAULT.withBalancing(Balancing.DEFAULT.withDrain(Duration.ofMinutes(1))));
  }

  static Stream<Upstream> waysToLeave() {
    return Stream.of(
        plan(endpoint("b", 1)),
        plan(disabled("a"), endpoint("b", 1)),
        plan(endpoint("a", 0), endpoint("b", 1)));
  }

  @ParameterizedTest
  @MethodSource("waysToLeave")
  void itHasItsTimeAndThenIsTold(Upstream without) {
    upstream.update(without, null);
    assertThat(a.leaving()).isTrue();
    time.pass(Duration.ofSeconds(59));
    assertThat(a.drained()).isFalse();
    assertThat(told).isZero();

    time.pass(Duration.ofSeconds(1));

    assertThat(a.drained()).isTrue();
    assertThat(a.leaving()).isFalse();
    assertThat(told).isEqualTo(1);
  }

  @Test
  void persistenceSendsItClientsUntilThen() {
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(a);
    upstream.update(plan(endpoint("a", 0), endpoint("b", 1)), null);
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(a);

    time.pass(Duration.ofMinutes(1));

    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(named(upstream, "b"));
  }

  @Test
  void oneThatComesBackIsNotEndedForWhatWas() {
    upstream.update(plan(endpoint("a", 0), endpoint("b", 1)), null);
    time.pass(Duration.ofSeconds(30));
    upstream.update(plan(endpoint("a", 1), endpoint("b", 1)), null);
    time.pass(Duration.ofSeconds(30));
    assertThat(a.drained()).isFalse();
    assertThat(told).isZero();

    upstream.update(plan(endpoint("a", 0), endpoint("b", 1)), null);
    time.pass(Duration.ofSeconds(60));
    upstream.update(plan(endpoint("a", 1), endpoint("b", 1)), null);

    assertThat(a.usable()).isTrue();
    assertThat(told).isEqualTo(1);
  }

  @Test
  void oneThatIsRemovedMeanwhileHasNoMoreTimeForIt() {
    upstream.update(plan(endpoint("a", 0), endpoint("b", 1)), null);
    time.pass(Duration.ofSeconds(30));
    upstream.update(plan(endpoint("b", 1)), null);
    time.pass(Duration.ofSeconds(30));

    assertThat(a.drained()).isTrue();
    time.pass(Duration.ofHours(1));
    assertThat(told).isEqualTo(1);
  }

  @Test
  void allLeaveWithTheirUpstream() {
    upstream.retire();
    time.pass(Duration.ofMinutes(1));

    assertThat(a.drained()).isTrue();
    assertThat(named(upstream, "b").drained()).isTrue();
  }
}
