package agrippa.control.reconcile;

import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.ERROR;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_DELETE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;

import agrippa.control.spi.Provider.Outcome;
import agrippa.model.HealthMonitor;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.ProvisioningStatus;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

/// What provisioning statuses follow from what became of converging: (tree, outcome) → tree.
///
/// After success all is ACTIVE and what was to be deleted is gone; a listener that could not be
/// served is in ERROR. After failure the thing that was changed is in ERROR and those above it,
/// which were PENDING only along with it, are ACTIVE again. ERROR is no dead end: a later success
/// settles it like anything else.
public final class Settlement {
  private final Instant now;

  private Settlement(Instant now) {
    this.now = now;
  }

  /// The tree as the world shall match it: without what is being deleted.
  public static LoadBalancerTree desired(LoadBalancerTree tree) {
    var pools = tree.pools().stream().filter(it -> stays(it.lifecycle())).toList();
    var listeners =
        tree.listeners().stream()
            .filter(it -> stays(it.lifecycle()))
            .map(it -> leadsAstray(it, tree) ? it.withDefaultPool(null) : it)
            .map(Settlement::desired)
            .toList();
    return tree.withPools(pools.stream().map(Settlement::desired).toList())
        .withListeners(listeners);
  }

  /// Whether a listener's default pool is being deleted.
  private static boolean leadsAstray(Listener listener, LoadBalancerTree tree) {
    var pool = listener.defaultPool();
    return pool != null && tree.pool(pool).filter(it -> stays(it.lifecycle())).isEmpty();
  }

  private static Listener desired(Listener listener) {
    return listener.withPolicies(
        listener.policies().stream()
            .filter(it -> stays(it.lifecycle()))
            .map(
                it ->
                    it.withRules(
                        it.rules().stream().filter(rule -> stays(rule.lifecycle())).toList()))
            .toList());
  }

  private static Pool desired(Pool pool) {
    var monitor = pool.monitor();
    return pool.withMembers(pool.members().stream().filter(it -> stays(it.lifecycle())).toList())
        .withMonitor(monitor != null && stays(monitor.lifecycle()) ? monitor : null);
  }

  private static boolean stays(Lifecycle lifecycle) {
    return lifecycle.provisioning() != PENDING_DELETE;
  }

  /// The tree after an attempt to make the world match it. Its generation is that of the tree.
  ///
  /// @param now becomes the time of the last update of everything whose status changes
  public static LoadBalancerTree settle(LoadBalancerTree tree, Outcome outcome, Instant now) {
    var settlement = new Settlement(now);
    return switch (outcome) {
      case Outcome.Converged(var failed) -> settlement.success(tree, failed.keySet());
      case Outcome.Failed(var reason) -> settlement.failure(tree);
    };
  }

  private LoadBalancerTree success(LoadBalancerTree before, Set<ListenerId> failed) {
    var tree = desired(before);
    var loadBalancer = tree.loadBalancer();
    return tree.with(loadBalancer.with(to(ACTIVE, loadBalancer.lifecycle())))
        .withListeners(tree.listeners().stream().map(it -> served(it, failed)).toList())
        .withPools(
            tree.pools().stream()
                .map(it -> served(it, before.pool(it.id()).orElseThrow()))
                .toList());
  }

  private Listener served(Listener listener, Set<ListenerId> failed) {
    var status = failed.contains(listener.id()) ? ERROR : ACTIVE;
    return listener
        .with(to(status, listener.lifecycle()))
        .withPolicies(listener.policies().stream().map(this::served).toList());
  }

  private L7Policy served(L7Policy policy) {
    return policy
        .with(atWork(policy.adminStateUp(), policy.lifecycle()))
        .withRules(
            policy.rules().stream()
                .map(it -> it.with(atWork(it.adminStateUp(), it.lifecycle())))
                .toList());
  }

  private Pool served(Pool pool, Pool before) {
    var monitor = pool.monitor();
    boolean unwatched = monitor == null && before.monitor() != null;
    return pool.with(to(ACTIVE, pool.lifecycle()))
        .withMembers(pool.members().stream().map(it -> served(it, unwatched)).toList())
        .withMonitor(
            monitor == null
                ? null
                : monitor.with(atWork(monitor.adminStateUp(), monitor.lifecycle())));
  }

