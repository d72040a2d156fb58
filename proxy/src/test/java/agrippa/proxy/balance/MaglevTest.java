package agrippa.proxy.balance;

import static agrippa.proxy.balance.BalancerContractTest.NOW;
import static agrippa.proxy.balance.BalancerContractTest.client;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevTest {
  private static final int CLIENTS = 20_000;

  @Test
  void theClientsOfOneThatLeavesAreSharedAndHardlyAnybodyElseMoves() {
    LiveUpstream upstream = new LiveUpstream(plan(ten()), null);
    List<String> before = chosen(upstream);
    List<Endpoint> nine = ten();
    nine.remove(3);

    upstream.update(plan(nine), null);

    List<String> after = chosen(upstream);
    assertThat(moved(before, after, "e3")).isBetween(0.0, 0.02);
    Map<String, Integer> heirs = new HashMap<>();
    IntStream.range(0, CLIENTS)
        .filter(i -> before.get(i).equals("e3"))
        .forEach(i -> heirs.merge(after.get(i), 1, Integer::sum));
    assertThat(heirs).hasSize(9);
    assertThat(heirs.values()).allMatch(count -> count > CLIENTS / 90 / 2);
  }

  @Test
  void oneThatComesTakesItsShareOfEverybody() {
    LiveUpstream upstream = new LiveUpstream(plan(ten()), null);
    List<String> before = chosen(upstream);
    List<Endpoint> eleven = ten();
    eleven.add(endpoint(10, 1));

    upstream.update(plan(eleven), null);

    List<String> after = chosen(upstream);
    assertThat(moved(before, after, "")).isBetween(0.08, 0.12);
    assertThat(Collections.frequency(after, "e10")).isBetween(CLIENTS / 13, CLIENTS / 9);
  }

  @Test
  void nobodyMovesButTheClientsOfOneThatIsDown() {
    LiveUpstream upstream = new LiveUpstream(plan(ten()), null);
    List<String> before = chosen(upstream);
    LiveEndpoint down = BalancerContractTest.named(upstream, "e7");

    upstream.health(down, false);
    List<String> after = chosen(upstream);
    upstream.health(down, true);

    assertThat(moved(before, after, "e7")).isZero();
    assertThat(after).doesNotContain("e7");
    assertThat(chosen(upstream)).isEqualTo(before);
  }

  @Test
  void sharesAreAsWeightsSay() {
    LiveUpstream upstream =
        new LiveUpstream(plan(List.of(endpoint(0, 1), endpoint(1, 2), endpoint(2, 5))), null);

    List<String> chosen = chosen(upstream);

    assertThat(Collections.frequency(chosen, "e0")).isBetween(2_300, 2_700);
    assertThat(Collections.frequency(chosen, "e1")).isBetween(4_700, 5_300);
    assertThat(Collections.frequency(chosen, "e2")).isBetween(12_000, 13_000);
  }

  @Test
  void theOrderOfEndpointsAndTheirNamesTellNothing() {
    List<Endpoint> reversed = ten().reversed();

    assertThat(chosen(new LiveUpstream(plan(reversed), null)))
        .isEqualTo(chosen(new LiveUpstream(plan(ten()), null)));
  }

  /// The places are part of what stays over restarts and versions.
  @Test
  void aClientIsWhereItAlwaysWas() {
    LiveUpstream upstream = new LiveUpstream(plan(ten()), null);

    assertThat(chosen(upstream).subList(0, 8))
        .containsExactly("e7", "e5", "e7", "e5", "e0", "e7", "e0", "e1");
  }

  @Test
  void thousandsOfEndpointsHaveTheirShares() {
    List<Endpoint> many = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      many.add(endpoint(i, 1));
    }
    WeightedSequence<LiveEndpoint> table =
        Maglev.table(new LiveUpstream(plan(many), null).endpoints());

    Map<LiveEndpoint, Integer> counts = new HashMap<>();
    for (int i = 0; i < table.length(); i++) {
      counts.merge(table.at(i, null), 1, Integer::sum);
    }

    assertThat(table.length()).isEqualTo(Maglev.MORE_PLACES);
    assertThat(counts).hasSize(2_000);
    assertThat(counts.values()).allMatch(count -> count == 327 || count == 328);
  }

  /// The share of clients that moved, of those who were not at `except`.
  private static double moved(List<String> before, List<String> after, String except) {
    long stayed = IntStream.range(0, CLIENTS).filter(i -> !before.get(i).equals(except)).count();
    long moved =
        IntStream.range(0, CLIENTS)
            .filter(i -> !before.get(i).equals(except))
            .filter(i -> !before.get(i).equals(after.get(i)))
            .count();
    return (double) moved / stayed;
  }

  private static List<String> chosen(LiveUpstream upstream) {
    return IntStream.range(0, CLIENTS)
        .mapToObj(i -> upstream.choose(client(i), NOW, null).plan().name())
        .toList();
  }

  private static List<Endpoint> ten() {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(endpoint(i, 1));
    }
    return all;
  }

  private static Endpoint endpoint(int number, int weight) {
    InetSocketAddress at =
        new InetSocketAddress("10.1." + number / 250 + "." + (1 + number % 250), 80);
    return new Endpoint("e" + number, at, weight, false, true, at);
  }

  private static Upstream plan(List<Endpoint> endpoints) {
    return new Upstream(
        "upstream",
        Algorithm.SOURCE_IP,
        null,
        endpoints,
        null,
        null,
        ProxyProtocol.NONE,
        UpstreamOptions.DEFAULT.withBalancing(Balancing.DEFAULT.withConsistent(true)));
  }
}
