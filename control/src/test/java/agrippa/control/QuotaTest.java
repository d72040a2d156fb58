package agrippa.control;

import static agrippa.model.Countable.HEALTH_MONITOR;
import static agrippa.model.Countable.L7_POLICY;
import static agrippa.model.Countable.L7_RULE;
import static agrippa.model.Countable.LISTENER;
import static agrippa.model.Countable.LOAD_BALANCER;
import static agrippa.model.Countable.MEMBER;
import static agrippa.model.Countable.POOL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.testing.Requests;
import agrippa.model.Countable;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.MonitorType;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// No project has more than its quota, whatever happens.
class QuotaTest {
  private static final ProjectId PROJECT = Rig.OWNER.project();

  private final Rig rig = new Rig();

  private void limit(Countable kind, int limit) {
    rig.plane.quotas().change(PROJECT, Map.of(kind, Patch.set(limit)));
  }

  private void assertMet(Countable kind, Change change) {
    assertThat(rig.refused(change)).isEqualTo(new Refusal.QuotaMet(kind));
  }

  private static Change.CreateListener listener(LoadBalancerId on, int port) {
    return new Change.CreateListener(on, ListenerProtocol.HTTP, port, Requests.listener());
  }

  private static Change.CreatePool pool(LoadBalancerId on) {
    return new Change.CreatePool(on, null, PoolProtocol.HTTP, Requests.pool());
  }

  private static Change.CreateMember member(PoolId pool, String address) {
    return new Change.CreateMember(pool, Requests.member(address, 80));
  }

  private static Change.CreateHealthMonitor monitor(PoolId pool) {
    return new Change.CreateHealthMonitor(pool, MonitorType.TCP, Requests.monitor());
  }

  private static Change.CreateL7Policy policy(ListenerId listener) {
    return new Change.CreateL7Policy(listener, Requests.policy("action", "REJECT"));
  }

  private static Change.CreateL7Rule rule(L7PolicyId policy) {
    return new Change.CreateL7Rule(
        policy, Requests.rule(L7Rule.Type.PATH, L7Rule.CompareType.STARTS_WITH, "value", "/a"));
  }

  @Test
  void everyKindIsCounted() {
    var id = rig.newLoadBalancer();
    limit(LOAD_BALANCER, 1);
    assertMet(LOAD_BALANCER, rig.creation());

    var listener = new ListenerId(rig.done(listener(id, 80)));
    limit(LISTENER, 1);
    assertMet(LISTENER, listener(id, 81));

    var pool = new PoolId(rig.done(pool(id)));
    limit(POOL, 1);
    assertMet(POOL, pool(id));

    rig.done(member(pool, "10.0.0.7"));
    limit(MEMBER, 1);
    assertMet(MEMBER, member(pool, "10.0.0.8"));

    rig.done(monitor(pool));
    limit(HEALTH_MONITOR, 1);
    assertMet(HEALTH_MONITOR, monitor(pool));

    var policy = new L7PolicyId(rig.done(policy(listener)));
    limit(L7_POLICY, 1);
    assertMet(L7_POLICY, policy(listener));

    rig.done(rule(policy));
    limit(L7_RULE, 1);
    assertMet(L7_RULE, rule(policy));
  }

  @Test
  void anotherProjectIsNoneOfItsBusiness() {
    limit(LOAD_BALANCER, 0);
    assertMet(LOAD_BALANCER, rig.creation());
    assertThat(rig.submit(Rig.STRANGER, rig.creation())).isInstanceOf(Verdict.Accepted.class);
  }

  /// An admin's requests count for the project that they are about.
  @Test
  void theOwnersQuotaCountsWhoeverAsks() {
    var id = rig.newLoadBalancer();
    limit(LISTENER, 0);
    assertThat(rig.refused(Rig.ADMIN, listener(id, 80))).isEqualTo(new Refusal.QuotaMet(LISTENER));
  }

  @Test
  void defaultsHoldWhereNothingIsSaid() {
    var strict = new Rig(ControlSettings.DEFAULT.with(Quota.SILENT.with(LISTENER, 0)));
    var id = strict.newLoadBalancer();
    assertThat(strict.refused(listener(id, 80))).isEqualTo(new Refusal.QuotaMet(LISTENER));
    strict.plane.quotas().change(PROJECT, Map.of(LISTENER, Patch.set(Quota.UNLIMITED)));
    strict.newListener(id, ListenerProtocol.HTTP, 80);
    strict.plane.quotas().change(PROJECT, Map.of(LISTENER, Patch.reset()));
    assertThat(strict.refused(listener(id, 81))).isEqualTo(new Refusal.QuotaMet(LISTENER));
  }