  private Member served(Member member, boolean unwatched) {
    var lifecycle = to(ACTIVE, member.lifecycle());
    return member.with(unwatched ? lifecycle.with(OperatingStatus.NO_MONITOR) : lifecycle);
  }

  /// Health monitors, policies and rules are at work as soon as they are in place.
  private Lifecycle atWork(boolean adminStateUp, Lifecycle lifecycle) {
    return to(ACTIVE, lifecycle)
        .with(adminStateUp ? OperatingStatus.ONLINE : OperatingStatus.OFFLINE);
  }

  private LoadBalancerTree failure(LoadBalancerTree tree) {
    var loadBalancer = tree.loadBalancer();
    boolean below = parts(tree).anyMatch(it -> it.provisioning().pending());
    boolean created = loadBalancer.lifecycle().provisioning() == PENDING_CREATE;
    boolean poolsPending = tree.pools().stream().anyMatch(it -> pending(it.lifecycle()));
    return tree.with(loadBalancer.with(blame(loadBalancer.lifecycle(), below && !created)))
        .withListeners(tree.listeners().stream().map(it -> failed(it, poolsPending)).toList())
        .withPools(tree.pools().stream().map(this::failed).toList());
  }

  private Listener failed(Listener listener, boolean poolsPending) {
    boolean along =
        poolsPending || listener.policies().stream().anyMatch(it -> pending(it.lifecycle()));
    return listener
        .with(blame(listener.lifecycle(), along))
        .withPolicies(listener.policies().stream().map(this::failed).toList());
  }

  private L7Policy failed(L7Policy policy) {
    boolean along = policy.rules().stream().anyMatch(it -> pending(it.lifecycle()));
    return policy
        .with(blame(policy.lifecycle(), along))
        .withRules(
            policy.rules().stream().map(it -> it.with(blame(it.lifecycle(), false))).toList());
  }

  private Pool failed(Pool pool) {
    var monitor = pool.monitor();
    boolean along =
        pool.members().stream().anyMatch(it -> pending(it.lifecycle()))
            || (monitor != null && pending(monitor.lifecycle()));
    return pool.with(blame(pool.lifecycle(), along))
        .withMembers(
            pool.members().stream().map(it -> it.with(blame(it.lifecycle(), false))).toList())
        .withMonitor(monitor == null ? null : monitor.with(blame(monitor.lifecycle(), false)));
  }

  /// @param along whether something below is PENDING, so that a PENDING_UPDATE came along with it
  private Lifecycle blame(Lifecycle lifecycle, boolean along) {
    if (!pending(lifecycle)) {
      return lifecycle;
    }
    return to(along && lifecycle.provisioning() == PENDING_UPDATE ? ACTIVE : ERROR, lifecycle);
  }

  private Lifecycle to(ProvisioningStatus status, Lifecycle lifecycle) {
    return lifecycle.provisioning() == status ? lifecycle : lifecycle.updated(now).with(status);
  }

  private static boolean pending(Lifecycle lifecycle) {
    return lifecycle.provisioning().pending();
  }

  private static Stream<Lifecycle> parts(LoadBalancerTree tree) {
    return Stream.concat(
        tree.listeners().stream().flatMap(Settlement::parts),
        tree.pools().stream().flatMap(Settlement::parts));
  }

  private static Stream<Lifecycle> parts(Listener listener) {
    return Stream.concat(
        Stream.of(listener.lifecycle()),
        listener.policies().stream()
            .flatMap(
                it ->
                    Stream.concat(
                        Stream.of(it.lifecycle()), it.rules().stream().map(L7Rule::lifecycle))));
  }

  private static Stream<Lifecycle> parts(Pool pool) {
    return Stream.concat(
        Stream.of(pool.lifecycle()),
        Stream.concat(
            pool.members().stream().map(Member::lifecycle),
            Stream.ofNullable(pool.monitor()).map(HealthMonitor::lifecycle)));
  }
}
