package agrippa.control.rules;

import agrippa.control.Attributes.OfL7Policy;
import agrippa.control.Change.CreateL7Policy;
import agrippa.control.Change.UpdateL7Policy;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.model.Countable;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.Labels;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.PoolId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// L7 policies. Positions count from 1 without gaps: a policy's is its rank in the list.
final class L7PolicyRules {
  private final Terms terms;

  L7PolicyRules(Terms terms) {
    this.terms = terms;
  }

  LoadBalancerTree create(
      LoadBalancerTree tree, Listener listener, CreateL7Policy change, L7PolicyId id) {
    var given = change.attributes();
    Protocols.requireChildren(listener.protocol());
    requirePool(tree, listener, given.redirectPool());
    terms.requireRoom(tree, Countable.L7_POLICY, 1);
    var policy = build(id, given, given.redirectPool().orNull(null), List.of());
    Marks.requireMutable(tree);
    return Marks.along(tree, listener.id())
        .mapListener(
            listener.id(),
            it -> it.withPolicies(inserted(it.policies(), policy, given.position())));
  }

  private static void requirePool(LoadBalancerTree tree, Listener listener, Patch<PoolId> given) {
    if (given instanceof Patch.Set<PoolId>(var id)) {
      var pool = tree.pool(id).orElseThrow(() -> RefusedException.notFound(Kind.POOL, id));
      Protocols.requireMatch(listener.protocol(), pool.protocol());
    }
  }

  /// A new policy, after all checks that depend on its own attributes.
  ///
  /// @param pool that it may redirect to, or null
  L7Policy build(L7PolicyId id, OfL7Policy given, @Nullable PoolId pool, List<L7Rule> rules) {
    return new L7Policy(
        id,
        Naming.labels(given.common(), Labels.NONE),
        Naming.adminStateUp(given.common(), true),
        L7Actions.create(given, pool),
        rules,
        Marks.created(terms.now()));
  }

  LoadBalancerTree update(
      LoadBalancerTree tree, Listener listener, L7Policy old, UpdateL7Policy change) {
    var given = change.attributes();
    requirePool(tree, listener, given.redirectPool());
    var next =
        new L7Policy(
            old.id(),
            Naming.labels(given.common(), old.labels()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            L7Actions.update(old.action(), given),
            old.rules(),
            Marks.updated(old.lifecycle(), terms.now()));
    Marks.requireMutable(tree);
    return Marks.along(tree, listener.id())
        .mapListener(
            listener.id(), it -> it.withPolicies(moved(it.policies(), next, given.position())));
  }

  /// In the given position, or last.
  static List<L7Policy> inserted(
      List<L7Policy> policies, L7Policy policy, Patch<Integer> position) {
    var next = new ArrayList<>(policies);
    int last = policies.size();
    int index = position.over(Integer.MAX_VALUE, Integer.MAX_VALUE) - 1;
    next.add(Math.min(index, last), policy);
    return next;
  }

  private static List<L7Policy> moved(
      List<L7Policy> policies, L7Policy policy, Patch<Integer> position) {
    if (!position.given()) {
      return policies.stream().map(it -> it.id().equals(policy.id()) ? policy : it).toList();
    }
    var others = policies.stream().filter(it -> !it.id().equals(policy.id())).toList();
    return inserted(others, policy, position);
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Listener listener, L7Policy policy) {
    Marks.requireMutable(tree);
    return Marks.along(tree, listener.id())
        .mapListener(
            listener.id(),
            it ->
                it.withPolicies(
                    it.policies().stream()
                        .map(
                            one ->
                                one.id().equals(policy.id())
                                    ? one.with(Marks.deleted(one.lifecycle()))
                                    : one)
                        .toList()));
  }
}
