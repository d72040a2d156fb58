package agrippa.control;

import static agrippa.model.OperatingStatus.DEGRADED;
import static agrippa.model.OperatingStatus.DRAINING;
import static agrippa.model.OperatingStatus.ERROR;
import static agrippa.model.OperatingStatus.NO_MONITOR;
import static agrippa.model.OperatingStatus.OFFLINE;
import static agrippa.model.OperatingStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Provider.Outcome;
import agrippa.control.testing.Requests;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// From members' health to the load balancer's.
class OperatingStatusTest {
  private final Rig rig = new Rig();
  private final LoadBalancerId loadBalancer = rig.newLoadBalancer();
  private final ListenerId listener = rig.newListener(loadBalancer, ListenerProtocol.HTTP, 80);
  private final PoolId pool = rig.newPool(listener, PoolProtocol.HTTP);
  private final MemberId one = rig.newMember(pool, "192.0.2.1");
  private final MemberId two = rig.newMember(pool, "192.0.2.2");

  private void assertStatuses(
      OperatingStatus ofLoadBalancer,
      OperatingStatus ofListener,
      OperatingStatus ofPool,
      OperatingStatus... ofMembers) {
    assertThat(rig.pool(pool).members())
        .extracting(it -> it.lifecycle().operating())
        .containsExactly(ofMembers);
    assertThat(rig.pool(pool).lifecycle().operating()).isEqualTo(ofPool);
    assertThat(rig.listener(listener).lifecycle().operating()).isEqualTo(ofListener);
    assertThat(rig.loadBalancer(loadBalancer).lifecycle().operating()).isEqualTo(ofLoadBalancer);
  }

  private void health(MemberId member, OperatingStatus status) {
    rig.provider.health(member, status);
    rig.provider.news(loadBalancer);
    rig.tasks.settle();
  }

  private void update(MemberId member, Object... namesAndValues) {
    rig.done(new Change.UpdateMember(pool, member, Requests.memberAttributes(namesAndValues)));
  }

  @Test
  void withoutMonitorNobodyKnows() {
    assertStatuses(ONLINE, ONLINE, ONLINE, NO_MONITOR, NO_MONITOR);
  }

  @Test
  void oneBadMemberDegradesAndAllAreAnError() {
    rig.newMonitor(pool, MonitorType.TCP);
    assertStatuses(ONLINE, ONLINE, ONLINE, ONLINE, ONLINE);
    health(one, ERROR);
    assertStatuses(DEGRADED, ONLINE, DEGRADED, ERROR, ONLINE);
    health(two, ERROR);
    assertStatuses(ERROR, ONLINE, ERROR, ERROR, ERROR);
    health(one, ONLINE);
    health(two, ONLINE);
    assertStatuses(ONLINE, ONLINE, ONLINE, ONLINE, ONLINE);
  }

  @Test
  void membersWithoutWeightAreOfNoUse() {
    update(one, "weight", 0);
    assertStatuses(ONLINE, ONLINE, ONLINE, NO_MONITOR, NO_MONITOR);
    update(two, "weight", 0);
    assertStatuses(ERROR, ONLINE, ERROR, NO_MONITOR, NO_MONITOR);
    rig.newMonitor(pool, MonitorType.TCP);
    health(one, DRAINING);
    health(two, DRAINING);
    assertStatuses(ERROR, ONLINE, ERROR, DRAINING, DRAINING);
  }

  @Test
  void disabledMembersAreOffline() {
    update(one, "adminStateUp", false);
    assertStatuses(ONLINE, ONLINE, ONLINE, OFFLINE, NO_MONITOR);
    update(two, "adminStateUp", false);
    assertStatuses(ERROR, ONLINE, ERROR, OFFLINE, OFFLINE);
    update(one, "adminStateUp", true);
    assertStatuses(ONLINE, ONLINE, ONLINE, NO_MONITOR, OFFLINE);
  }

  @Test
  void anEmptyPoolIsUp() {
    rig.done(new Change.ReplaceMembers(pool, java.util.List.of(), false));
    assertStatuses(ONLINE, ONLINE, ONLINE);
  }

  @Test
  void aPoolThatNobodyUsesIsOffline() {
    rig.done(new Change.UpdateListener(listener, Requests.listener("defaultPool", null)));
    assertStatuses(ONLINE, ONLINE, OFFLINE, NO_MONITOR, NO_MONITOR);
  }

  @Test
  void whatIsSwitchedOffIsOffline() {
    rig.done(new Change.UpdatePool(pool, Requests.poolUpdate("adminStateUp", false)));
    assertStatuses(ONLINE, ONLINE, OFFLINE, NO_MONITOR, NO_MONITOR);
    rig.done(new Change.UpdatePool(pool, Requests.poolUpdate("adminStateUp", true)));
    rig.done(new Change.UpdateListener(listener, Requests.listener("adminStateUp", false)));
    assertStatuses(ONLINE, OFFLINE, OFFLINE, NO_MONITOR, NO_MONITOR);
    rig.done(new Change.UpdateListener(listener, Requests.listener("adminStateUp", true)));
    rig.done(
        new Change.UpdateLoadBalancer(loadBalancer, Requests.loadBalancer("adminStateUp", false)));
    assertStatuses(OFFLINE, OFFLINE, OFFLINE, NO_MONITOR, NO_MONITOR);
  }

  @Test
  void aFullListenerIsDegraded() {
    rig.provider.full(listener);
    rig.provider.news(loadBalancer);
    rig.tasks.settle();
    assertStatuses(DEGRADED, DEGRADED, ONLINE, NO_MONITOR, NO_MONITOR);
  }

  @Test
  void aListenerThatIsNotInPlaceIsAnError() {
    rig.provider.forget();
    rig.provider.outcome(tree -> new Outcome.Failed("no"));
    rig.networks.news(rig.loadBalancer(loadBalancer).vip().port());
    rig.tasks.settle();
    assertStatuses(DEGRADED, ERROR, OFFLINE, NO_MONITOR, NO_MONITOR);
  }

  @Test
  void changesAreSeenWithoutNewsToo() {
    rig.newMonitor(pool, MonitorType.TCP);
    rig.provider.health(one, ERROR);
    rig.pass(ControlSettings.DEFAULT.pace().period());
    assertStatuses(DEGRADED, ONLINE, DEGRADED, ERROR, ONLINE);
  }

  @Test
  void newsCostNoWrite() {
    rig.newMonitor(pool, MonitorType.TCP);
    long generation = rig.tree(loadBalancer).generation();
    int convergences = rig.provider.convergences();
    health(one, ERROR);
    assertThat(rig.tree(loadBalancer).generation()).isEqualTo(generation);
    assertThat(rig.provider.convergences()).isEqualTo(convergences);
  }

  @Test
  void afterARestartTheyAreSeenAnew() {
    rig.newMonitor(pool, MonitorType.TCP);
    health(one, ERROR);
    rig.provider.forget();
    rig.provider.health(one, ONLINE);
    rig.crash();
    rig.tasks.settle();
    assertStatuses(ONLINE, ONLINE, ONLINE, ONLINE, ONLINE);
    assertThat(Map.copyOf(rig.provider.world())).containsOnlyKeys(loadBalancer);
  }
}
