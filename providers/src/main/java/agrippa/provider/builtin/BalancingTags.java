package agrippa.provider.builtin;

import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.provider.builtin.Extensions.Hashing;
import agrippa.proxy.plan.Balancing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What extensions say about how work is shared among members.
final class BalancingTags {
  private BalancingTags() {}

  static Balancing of(Extended asked) {
    return Balancing.DEFAULT.withConsistent(
        asked.get(Extensions.HASH).orElse(Hashing.STANDARD) == Hashing.MAGLEV);
  }

  /// The first tag of a pool that could have no effect there. What a load balancer or a flavor says
  /// is for those pools that it fits.
  static Optional<String> complaint(LoadBalancerTree tree) {
    return tree.pools().stream().flatMap(it -> complaint(it).stream()).findFirst();
  }

  private static Optional<String> complaint(Pool pool) {
    Extended own = new Extended(pool.labels().tags(), List.of(), Map.of());
    return own.get(Extensions.HASH).isPresent() && !hashes(pool)
        ? Optional.of(
            "Tag 'agrippa:hash': only pools of the algorithms SOURCE_IP and SOURCE_IP_PORT hash.")
        : Optional.empty();
  }

  private static boolean hashes(Pool pool) {
    return switch (pool.algorithm()) {
      case SOURCE_IP, SOURCE_IP_PORT -> true;
      case ROUND_ROBIN, LEAST_CONNECTIONS -> false;
    };
  }
}
