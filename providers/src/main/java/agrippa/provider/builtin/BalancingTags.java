package agrippa.provider.builtin;

import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.provider.builtin.BalancingExtensions.Hashing;
import agrippa.proxy.plan.Balancing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What extensions say about how work is shared among members.
final class BalancingTags {
  private BalancingTags() {}

  static Balancing of(Extended asked) {
    return Balancing.DEFAULT
        .withConsistent(
            asked.get(BalancingExtensions.HASH).orElse(Hashing.STANDARD) == Hashing.MAGLEV)
        .withDrain(asked.get(BalancingExtensions.DRAIN_TIMEOUT).orElse(null))
        .withSlowStart(asked.get(BalancingExtensions.SLOW_START).orElse(null))
        .withEjection(asked.get(BalancingExtensions.OUTLIER).orElse(null));
  }

  /// The first tag of a pool that could have no effect there. What a load balancer or a flavor says
  /// is for those pools that it fits.
  static Optional<String> complaint(LoadBalancerTree tree) {
    return tree.pools().stream().flatMap(it -> complaint(it).stream()).findFirst();
  }

  private static Optional<String> complaint(Pool pool) {
    Extended own = new Extended(pool.labels().tags(), List.of(), Map.of());
    if (own.get(BalancingExtensions.HASH).isPresent() && !hashes(pool)) {
      return Optional.of(
          "Tag 'agrippa:hash': only pools of the algorithms SOURCE_IP and SOURCE_IP_PORT hash.");
    }
    return own.get(BalancingExtensions.SLOW_START).isPresent() && hashes(pool)
        ? Optional.of(
            "Tag 'agrippa:slow_start': pools of the algorithms SOURCE_IP and SOURCE_IP_PORT keep"
                + " clients where they are.")
        : Optional.empty();
  }

  private static boolean hashes(Pool pool) {
    return switch (pool.algorithm()) {
      case SOURCE_IP, SOURCE_IP_PORT -> true;
      case ROUND_ROBIN, LEAST_CONNECTIONS -> false;
    };
  }
}
