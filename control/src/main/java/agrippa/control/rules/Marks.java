package agrippa.control.rules;

import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_DELETE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;

import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.model.L7PolicyId;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import java.time.Instant;
import java.util.function.Predicate;

/// The statuses that an accepted change gives, and those that it must find. The load balancer's is
/// the lock: a change of any part needs it ACTIVE and makes it PENDING.
final class Marks {
  private Marks() {}

  static Lifecycle created(Instant now) {
    return created(now, OperatingStatus.OFFLINE);
  }

  static Lifecycle created(Instant now, OperatingStatus operating) {
    return new Lifecycle(now, null, PENDING_CREATE, operating);
  }

  static Lifecycle updated(Lifecycle lifecycle, Instant now) {
    return lifecycle.updated(now).with(PENDING_UPDATE);
  }

  static Lifecycle deleted(Lifecycle lifecycle) {
    return lifecycle.with(PENDING_DELETE);
  }

  static boolean stays(Lifecycle lifecycle) {
    return lifecycle.provisioning() != PENDING_DELETE;
  }

  /// For a change of any part of the tree.
  static void requireMutable(LoadBalancerTree tree) {
    require(tree.loadBalancer().lifecycle(), Kind.LOAD_BALANCER, tree.id());
  }

  /// For a change of a part of something that Octavia tests on its own.
  static void require(Lifecycle lifecycle, Kind kind, Object id) {
    if (lifecycle.provisioning() != ACTIVE) {
      throw new RefusedException(new Refusal.Immutable(kind, id.toString()));
    }
  }

  /// For a deletion or a failover of the whole tree, which are the ways out of ERROR.
  static void requireSettled(LoadBalancerTree tree) {
    var status = tree.loadBalancer().lifecycle().provisioning();
    if (status.pending()) {
      throw new RefusedException(new Refusal.InvalidState(status, tree.id().toString()));
    }
  }

  /// For a change of the load balancer itself.
  static void requireActive(LoadBalancerTree tree) {
    var status = tree.loadBalancer().lifecycle().provisioning();
    if (status != ACTIVE) {
      throw new RefusedException(new Refusal.InvalidState(status, tree.id().toString()));
    }
  }

  /// The load balancer waits along.
  static LoadBalancerTree along(LoadBalancerTree tree) {
    var loadBalancer = tree.loadBalancer();
    return tree.with(loadBalancer.with(loadBalancer.lifecycle().with(PENDING_UPDATE)));
  }

  /// A listener and the load balancer wait along.
  static LoadBalancerTree along(LoadBalancerTree tree, ListenerId listener) {
    return alongWith(tree, it -> it.id().equals(listener));
  }

  /// The listeners that use a pool and the load balancer wait along.
  static LoadBalancerTree alongUsers(LoadBalancerTree tree, PoolId pool) {
    var users = tree.listenersUsing(pool).stream().map(Listener::id).toList();
    return alongWith(tree, it -> users.contains(it.id()));
  }

  /// A pool, the listeners that use it and the load balancer wait along.
  static LoadBalancerTree along(LoadBalancerTree tree, Pool pool) {
    return alongUsers(tree, pool.id())
        .mapPool(pool.id(), it -> it.with(it.lifecycle().with(PENDING_UPDATE)));
  }

  /// A policy, its listener and the load balancer wait along.
  static LoadBalancerTree along(LoadBalancerTree tree, Listener listener, L7PolicyId policy) {
    return along(tree, listener.id())
        .mapListener(
            listener.id(),
            it ->
                it.withPolicies(
                    it.policies().stream()
                        .map(
                            one ->
                                one.id().equals(policy)
                                    ? one.with(one.lifecycle().with(PENDING_UPDATE))
                                    : one)
                        .toList()));
  }

  private static LoadBalancerTree alongWith(LoadBalancerTree tree, Predicate<Listener> which) {
    return along(tree)
        .withListeners(
            tree.listeners().stream()
                .map(it -> which.test(it) ? it.with(it.lifecycle().with(PENDING_UPDATE)) : it)
                .toList());
  }
}
