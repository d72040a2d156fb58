package agrippa.model;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;

/// How much of what there is. It is always counted, never remembered, so that no crash and no
/// cascade can make it wrong.
///
/// @param counts zero where one is missing
public record Usage(Map<Countable, Integer> counts) {
  public static final Usage NONE = new Usage(Map.of());

  public Usage {
    var copy = new EnumMap<Countable, Integer>(Countable.class);
    copy.putAll(counts);
    copy.values().removeIf(it -> it == 0);
    counts = Collections.unmodifiableMap(copy);
  }

  /// What a tree holds. A part that is being deleted no longer counts, nor what hangs on it; the
  /// load balancer itself counts until it is gone.
  public static Usage of(LoadBalancerTree tree) {
    var listeners = tree.listeners().stream().filter(it -> stays(it.lifecycle())).toList();
    var policies =
        listeners.stream()
            .flatMap(it -> it.policies().stream())
            .filter(it -> stays(it.lifecycle()))
            .toList();
    var pools = tree.pools().stream().filter(it -> stays(it.lifecycle())).toList();
    var counts = new EnumMap<Countable, Integer>(Countable.class);
    counts.put(Countable.LOAD_BALANCER, 1);
    counts.put(Countable.LISTENER, listeners.size());
    counts.put(Countable.L7_POLICY, policies.size());
    counts.put(Countable.L7_RULE, rules(policies));
    counts.put(Countable.POOL, pools.size());
    counts.put(Countable.MEMBER, members(pools));
    counts.put(Countable.HEALTH_MONITOR, monitors(pools));
    return new Usage(counts);
  }

  private static int rules(List<L7Policy> policies) {
    return (int)
        policies.stream()
            .flatMap(it -> it.rules().stream())
            .filter(it -> stays(it.lifecycle()))
            .count();
  }

  private static int members(List<Pool> pools) {
    return (int)
        pools.stream()
            .flatMap(it -> it.members().stream())
            .filter(it -> stays(it.lifecycle()))
            .count();
  }

  private static int monitors(List<Pool> pools) {
    return (int)
        pools.stream().map(Pool::monitor).filter(it -> it != null && stays(it.lifecycle())).count();
  }

  private static boolean stays(Lifecycle lifecycle) {
    return lifecycle.provisioning() != ProvisioningStatus.PENDING_DELETE;
  }

  public int of(Countable kind) {
    return counts.getOrDefault(kind, 0);
  }

  public Usage plus(Usage more) {
    return combined(more, Integer::sum);
  }

  public Usage minus(Usage less) {
    return combined(less, (a, b) -> a - b);
  }

  /// What there is more of in another, and nothing where there is less.
  public Usage growthTo(Usage next) {
    return next.combined(this, (a, b) -> Math.max(0, a - b));
  }

  private Usage combined(Usage other, IntBinaryOperator how) {
    var result = new EnumMap<Countable, Integer>(Countable.class);
    for (var kind : Countable.values()) {
      result.put(kind, how.applyAsInt(of(kind), other.of(kind)));
    }
    return new Usage(result);
  }
}
