package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.proxy.plan.Balancing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