  @Test
  void aLimitBelowWhatThereIsOnlyKeepsMoreAway() {
    var id = rig.newLoadBalancer();
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    limit(LISTENER, 0);
    rig.done(new Change.UpdateListener(listener, Requests.listener("name", "x")));
    rig.newPool(listener, PoolProtocol.HTTP);
    assertMet(LISTENER, listener(id, 81));
  }

  /// Octavia looks at the quota before the default pool and before the state.
  @Test
  void theCheckHasItsPlaceAmongOthers() {
    var id = rig.newLoadBalancer();
    limit(LISTENER, 0);
    limit(POOL, 0);
    limit(MEMBER, 0);
    rig.accepted(new Change.UpdateLoadBalancer(id, Requests.loadBalancer()));
    assertMet(
        LISTENER,
        new Change.CreateListener(
            id,
            ListenerProtocol.HTTP,
            80,
            Requests.listener("defaultPool", new PoolId(new UUID(0, 0)))));
    assertMet(POOL, pool(id));
  }

  @Test
  void syntaxComesBeforeTheQuota() {
    var id = rig.newLoadBalancer();
    var pool = rig.newPool(id, PoolProtocol.HTTP);
    limit(MEMBER, 0);
    limit(HEALTH_MONITOR, 0);
    assertThat(rig.refused(member(pool, "169.254.169.254")))
        .isInstanceOf(Refusal.InvalidOption.class);
    assertThat(
            rig.refused(new Change.CreateHealthMonitor(pool, MonitorType.SCTP, Requests.monitor())))
        .isInstanceOf(Refusal.Invalid.class);
  }

  @Test
  void whatIsBeingDeletedBelowMakesRoomAtOnce() {
    var id = rig.newLoadBalancer();
    var other = rig.newLoadBalancer();
    var pool = rig.newPool(id, PoolProtocol.HTTP);
    rig.newMember(pool, "10.0.0.7");
    limit(POOL, 1);
    limit(MEMBER, 1);
    rig.accepted(new Change.DeletePool(pool));
    var next = new PoolId(rig.done(pool(other)));
    rig.done(member(next, "10.0.0.8"));
    assertMet(MEMBER, member(next, "10.0.0.9"));
  }

  @Test
  void aLoadBalancerCountsUntilItIsGone() {
    var id = rig.newLoadBalancer();
    rig.newListener(id, ListenerProtocol.HTTP, 80);
    limit(LOAD_BALANCER, 1);
    limit(LISTENER, 1);
    rig.accepted(new Change.DeleteLoadBalancer(id, true));
    assertMet(LOAD_BALANCER, rig.creation());
    rig.tasks.settle();
    var next = rig.newLoadBalancer();
    rig.newListener(next, ListenerProtocol.HTTP, 80);
  }

  @Test
  void aBatchMayReplaceAllThereMayBe() {
    var pool = rig.newPool(rig.newLoadBalancer(), PoolProtocol.HTTP);
    var first = List.of(Requests.member("10.0.0.1", 80), Requests.member("10.0.0.2", 80));
    var second = List.of(Requests.member("10.0.0.3", 80), Requests.member("10.0.0.4", 80));
    rig.done(new Change.ReplaceMembers(pool, first, false));
    limit(MEMBER, 2);
    assertMet(MEMBER, new Change.ReplaceMembers(pool, second, true));
    rig.done(new Change.ReplaceMembers(pool, second, false));
    var three = new ArrayList<>(first);
    three.add(second.getFirst());
    assertMet(MEMBER, new Change.ReplaceMembers(pool, three, false));
    assertThat(rig.pool(pool).members()).hasSize(2);
  }

  private Change.PoolGraph pool(String name, int members, boolean monitor) {
    var some = new ArrayList<Change.NewMember>();
    for (int i = 1; i <= members; i++) {
      some.add(Requests.member("10.0.0." + i, 80));
    }
    return new Change.PoolGraph(
        PoolProtocol.HTTP,
        Requests.pool("name", name),
        some,
        monitor ? new Change.HealthMonitorGraph(MonitorType.TCP, Requests.monitor()) : null,
        false);
  }

  private Change.CreateLoadBalancer graph() {
    var policy =
        new Change.L7PolicyGraph(
            policy(new ListenerId(new UUID(0, 0))).attributes(),
            null,
            List.of(
                Requests.rule(L7Rule.Type.PATH, L7Rule.CompareType.STARTS_WITH, "value", "/a"),
                Requests.rule(L7Rule.Type.PATH, L7Rule.CompareType.STARTS_WITH, "value", "/b")));
    var listeners = new ArrayList<Change.ListenerGraph>();
    for (int port = 80; port < 82; port++) {
      listeners.add(
          new Change.ListenerGraph(
              ListenerProtocol.HTTP, port, Requests.listener(), null, List.of(policy)));
    }
    return rig.graph(listeners, List.of(pool("a", 2, true), pool("b", 1, true)));
  }

