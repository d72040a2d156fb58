package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Check.StatusRange;
import agrippa.proxy.plan.Retries;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BalancingTagsTest {
  private static Balancing of(String... tags) {
    return BalancingTags.of(new Extended(List.of(tags), List.of(), Map.of()));
  }

  private static Optional<String> complaint(Pool.Algorithm algorithm, String... tags) {
    var pool = pool("servers", PoolProtocol.HTTP).algorithm(algorithm).tagged(tags).build();
    return BalancingTags.complaint(tree(List.of(), List.of(pool)), null);
  }

  @Test
  void nothingSaidIsTheDefault() {
    assertThat(of()).isEqualTo(Balancing.DEFAULT);
    assertThat(of("agrippa:hash=standard")).isEqualTo(Balancing.DEFAULT);
  }

  @Test
  void drainTimeout() {
    assertThat(of("agrippa:drain_timeout=90").drain()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void outlier() {
    assertThat(of("agrippa:outlier=5").ejection())
        .isEqualTo(new Balancing.Ejection(5, Duration.ofSeconds(30)));
    assertThat(of("agrippa:outlier=1:3600").ejection())
        .isEqualTo(new Balancing.Ejection(1, Duration.ofHours(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "1001", "5:", ":5", "5:0", "5:3601", "5:5:5", "x"})
  void noOutlier(String value) {
    assertThat(BalancingExtensions.OUTLIER.read(value)).isEmpty();
  }

  @Test
  void retries() {
    assertThat(of().retries()).isEqualTo(Retries.DEFAULT);
    assertThat(of("agrippa:retries=1").retries())
        .isEqualTo(new Retries(1, true, true, List.of(), 20));
    assertThat(of("agrippa:retry_on=connect,5xx,429", "agrippa:retry_budget=7").retries())
        .isEqualTo(
            new Retries(
                3, true, false, List.of(new StatusRange(500, 599), new StatusRange(429, 429)), 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "200", "4xx", "600", "connect,", "connect;reset", "CONNECT"})
  void noReasonToRetry(String value) {
    assertThat(BalancingExtensions.RETRY_ON.read(value)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"retries=1", "retry_on=connect", "retry_budget=7", "check=grpc"})
  void notForDatagrams(String tag) {
    var pool = pool("dns", PoolProtocol.UDP).tagged("agrippa:" + tag).build();
    assertThat(BalancingTags.complaint(tree(List.of(), List.of(pool)), null).orElseThrow())
        .endsWith(": not for UDP pools.");
  }

  @Test
  void splitTakesPoolsThatFit() {
    assertThat(split(ListenerProtocol.HTTP, PoolProtocol.HTTP)).isEmpty();
    assertThat(split(ListenerProtocol.TCP, PoolProtocol.HTTP)).isEmpty();
    assertThat(split(ListenerProtocol.HTTPS, PoolProtocol.TCP)).isEmpty();
    assertThat(split(ListenerProtocol.HTTP, PoolProtocol.TCP))
        .contains(
            "Tag 'agrippa:split': pool %s has protocol TCP, which HTTP listeners cannot use."
                .formatted(Trees.uuid("canary")));
    assertThat(split(ListenerProtocol.UDP, PoolProtocol.UDP))
        .contains("Tag 'agrippa:split': UDP listeners cannot be split.");
  }

  @Test
  void aPoolOfASplitMayGoButNotBeUnknownFromTheBeginning() {
    var before = tree(List.of(web("canary")), List.of(pool("canary", PoolProtocol.HTTP).build()));
    assertThat(BalancingTags.complaint(tree(List.of(web("canary")), List.of()), before)).isEmpty();
    var unknown = "Tag 'agrippa:split': the load balancer has no pool %s.";
    assertThat(BalancingTags.complaint(tree(List.of(web("canary")), List.of()), null))
        .contains(unknown.formatted(Trees.uuid("canary")));
    assertThat(BalancingTags.complaint(tree(List.of(web("other")), before.pools()), before))
        .contains(unknown.formatted(Trees.uuid("other")));
  }

  private static Listener web(String splitTo) {
    return listener("web", ListenerProtocol.HTTP, 80)
        .tagged("agrippa:split=" + Trees.uuid(splitTo) + ":1")
        .build();
  }

  private static Optional<String> split(ListenerProtocol listener, PoolProtocol pool) {
    var tag = "agrippa:split=" + Trees.uuid("canary") + ":1";
    return BalancingTags.complaint(
        tree(
            List.of(listener("web", listener, 80).tagged(tag).build()),
            List.of(pool("canary", pool).build())),
        null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "canary:1",
        "8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11",
        "8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11:1001",
        "8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11:1,",
        "8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11:1,8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11:2"
      })
  void noSplit(String value) {
    assertThat(BalancingExtensions.SPLIT.read(value)).isEmpty();
  }

  @Test
  void check() {
    assertThat(BalancingExtensions.CHECK.read("grpc")).contains("");
    assertThat(BalancingExtensions.CHECK.read("grpc:shop.Cart")).contains("shop.Cart");
    assertThat(BalancingExtensions.CHECK.read("grpc:")).isEmpty();
    assertThat(BalancingExtensions.CHECK.read("grpc:a b")).isEmpty();
    assertThat(BalancingExtensions.CHECK.read("http")).isEmpty();
  }

  @Test
  void slowStart() {
    assertThat(of("agrippa:slow_start=60").slowStart()).isEqualTo(Duration.ofMinutes(1));
    assertThat(complaint(Pool.Algorithm.LEAST_CONNECTIONS, "agrippa:slow_start=60")).isEmpty();
    assertThat(complaint(Pool.Algorithm.SOURCE_IP, "agrippa:slow_start=60").orElseThrow())
        .startsWith("Tag 'agrippa:slow_start': ");
  }

  @Test
  void hash() {
    assertThat(of("agrippa:hash=maglev").consistent()).isTrue();
    assertThat(complaint(Pool.Algorithm.SOURCE_IP, "agrippa:hash=maglev")).isEmpty();
    assertThat(complaint(Pool.Algorithm.SOURCE_IP_PORT, "agrippa:hash=maglev")).isEmpty();
    assertThat(complaint(Pool.Algorithm.ROUND_ROBIN)).isEmpty();
    assertThat(complaint(Pool.Algorithm.ROUND_ROBIN, "agrippa:hash=maglev"))
        .contains(
            "Tag 'agrippa:hash': only pools of the algorithms SOURCE_IP and SOURCE_IP_PORT hash.");
  }
}
