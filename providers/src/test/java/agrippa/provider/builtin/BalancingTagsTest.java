package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.proxy.plan.Balancing;
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
    return BalancingTags.complaint(tree(List.of(), List.of(pool)));
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
