package agrippa.model;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A load balancer with all that belongs to it: the unit of locking, deciding, storing and
/// reconciling.
///
/// @param generation grows by one with each accepted change and each settlement
/// @param listeners in the order of their creation
/// @param pools in the order of their creation
public record LoadBalancerTree(
    LoadBalancer loadBalancer, long generation, List<Listener> listeners, List<Pool> pools) {
  public LoadBalancerTree {
    listeners = List.copyOf(listeners);
    pools = List.copyOf(pools);
  }

  public LoadBalancerId id() {
    return loadBalancer.id();
  }

  public Optional<Listener> listener(ListenerId id) {
    return listeners.stream().filter(it -> it.id().equals(id)).findFirst();
  }

  public Optional<Pool> pool(PoolId id) {
    return pools.stream().filter(it -> it.id().equals(id)).findFirst();
  }

  public Optional<Pool> poolOf(HealthMonitorId id) {
    return pools.stream()
        .filter(it -> it.monitor() != null && it.monitor().id().equals(id))
        .findFirst();
  }

  public Optional<Listener> listenerOf(L7PolicyId id) {
    return listeners.stream()
        .filter(it -> it.policies().stream().anyMatch(policy -> policy.id().equals(id)))
        .findFirst();
  }

  public Optional<L7Policy> policy(L7PolicyId id) {
    return policies().filter(it -> it.id().equals(id)).findFirst();
  }

  public Stream<L7Policy> policies() {
    return listeners.stream().flatMap(it -> it.policies().stream());
  }

  /// Listeners that send requests to a pool: by default, or by an enabled policy that has a rule.
  public List<Listener> listenersUsing(PoolId pool) {
    return listeners.stream()
        .filter(
            it ->
                pool.equals(it.defaultPool())
                    || it.policies().stream().anyMatch(policy -> redirects(policy, pool)))
        .toList();
  }

  private static boolean redirects(L7Policy policy, PoolId pool) {
    return policy.adminStateUp()
        && !policy.rules().isEmpty()
        && policy.action() instanceof L7Action.ToPool(PoolId target)
        && target.equals(pool);
  }

  public LoadBalancerTree with(LoadBalancer next) {
    return new LoadBalancerTree(next, generation, listeners, pools);
  }

  public LoadBalancerTree withListeners(List<Listener> next) {
    return new LoadBalancerTree(loadBalancer, generation, next, pools);
  }

  public LoadBalancerTree withPools(List<Pool> next) {
    return new LoadBalancerTree(loadBalancer, generation, listeners, next);
  }

  public LoadBalancerTree nextGeneration() {
    return new LoadBalancerTree(loadBalancer, generation + 1, listeners, pools);
  }

  /// The tree with one listener changed.
  public LoadBalancerTree mapListener(ListenerId id, UnaryOperator<Listener> change) {
    return withListeners(
        listeners.stream().map(it -> it.id().equals(id) ? change.apply(it) : it).toList());
  }

  /// The tree with one pool changed.
  public LoadBalancerTree mapPool(@Nullable PoolId id, UnaryOperator<Pool> change) {
    return withPools(pools.stream().map(it -> it.id().equals(id) ? change.apply(it) : it).toList());
  }
}
