package agrippa.control;

import static agrippa.model.ProvisioningStatus.ACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.model.HealthMonitor;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.Lifecycle;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;

/// What is true of every control plane.
final class Invariants {
  private Invariants() {}

  /// True at any time.
  static void check(Rig rig) {
    var trees = rig.plane.inventory().all();
    assertThat(trees).isSortedAccordingTo(age());
    var ids = trees.stream().flatMap(tree -> ids(tree).stream()).toList();
    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
    trees.forEach(tree -> checkReferences(rig, tree));
    assertThat(rig.store.load().stream().map(Invariants::stored))
        .containsExactlyInAnyOrderElementsOf(trees.stream().map(Invariants::stored).toList());
  }

  private static Comparator<LoadBalancerTree> age() {
    return Comparator.comparing(tree -> tree.loadBalancer().lifecycle().createdAt());
  }

  private static void checkReferences(Rig rig, LoadBalancerTree tree) {
    var inventory = rig.plane.inventory();
    for (var listener : tree.listeners()) {
      assertThat(inventory.treeOf(listener.id())).contains(tree);
      if (listener.defaultPool() != null) {
        assertThat(tree.pool(listener.defaultPool())).isPresent();
      }
      for (var policy : listener.policies()) {
        assertThat(inventory.treeOf(policy.id())).contains(tree);
        assertThat(policy.rules()).hasSizeLessThanOrEqualTo(L7Policy.MAX_RULES);
        if (policy.action() instanceof L7Action.ToPool(var pool)) {
          assertThat(tree.pool(pool)).isPresent();
        }
      }
    }
    for (var pool : tree.pools()) {
      assertThat(inventory.treeOf(pool.id())).contains(tree);
      if (pool.monitor() != null) {
        assertThat(inventory.treeOf(pool.monitor().id())).contains(tree);
      }
    }
  }

  /// True when nothing is left to do and the world lets itself be made.
  static void checkAtRest(Rig rig) {
    check(rig);
    var trees = rig.plane.inventory().all();
    for (var tree : trees) {
      assertThat(lifecycles(tree)).noneMatch(it -> it.provisioning().pending());
      assertThat(bare(rig.provider.world().get(tree.id()))).isEqualTo(bare(tree));
    }
    var ids = trees.stream().map(LoadBalancerTree::id).toList();
    assertThat(rig.provider.world()).containsOnlyKeys(ids);
    assertThat(rig.networks.held()).containsOnlyKeys(ids);
  }

  /// Operating statuses are stored only along with other changes.
  private static LoadBalancerTree stored(LoadBalancerTree tree) {
    return mapped(tree, it -> it.with(OperatingStatus.OFFLINE));
  }

  /// What there is, whatever became of it.
  private static LoadBalancerTree bare(LoadBalancerTree tree) {
    var nothing = new Lifecycle(Instant.EPOCH, null, ACTIVE, OperatingStatus.OFFLINE);
    var loadBalancer = tree.loadBalancer();
    return new LoadBalancerTree(loadBalancer, 0, tree.listeners(), tree.pools())
        .withListeners(mapped(tree, it -> nothing).listeners())
        .withPools(mapped(tree, it -> nothing).pools())
        .with(loadBalancer.with(nothing));
  }

  private static LoadBalancerTree mapped(LoadBalancerTree tree, UnaryOperator<Lifecycle> change) {
    var loadBalancer = tree.loadBalancer();
    return tree.with(loadBalancer.with(change.apply(loadBalancer.lifecycle())))
        .withListeners(tree.listeners().stream().map(it -> mapped(it, change)).toList())
        .withPools(tree.pools().stream().map(it -> mapped(it, change)).toList());
  }

  private static Listener mapped(Listener listener, UnaryOperator<Lifecycle> change) {
    return listener
        .with(change.apply(listener.lifecycle()))
        .withPolicies(listener.policies().stream().map(it -> mapped(it, change)).toList());
  }

  private static L7Policy mapped(L7Policy policy, UnaryOperator<Lifecycle> change) {
    return policy
        .with(change.apply(policy.lifecycle()))
        .withRules(
            policy.rules().stream().map(it -> it.with(change.apply(it.lifecycle()))).toList());
  }

  private static Pool mapped(Pool pool, UnaryOperator<Lifecycle> change) {
    var monitor = pool.monitor();
    return pool.with(change.apply(pool.lifecycle()))
        .withMembers(
            pool.members().stream().map(it -> it.with(change.apply(it.lifecycle()))).toList())
        .withMonitor(monitor == null ? null : monitor.with(change.apply(monitor.lifecycle())));
  }

  private static List<Object> ids(LoadBalancerTree tree) {
    var ids = new ArrayList<Object>();
    ids.add(tree.id().value());
    for (var listener : tree.listeners()) {
      ids.add(listener.id().value());
      for (var policy : listener.policies()) {
        ids.add(policy.id().value());
        policy.rules().forEach(it -> ids.add(it.id().value()));
      }
    }
    for (var pool : tree.pools()) {
      ids.add(pool.id().value());
      pool.members().forEach(it -> ids.add(it.id().value()));
    }
    return ids;
  }

  static List<Lifecycle> lifecycles(LoadBalancerTree tree) {
    var all = new ArrayList<Lifecycle>();
    all.add(tree.loadBalancer().lifecycle());
    tree.listeners().stream().map(Listener::lifecycle).forEach(all::add);
    tree.policies().map(L7Policy::lifecycle).forEach(all::add);
    tree.policies().flatMap(it -> it.rules().stream()).map(L7Rule::lifecycle).forEach(all::add);
    for (var pool : tree.pools()) {
      all.add(pool.lifecycle());
      pool.members().stream().map(Member::lifecycle).forEach(all::add);
      HealthMonitor monitor = pool.monitor();
      if (monitor != null) {
        all.add(monitor.lifecycle());
      }
    }
    return all;
  }

  static List<Pool> pools(Rig rig) {
    return rig.plane.inventory().all().stream().flatMap(it -> it.pools().stream()).toList();
  }

  static List<Listener> listeners(Rig rig) {
    return rig.plane.inventory().all().stream().flatMap(it -> it.listeners().stream()).toList();
  }
}
