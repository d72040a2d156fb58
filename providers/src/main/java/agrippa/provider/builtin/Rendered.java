package agrippa.provider.builtin;

import agrippa.model.HealthMonitor;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.ProvisioningStatus;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The part of a tree that reaches the data plane: what is disabled, on its way out, or used by
/// nothing that serves is left out. Disabled members stay, since they are reported.
final class Rendered {
  private final LoadBalancerTree tree;

  Rendered(LoadBalancerTree tree) {
    this.tree = tree;
  }

  /// Listeners that serve, in the order of their creation.
  List<Listener> listeners() {
    if (!tree.loadBalancer().adminStateUp()) {
      return List.of();
    }
    return tree.listeners().stream()
        .filter(it -> it.adminStateUp() && stays(it.lifecycle()))
        .toList();
  }

  /// A pool that may be sent to; none if it is disabled or on its way out.
  Optional<Pool> pool(@Nullable PoolId id) {
    return id == null
        ? Optional.empty()
        : tree.pool(id).filter(it -> it.adminStateUp() && stays(it.lifecycle()));
  }

  /// Policies that can match, by position: enabled, with a rule that counts, and with a pool that
  /// may be sent to if they send to one.
  List<L7Policy> policies(Listener listener) {
    return enabledPolicies(listener)
        .filter(it -> !rules(it).isEmpty())
        .filter(it -> !(it.action() instanceof L7Action.ToPool(PoolId to)) || pool(to).isPresent())
        .toList();
  }

  /// Rules that count; all must hold.
  List<L7Rule> rules(L7Policy policy) {
    return policy.rules().stream()
        .filter(it -> it.adminStateUp() && stays(it.lifecycle()))
        .toList();
  }

  /// Pools that a listener uses: its default, those that share with it, and those of enabled
  /// policies that have any rule.
  SequencedSet<Pool> pools(Listener listener) {
    Stream<PoolId> redirects =
        enabledPolicies(listener)
            .filter(it -> it.rules().stream().anyMatch(rule -> stays(rule.lifecycle())))
            .map(L7Policy::action)
            .filter(L7Action.ToPool.class::isInstance)
            .map(it -> ((L7Action.ToPool) it).pool());
    SequencedSet<Pool> pools = new LinkedHashSet<>();
    Stream<PoolId> shares = BalancingTags.shares(listener).keySet().stream();
    Stream.of(Stream.ofNullable(listener.defaultPool()), shares, redirects)
        .flatMap(it -> it)
        .map(this::pool)
        .flatMap(Optional::stream)
        .forEach(pools::add);
    return pools;
  }

  List<Member> members(Pool pool) {
    return pool.members().stream().filter(it -> stays(it.lifecycle())).toList();
  }

  Optional<HealthMonitor> monitor(Pool pool) {
    return Stream.of(pool.monitor())
        .filter(Objects::nonNull)
        .filter(it -> it.adminStateUp() && stays(it.lifecycle()))
        .findFirst();
  }

  private static Stream<L7Policy> enabledPolicies(Listener listener) {
    return listener.policies().stream().filter(it -> it.adminStateUp() && stays(it.lifecycle()));
  }

  private static boolean stays(Lifecycle lifecycle) {
    return lifecycle.provisioning() != ProvisioningStatus.PENDING_DELETE;
  }
}
