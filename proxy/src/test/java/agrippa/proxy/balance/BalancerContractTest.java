package agrippa.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every balancer promises, and what each promises beyond that.
class BalancerContractTest {
  static final long NOW = 1_000_000;

  @ParameterizedTest
  @EnumSource
  void choosesNothingOfNothing(Algorithm algorithm) {
    LiveUpstream upstream = upstream(algorithm);

    assertThat(upstream.choose(client(1), NOW, null)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void spreadsWorkAsWeightsSay(Algorithm algorithm) {
    LiveUpstream upstream =
        upstream(algorithm, endpoint("a", 1), endpoint("b", 2), endpoint("c", 5));

    Map<String, Integer> counts = chooseAndHold(upstream, 8_000);

    assertThat(counts.keySet()).containsExactlyInAnyOrder("a", "b", "c");
    int slack =
        switch (algorithm) {
          case ROUND_ROBIN, LEAST_CONNECTIONS -> 0;
          case SOURCE_IP, SOURCE_IP_PORT -> 250;
        };
    assertThat(counts.get("a")).isBetween(1_000 - slack, 1_000 + slack);
    assertThat(counts.get("b")).isBetween(2_000 - slack, 2_000 + slack);
    assertThat(counts.get("c")).isBetween(5_000 - slack, 5_000 + slack);
  }

  @ParameterizedTest
  @EnumSource
  void givesNoNewWorkToWeightZeroOrDisabledOrDown(Algorithm algorithm) {
    LiveUpstream upstream =
        upstream(
            algorithm,
            endpoint("zero", 0),
            disabled("disabled"),
            endpoint("down", 1),
            endpoint("only", 1));
    upstream.health(named(upstream, "down"), false);

    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("only");
  }

  @ParameterizedTest
  @EnumSource
  void usesBackupsAllTogetherOnlyWhenNothingElseIsUsable(Algorithm algorithm) {
    LiveUpstream upstream =
        upstream(algorithm, endpoint("main", 1), backup("spare1"), backup("spare2"));

    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("main");
    upstream.health(named(upstream, "main"), false);
    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("spare1", "spare2");
    upstream.health(named(upstream, "spare1"), false);
    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("spare2");
    upstream.health(named(upstream, "main"), true);
    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("main");
  }

  @ParameterizedTest
  @EnumSource
  void avoidsAnEndpointUnlessItIsTheOnlyOne(Algorithm algorithm) {
    LiveUpstream upstream = upstream(algorithm, endpoint("a", 100), endpoint("b", 1));
    LiveEndpoint a = named(upstream, "a");

    for (int i = 0; i < 500; i++) {
      assertThat(upstream.choose(client(i), NOW, a)).isSameAs(named(upstream, "b"));
    }
    upstream.health(named(upstream, "b"), false);
    assertThat(upstream.choose(client(1), NOW, a)).isSameAs(a);
  }

  @ParameterizedTest
  @EnumSource
  void forgetsRemovedAndFindsAddedEndpoints(Algorithm algorithm) {
    LiveUpstream upstream = upstream(algorithm, endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint a = named(upstream, "a");
    LiveEndpoint b = named(upstream, "b");

    upstream.update(plan(algorithm, endpoint("b", 3), endpoint("c", 1)), null);

    assertThat(chooseAndHold(upstream, 1_000)).containsOnlyKeys("b", "c");
    assertThat(a.retired()).isTrue();
    assertThat(named(upstream, "b")).isSameAs(b);
    assertThat(b.plan().weight()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointThatMovedIsAnother(Algorithm algorithm) {
    LiveUpstream upstream = upstream(algorithm, endpoint("a", 1));
    LiveEndpoint before = named(upstream, "a");
    upstream.health(before, false);
    InetSocketAddress elsewhere = new InetSocketAddress("127.0.0.9", 9);

    upstream.update(plan(algorithm, new Endpoint("a", elsewhere, 1, false, true, elsewhere)), null);

    assertThat(before.retired()).isTrue();
    assertThat(upstream.choose(client(1), NOW, null)).isNotSameAs(before).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void neverChoosesNothingWhileOthersChangeIt(Algorithm algorithm) throws Exception {
    LiveUpstream upstream =
        upstream(algorithm, endpoint("a", 1), endpoint("b", 2), endpoint("c", 3));
    Set<LiveEndpoint> seen = ConcurrentHashMap.newKeySet();
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> choosers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int first = t * 1_000_000;
        choosers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30_000; i++) {
                    LiveEndpoint chosen = upstream.choose(client(first + i), NOW, null);
                    assertThat(chosen).isNotNull();
                    seen.add(chosen);
                  }
                }));
      }
      for (int i = 0; i < 300; i++) {
        upstream.health(named(upstream, "a"), i % 2 == 0);
        upstream.update(
            plan(algorithm, endpoint("a", 1 + i % 3), endpoint("b", 2), endpoint("c", i % 4)),
            null);
      }
      for (Future<?> chooser : choosers) {
        chooser.get();
      }
    }
    assertThat(seen).isNotEmpty().isSubsetOf(upstream.endpoints());
  }

