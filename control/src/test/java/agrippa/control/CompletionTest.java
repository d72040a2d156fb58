package agrippa.control;

import static agrippa.model.ProvisioningStatus.ACTIVE;
import static agrippa.model.ProvisioningStatus.ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Provider.Outcome;
import agrippa.control.testing.Requests;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule.CompareType;
import agrippa.model.L7Rule.Type;
import agrippa.model.L7RuleId;
import agrippa.model.Lifecycle;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.ProvisioningStatus;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// Which thing is to blame when the world does not follow: the one that was changed. Those above it
/// are ACTIVE again.
class CompletionTest {
  private final Rig rig = new Rig();
  private final LoadBalancerId loadBalancer = rig.newLoadBalancer();
  private final ListenerId listener = rig.newListener(loadBalancer, ListenerProtocol.HTTP, 80);
  private final PoolId pool = rig.newPool(listener, PoolProtocol.HTTP);
  private final MemberId member = rig.newMember(pool, "192.0.2.1");
  private final L7PolicyId policy =
      rig.newPolicy(listener, "action", "REDIRECT_TO_POOL", "redirectPool", pool);
  private final L7RuleId rule =
      rig.newRule(policy, Requests.rule(Type.PATH, CompareType.EQUAL_TO, "value", "/"));

  private List<ProvisioningStatus> statuses() {
    return Invariants.lifecycles(rig.tree(loadBalancer)).stream()
        .map(Lifecycle::provisioning)
        .toList();
  }

  /// The change fails; the given thing alone is in ERROR. Once the world follows, all is well.
  private void blames(Change change, Supplier<Lifecycle> blamed) {
    rig.provider.fails("no");
    rig.done(change);
    assertThat(blamed.get().provisioning()).isEqualTo(ERROR);
    assertThat(statuses()).containsOnlyOnce(ERROR).containsOnly(ACTIVE, ERROR);
    rig.provider.works();
    rig.pass(ControlSettings.DEFAULT.pace().firstRetry());
    assertThat(statuses()).containsOnly(ACTIVE);
  }

  private Lifecycle ofListener() {
    return rig.listener(listener).lifecycle();
  }

  private Lifecycle ofPool() {
    return rig.pool(pool).lifecycle();
  }

  private Lifecycle ofMember() {
    return rig.pool(pool).members().getFirst().lifecycle();
  }

  private Lifecycle ofPolicy() {
    return rig.listener(listener).policies().getFirst().lifecycle();
  }

  private Lifecycle ofRule() {
    return rig.listener(listener).policies().getFirst().rules().getFirst().lifecycle();
  }

  @Test
  void theLoadBalancer() {
    blames(
        new Change.UpdateLoadBalancer(loadBalancer, Requests.loadBalancer()),
        () -> rig.loadBalancer(loadBalancer).lifecycle());
  }

  @Test
  void listeners() {
    blames(new Change.UpdateListener(listener, Requests.listener()), this::ofListener);
    blames(new Change.DeleteListener(listener), this::ofListener);
    blames(
        new Change.CreateListener(loadBalancer, ListenerProtocol.HTTP, 81, Requests.listener()),
        () -> rig.tree(loadBalancer).listeners().getLast().lifecycle());
  }

  @Test
  void pools() {
    blames(new Change.UpdatePool(pool, Requests.poolUpdate()), this::ofPool);
    blames(
        new Change.CreatePool(loadBalancer, null, PoolProtocol.HTTP, Requests.pool()),
        () -> rig.tree(loadBalancer).pools().getLast().lifecycle());
    rig.done(new Change.DeleteL7Policy(policy));
    blames(new Change.DeletePool(pool), this::ofPool);
    assertThat(rig.listener(listener).defaultPool()).isEqualTo(pool);
  }

  @Test
  void membersAndMonitors() {
    blames(new Change.UpdateMember(pool, member, Requests.memberAttributes()), this::ofMember);
    blames(new Change.DeleteMember(pool, member), this::ofMember);
    blames(
        new Change.CreateHealthMonitor(pool, MonitorType.PING, Requests.monitor()),
        () -> rig.pool(pool).monitor().lifecycle());
    blames(
        new Change.DeleteHealthMonitor(rig.pool(pool).monitor().id()),
        () -> rig.pool(pool).monitor().lifecycle());
  }

  @Test
  void policiesAndRules() {
    blames(new Change.UpdateL7Policy(policy, Requests.policy("name", "x")), this::ofPolicy);
    blames(new Change.DeleteL7Policy(policy), this::ofPolicy);
    blames(new Change.UpdateL7Rule(policy, rule, Requests.ruleUpdate()), this::ofRule);
    blames(new Change.DeleteL7Rule(policy, rule), this::ofRule);
  }

  @Test
  void aListenerThatCannotBeServedAloneIsInError() {
    rig.provider.outcome(tree -> new Outcome.Converged(Map.of(listener, "port taken")));
    rig.done(new Change.UpdatePool(pool, Requests.poolUpdate()));
    assertThat(ofListener().provisioning()).isEqualTo(ERROR);
    assertThat(statuses()).containsOnlyOnce(ERROR).containsOnly(ACTIVE, ERROR);
    rig.provider.works();
    rig.pass(ControlSettings.DEFAULT.pace().firstRetry());
    assertThat(statuses()).containsOnly(ACTIVE);
  }

  @Test
  void everythingThatChangesItsStatusWasUpdated() {
    assertThat(Invariants.lifecycles(rig.tree(loadBalancer)))
        .allMatch(it -> it.updatedAt() != null);
  }

  @Test
  void resultsThatAreOvertakenAreNotWrittenDown() {
    rig.provider.outcome(
        tree -> {
          // Somebody is faster while the provider is still at it.
          rig.provider.works();
          rig.accepted(
              new Change.UpdateLoadBalancer(loadBalancer, Requests.loadBalancer("name", "b")));
          return new Outcome.Failed("too late");
        });
    rig.networks.news(rig.loadBalancer(loadBalancer).vip().port());
    rig.tasks.settle();
    assertThat(statuses()).containsOnly(ACTIVE);
    assertThat(rig.loadBalancer(loadBalancer).labels().name()).isEqualTo("b");
  }
}
