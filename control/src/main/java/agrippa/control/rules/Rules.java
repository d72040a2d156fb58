package agrippa.control.rules;

import agrippa.control.Catalog;
import agrippa.control.Change;
import agrippa.control.Inventory;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.control.Verdict.Accepted;
import agrippa.control.Verdict.Refused;
import agrippa.model.HealthMonitor;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.L7RuleId;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.MemberId;
import agrippa.model.Placement;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// May a change happen? Finds what it is about (404), checks that the caller may touch it (403),
/// and leaves the rest to the rules of the resource.
public final class Rules {
  private final Inventory inventory;
  private final Terms terms;
  private final Change.ToTree change;
  // The tree that the change turned out to be about.
  private @Nullable LoadBalancerTree seen;

  private Rules(Inventory inventory, Terms terms, Change.ToTree change) {
    this.inventory = inventory;
    this.terms = terms;
    this.change = change;
  }

  /// Decides about a new load balancer.
  public static Plan plan(Change.CreateLoadBalancer change, Terms terms) {
    try {
      return new LoadBalancerRules(terms).create(change);
    } catch (RefusedException e) {
      return new Plan.Refuse(e.why());
    }
  }

  /// What speaks against a new load balancer's flavor and availability zone, which may have gone
  /// since [#plan].
  public static Optional<Refusal> objection(Placement placement, Catalog catalog) {
    try {
      new PlacementRules(catalog).requireOffered(placement);
      return Optional.empty();
    } catch (RefusedException e) {
      return Optional.of(e.why());
    }
  }

  /// Decides about a load balancer that exists, or a part of one.
  public static Decision decide(Change.ToTree change, Inventory inventory, Terms terms) {
    var rules = new Rules(inventory, terms, change);
    try {
      var verdict = rules.decide();
      return new Decision(Optional.ofNullable(rules.seen), verdict);
    } catch (RefusedException e) {
      return new Decision(Optional.ofNullable(rules.seen), new Refused(e.why()));
    }
  }

  private Accepted decide() {
    return switch (change) {
      case Change.UpdateLoadBalancer it ->
          accepted(new LoadBalancerRules(terms).update(tree(it.id()), it), it.id().value());
      case Change.DeleteLoadBalancer it ->
          accepted(new LoadBalancerRules(terms).delete(tree(it.id()), it), it.id().value());
      case Change.FailOver it ->
          accepted(new LoadBalancerRules(terms).failOver(tree(it.id()), it), it.id().value());
      case Change.FailOverAmphora it ->
          accepted(new LoadBalancerRules(terms).failOver(tree(it.id()), it), it.id().value());
      case Change.CreateListener it -> create(it);
      case Change.UpdateListener it -> {
        var tree = tree(it.id());
        var listener = tree.listener(it.id()).orElseThrow();
        yield accepted(new ListenerRules(terms).update(tree, listener, it), it.id().value());
      }
      case Change.DeleteListener it -> {
        var tree = tree(it.id());
        var listener = tree.listener(it.id()).orElseThrow();
        yield accepted(new ListenerRules(terms).delete(tree, listener), it.id().value());
      }
      case Change.CreatePool it -> create(it);
      case Change.UpdatePool it -> {
        var tree = tree(it.id());
        yield accepted(new PoolRules(terms).update(tree, pool(tree, it.id()), it), it.id().value());
      }
      case Change.DeletePool it -> {
        var tree = tree(it.id());
        yield accepted(new PoolRules(terms).delete(tree, pool(tree, it.id())), it.id().value());
      }
      case Change.CreateMember it -> create(it);
      case Change.UpdateMember it -> {
        var tree = tree(it.pool());
        var pool = pool(tree, it.pool());
        yield accepted(
            new MemberRules(terms).update(tree, pool, member(pool, it.id()), it), it.id().value());
      }
      case Change.DeleteMember it -> {
        var tree = tree(it.pool());
        var pool = pool(tree, it.pool());
        yield accepted(
            new MemberRules(terms).delete(tree, pool, member(pool, it.id())), it.id().value());
      }
      case Change.ReplaceMembers it -> {
        var tree = tree(it.pool());
        yield accepted(
            new MemberRules(terms).replace(tree, pool(tree, it.pool()), it), it.pool().value());
      }
      case Change.CreateHealthMonitor it -> create(it);
      case Change.UpdateHealthMonitor it -> {
        var tree = tree(it.id());
        var pool = tree.poolOf(it.id()).orElseThrow();
        yield accepted(
            new HealthMonitorRules(terms).update(tree, pool, monitor(pool), it), it.id().value());
      }
      case Change.DeleteHealthMonitor it -> {
        var tree = tree(it.id());
        var pool = tree.poolOf(it.id()).orElseThrow();
        yield accepted(
            new HealthMonitorRules(terms).delete(tree, pool, monitor(pool)), it.id().value());
      }
      case Change.CreateL7Policy it -> create(it);
      case Change.UpdateL7Policy it -> {
        var tree = tree(it.id());
        yield accepted(
            new L7PolicyRules(terms)
                .update(tree, listener(tree, it.id()), policy(tree, it.id()), it),
            it.id().value());
      }
      case Change.DeleteL7Policy it -> {
        var tree = tree(it.id());
        yield accepted(
            new L7PolicyRules(terms).delete(tree, listener(tree, it.id()), policy(tree, it.id())),
            it.id().value());
      }
      case Change.CreateL7Rule it -> create(it);
      case Change.UpdateL7Rule it -> {
        var tree = tree(it.policy());
        var policy = policy(tree, it.policy());
        yield accepted(
            new L7RuleRules(terms)
                .update(tree, listener(tree, it.policy()), policy, rule(policy, it.id()), it),
            it.id().value());
      }
      case Change.DeleteL7Rule it -> {
        var tree = tree(it.policy());
        var policy = policy(tree, it.policy());
        yield accepted(
            new L7RuleRules(terms)
                .delete(tree, listener(tree, it.policy()), policy, rule(policy, it.id())),
            it.id().value());
      }
    };
  }