  @Test
  void roundRobinIsExactOverEachCycleAndSmooth() {
    LiveUpstream upstream =
        upstream(Algorithm.ROUND_ROBIN, endpoint("a", 10), endpoint("b", 30), endpoint("c", 40));

    List<String> cycle = choose(upstream, 8);

    assertThat(String.join("", cycle)).isEqualTo("cbcabcbc");
    assertThat(choose(upstream, 8)).isEqualTo(cycle);
  }

  @Test
  void roundRobinStaysEvenOverThreads() throws Exception {
    LiveUpstream upstream =
        upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1), endpoint("b", 2), endpoint("c", 3));
    Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 4; t++) {
        threads.submit(
            () -> {
              for (int i = 0; i < 15_000; i++) {
                String name = upstream.choose(client(i), NOW, null).plan().name();
                counts.computeIfAbsent(name, _ -> new AtomicInteger()).incrementAndGet();
              }
            });
      }
    }
    assertThat(counts.get("a").get()).isEqualTo(10_000);
    assertThat(counts.get("b").get()).isEqualTo(20_000);
    assertThat(counts.get("c").get()).isEqualTo(30_000);
  }

  @Test
  void roundRobinKeepsItsTurnThroughAPlanThatChangesNothing() {
    LiveUpstream upstream =
        upstream(Algorithm.ROUND_ROBIN, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));

    List<String> chosen = new ArrayList<>(choose(upstream, 1));
    upstream.update(upstream.plan(), null);
    chosen.addAll(choose(upstream, 1));
    upstream.update(upstream.plan(), null);
    chosen.addAll(choose(upstream, 1));

    assertThat(chosen).containsExactly("a", "b", "c");
  }

  @Test
  void aCycleOfManyUnequalWeightsIsBounded() {
    Endpoint[] endpoints = new Endpoint[1_000];
    for (int i = 0; i < endpoints.length; i++) {
      endpoints[i] = endpoint("e" + i, 255 + i % 2);
    }
    WeightedSequence<LiveEndpoint> sequence =
        WeightedSequence.of(
            upstream(Algorithm.ROUND_ROBIN, endpoints).endpoints(), LiveEndpoint::share);

    assertThat(sequence.length()).isBetween(1_000, 1 << 16);
    Set<LiveEndpoint> all = new HashSet<>();
    for (int i = 0; i < sequence.length(); i++) {
      all.add(sequence.at(i, null));
    }
    assertThat(all).hasSize(1_000);
  }

  @Test
  void leastConnectionsFillsTheGap() {
    LiveUpstream upstream =
        upstream(Algorithm.LEAST_CONNECTIONS, endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint a = named(upstream, "a");
    LiveEndpoint b = named(upstream, "b");
    for (int i = 0; i < 3; i++) {
      a.begin();
    }

    assertThat(hold(upstream, 3)).containsOnly(b);
    b.end();
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(b);
  }

  @Test
  void leastConnectionsTakesTurnsAmongTheIdle() {
    LiveUpstream upstream =
        upstream(Algorithm.LEAST_CONNECTIONS, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));

    assertThat(choose(upstream, 6)).containsExactly("a", "b", "c", "a", "b", "c");
  }

  @Test
  void sourceIpMovesNobodyButTheClientsOfAnEndpointThatWentDown() {
    LiveUpstream upstream =
        upstream(Algorithm.SOURCE_IP, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));
    Map<Integer, LiveEndpoint> before = new HashMap<>();
    for (int i = 0; i < 3_000; i++) {
      before.put(i, upstream.choose(client(i), NOW, null));
    }
    LiveEndpoint a = named(upstream, "a");

    upstream.health(a, false);

    Map<String, Integer> moved = new HashMap<>();
    before.forEach(
        (client, home) -> {
          LiveEndpoint now = upstream.choose(client(client), NOW, null);
          if (home == a) {
            moved.merge(now.plan().name(), 1, Integer::sum);
          } else {
            assertThat(now).isSameAs(home);
          }
        });
    assertThat(moved).containsOnlyKeys("b", "c");
    assertThat(moved.values()).allMatch(count -> count > 350);
    upstream.health(a, true);
    before.forEach(
        (client, home) -> assertThat(upstream.choose(client(client), NOW, null)).isSameAs(home));
  }

  @Test
  void sourceIpLooksAtNoPort() {
    LiveUpstream upstream =
        upstream(Algorithm.SOURCE_IP, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));

    assertThat(namesByPort(upstream, 300)).hasSize(1);
  }

  @Test
  void sourceIpAndPortSpreadsThePortsOfAClientAndKeepsEach() {
    LiveUpstream upstream =
        upstream(Algorithm.SOURCE_IP_PORT, endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));

    Map<String, Integer> counts = namesByPort(upstream, 3_000);

    assertThat(counts).containsOnlyKeys("a", "b", "c");
    assertThat(counts.values()).allMatch(count -> count > 850);
    for (int port = 1_024; port < 1_124; port++) {
      LiveEndpoint first = upstream.choose(client(1, port), NOW, null);
      assertThat(upstream.choose(client(1, port), NOW, null)).isSameAs(first);
    }
  }

  /// Where so many ports of one client go.
  private static Map<String, Integer> namesByPort(LiveUpstream upstream, int ports) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < ports; i++) {
      LiveEndpoint chosen = upstream.choose(client(1, 1_024 + i), NOW, null);
      counts.merge(chosen.plan().name(), 1, Integer::sum);
    }
    return counts;
  }

  /// Chooses with all work staying in flight until the last choice.
  private static Map<String, Integer> chooseAndHold(LiveUpstream upstream, int times) {
    Map<String, Integer> counts = new HashMap<>();
    List<LiveEndpoint> held = hold(upstream, times);
    for (LiveEndpoint endpoint : held) {
      endpoint.end();
      counts.merge(endpoint.plan().name(), 1, Integer::sum);
    }
    return counts;
  }

  private static List<LiveEndpoint> hold(LiveUpstream upstream, int times) {
    List<LiveEndpoint> held = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      LiveEndpoint chosen = upstream.choose(client(i), NOW, null);
      chosen.begin();
      held.add(chosen);
    }
    return held;
  }

  private static List<String> choose(LiveUpstream upstream, int times) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      names.add(upstream.choose(client(i), NOW, null).plan().name());
    }
    return names;
  }

  static Client client(int number) {
    return client(number, 40_000);
  }

  static Client client(int number, int port) {
    return new Client(ByteBuffer.allocate(4).putInt(0x0a000000 + number).array(), port);
  }

  static LiveEndpoint named(LiveUpstream upstream, String name) {
    return upstream.endpoints().stream()
        .filter(e -> e.plan().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static LiveUpstream upstream(Algorithm algorithm, Endpoint... endpoints) {
    return new LiveUpstream(plan(algorithm, endpoints), null);
  }

  static Upstream plan(Algorithm algorithm, Endpoint... endpoints) {
    return new Upstream(
        "upstream", algorithm, null, List.of(endpoints), null, null, ProxyProtocol.NONE);
  }

  static Endpoint endpoint(String name, int weight) {
    return endpoint(name, weight, false, true);
  }

  static Endpoint backup(String name) {
    return endpoint(name, 1, true, true);
  }

  static Endpoint disabled(String name) {
    return endpoint(name, 1, false, false);
  }

  private static Endpoint endpoint(String name, int weight, boolean backup, boolean enabled) {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", 1024 + name.hashCode() % 1000);
    return new Endpoint(name, address, weight, backup, enabled, address);
  }
}