  @Test
  void aGraphCountsAsAWhole() {
    var needs =
        Map.of(
            LOAD_BALANCER,
            1,
            LISTENER,
            2,
            POOL,
            2,
            MEMBER,
            3,
            HEALTH_MONITOR,
            2,
            L7_POLICY,
            2,
            L7_RULE,
            4);
    for (var kind : Countable.values()) {
      limit(kind, needs.get(kind) - 1);
      assertMet(kind, graph());
      limit(kind, needs.get(kind));
    }
    assertThat(rig.networks.claims()).isEmpty();
    rig.done(graph());
    for (var kind : Countable.values()) {
      assertMet(kind, oneMore(kind));
    }
  }

  private Change oneMore(Countable kind) {
    var tree = rig.plane.inventory().all().getFirst();
    var listener = tree.listeners().getFirst();
    var pool = tree.pools().getFirst().id();
    return switch (kind) {
      case LOAD_BALANCER -> rig.creation();
      case LISTENER -> listener(tree.id(), 90);
      case POOL -> pool(tree.id());
      case MEMBER -> member(pool, "10.0.0.99");
      case HEALTH_MONITOR -> monitor(pool);
      case L7_POLICY -> policy(listener.id());
      case L7_RULE -> rule(listener.policies().getFirst().id());
    };
  }

  @Test
  void aCrashForgetsNothing() {
    var id = rig.newLoadBalancer();
    rig.newListener(id, ListenerProtocol.HTTP, 80);
    limit(LISTENER, 1);
    rig.crash();
    rig.tasks.settle();
    assertThat(rig.plane.quotas().of(PROJECT).limit(LISTENER)).isEqualTo(1);
    assertMet(LISTENER, listener(id, 81));
  }

  @Test
  void whatCouldNotBeStoredDoesNotCount() {
    var id = rig.newLoadBalancer();
    limit(LISTENER, 1);
    limit(LOAD_BALANCER, 2);
    rig.store.beforeWrites(
        () -> {
          throw new IllegalStateException("disk full");
        });
    assertThatThrownBy(() -> rig.submit(Rig.OWNER, listener(id, 80)))
        .hasMessageContaining("disk full");
    assertThatThrownBy(() -> rig.submit(Rig.OWNER, rig.creation()))
        .hasMessageContaining("disk full");
    rig.store.beforeWrites(() -> {});
    rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.newLoadBalancer();
    assertMet(LISTENER, listener(id, 81));
    assertMet(LOAD_BALANCER, rig.creation());
  }

  /// The rules let all of them pass when nothing is stored yet: the ledger must not.
  @Test
  void manyAtOnceShareTheLastPlaces() throws Exception {
    var trees = new ArrayList<LoadBalancerId>();
    for (int i = 0; i < 16; i++) {
      trees.add(rig.newLoadBalancer());
    }
    limit(LISTENER, 5);
    var together = new CountDownLatch(trees.size());
    // The provider is asked between the rules and the ledger.
    rig.provider.veto(
        tree -> {
          together.countDown();
          awaitAll(together);
          return Optional.empty();
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var verdicts = new ArrayList<Future<Verdict>>();
      for (var id : trees) {
        verdicts.add(threads.submit(() -> rig.submit(Rig.OWNER, listener(id, 80))));
      }
      int accepted = 0;
      for (var verdict : verdicts) {
        switch (verdict.get()) {
          case Verdict.Accepted it -> accepted++;
          case Verdict.Refused(var why) ->
              assertThat(why).isEqualTo(new Refusal.QuotaMet(LISTENER));
        }
      }
      assertThat(accepted).isEqualTo(5);
    }
    var sum = rig.plane.inventory().all().stream().map(Usage::of).reduce(Usage.NONE, Usage::plus);
    assertThat(sum.of(LISTENER)).isEqualTo(5);
  }

  private static void awaitAll(CountDownLatch together) {
    try {
      assertThat(together.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void projectsAreKnownOnceTheyCreatedOrWereSpokenOf() {
    var other = new ProjectId("other");
    assertThat(rig.plane.quotas().known()).isEmpty();
    assertThat(rig.plane.quotas().reset(other)).isFalse();
    var id = rig.newLoadBalancer();
    rig.plane.quotas().change(other, Map.of(POOL, Patch.set(3)));
    rig.done(new Change.DeleteLoadBalancer(id, false));
    assertThat(rig.plane.quotas().known())
        .isEqualTo(Map.of(PROJECT, Quota.SILENT, other, Quota.SILENT.with(POOL, 3)));
    assertThat(rig.plane.quotas().reset(other)).isTrue();
    rig.crash();
    assertThat(rig.plane.quotas().known())
        .isEqualTo(Map.of(PROJECT, Quota.SILENT, other, Quota.SILENT));
  }
}