  private Accepted create(Change.CreateListener change) {
    var tree = tree(change.loadBalancer());
    var id = new ListenerId(terms.ids().get());
    return accepted(new ListenerRules(terms).create(tree, change, id), id.value());
  }

  private Accepted create(Change.CreatePool change) {
    var tree = treeFor(change);
    var id = new PoolId(terms.ids().get());
    return accepted(new PoolRules(terms).create(tree, change, id), id.value());
  }

  private LoadBalancerTree treeFor(Change.CreatePool change) {
    var loadBalancer = change.loadBalancer();
    var listener = change.listener();
    if (loadBalancer != null) {
      return tree(loadBalancer);
    }
    if (listener != null) {
      return tree(listener);
    }
    throw RefusedException.invalid("Must provide at least one of: loadbalancer_id, listener_id");
  }

  private Accepted create(Change.CreateMember change) {
    var tree = tree(change.pool());
    var id = new MemberId(terms.ids().get());
    return accepted(
        new MemberRules(terms).create(tree, pool(tree, change.pool()), change, id), id.value());
  }

  private Accepted create(Change.CreateHealthMonitor change) {
    var tree = tree(change.pool());
    var id = new HealthMonitorId(terms.ids().get());
    return accepted(
        new HealthMonitorRules(terms).create(tree, pool(tree, change.pool()), change, id),
        id.value());
  }

  private Accepted create(Change.CreateL7Policy change) {
    var tree = tree(change.listener());
    var id = new L7PolicyId(terms.ids().get());
    var listener = tree.listener(change.listener()).orElseThrow();
    return accepted(new L7PolicyRules(terms).create(tree, listener, change, id), id.value());
  }

  private Accepted create(Change.CreateL7Rule change) {
    var tree = tree(change.policy());
    var id = new L7RuleId(terms.ids().get());
    return accepted(
        new L7RuleRules(terms)
            .create(
                tree, listener(tree, change.policy()), policy(tree, change.policy()), change, id),
        id.value());
  }

  private static Accepted accepted(LoadBalancerTree tree, UUID subject) {
    return new Accepted(tree, subject);
  }

  private LoadBalancerTree tree(LoadBalancerId id) {
    return open(inventory.tree(id), Kind.LOAD_BALANCER, id);
  }

  private LoadBalancerTree tree(ListenerId id) {
    return open(inventory.treeOf(id), Kind.LISTENER, id);
  }

  private LoadBalancerTree tree(PoolId id) {
    return open(inventory.treeOf(id), Kind.POOL, id);
  }

  private LoadBalancerTree tree(HealthMonitorId id) {
    return open(inventory.treeOf(id), Kind.HEALTH_MONITOR, id);
  }

  private LoadBalancerTree tree(L7PolicyId id) {
    return open(inventory.treeOf(id), Kind.L7_POLICY, id);
  }

  private LoadBalancerTree open(Optional<LoadBalancerTree> found, Kind kind, Object id) {
    var tree = found.orElseThrow(() -> RefusedException.notFound(kind, id));
    seen = tree;
    terms.requireAllowed(change, tree.loadBalancer().project());
    return tree;
  }

  private static Pool pool(LoadBalancerTree tree, PoolId id) {
    return tree.pool(id).orElseThrow();
  }

  private static Member member(Pool pool, MemberId id) {
    return pool.members().stream()
        .filter(it -> it.id().equals(id))
        .findFirst()
        .orElseThrow(() -> RefusedException.notFound(Kind.MEMBER, id));
  }

  private static HealthMonitor monitor(Pool pool) {
    return Optional.ofNullable(pool.monitor()).orElseThrow();
  }

  private static Listener listener(LoadBalancerTree tree, L7PolicyId policy) {
    return tree.listenerOf(policy).orElseThrow();
  }

  private static L7Policy policy(LoadBalancerTree tree, L7PolicyId id) {
    return tree.policy(id).orElseThrow();
  }

  private static L7Rule rule(L7Policy policy, L7RuleId id) {
    return policy.rules().stream()
        .filter(it -> it.id().equals(id))
        .findFirst()
        .orElseThrow(() -> RefusedException.notFound(Kind.L7_RULE, id));
  }
}
