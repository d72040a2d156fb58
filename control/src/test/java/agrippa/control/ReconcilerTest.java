package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Networks.VipClaim;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Provider.Outcome;
import agrippa.control.testing.Requests;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Statistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// When work is done, and when it is not.
class ReconcilerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Rig rig = new Rig();
  private final LoadBalancerId id = rig.newLoadBalancer();

  @Test
  void complainsWhenNobodyLooksAround() {
    rig.pass(Duration.ofMinutes(10));
    assertThat(rig.plane.complaint()).isEmpty();
    rig.stall(Duration.ofMinutes(2).plusSeconds(10));
    assertThat(rig.plane.complaint()).isEmpty();
    rig.stall(SECOND);
    assertThat(rig.plane.complaint().orElseThrow()).startsWith("nobody has looked");
    rig.tasks.pass(Duration.ofMinutes(1));
    assertThat(rig.plane.complaint()).isEmpty();
  }

  @Test
  void restsLongerAfterEachFailure() {
    rig.provider.fails("no");
    rig.done(new Change.UpdateLoadBalancer(id, Requests.loadBalancer()));
    int before = rig.provider.convergences();
    for (var rest : List.of(1, 2, 4)) {
      rig.pass(Duration.ofSeconds(rest).minusMillis(1));
      assertThat(rig.provider.convergences()).isEqualTo(before);
      rig.pass(Duration.ofMillis(1));
      before++;
      assertThat(rig.provider.convergences()).isEqualTo(before);
    }
    rig.pass(Duration.ofMinutes(10));
    // One a minute once the longest rest is reached.
    assertThat(rig.provider.convergences()).isBetween(before + 9, before + 14);
  }

  @Test
  void newsDoNotDisturbTheRest() {
    rig.provider.fails("no");
    rig.done(new Change.UpdateLoadBalancer(id, Requests.loadBalancer()));
    int before = rig.provider.convergences();
    for (int i = 0; i < 10; i++) {
      rig.provider.news(id);
      rig.tasks.settle();
    }
    assertThat(rig.provider.convergences()).isEqualTo(before);
  }

  @Test
  void aChangeEndsTheRest() {
    rig.provider.fails("no");
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.provider.works();
    rig.done(new Change.UpdateListener(listener, Requests.listener("name", "x")));
    assertThat(rig.listener(listener).lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ACTIVE);
  }

  @Test
  void aFailoverTearsDownFirst() {
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.provider.traffic(listener, new Statistics(10, 20, 3, 4, 5));
    rig.provider.news(id);
    rig.tasks.settle();
    var told = new ArrayList<String>();
    rig.provider.outcome(
        tree -> {
          told.add(rig.provider.world().containsKey(id) ? "changed" : "built");
          return new Outcome.Converged(Map.of());
        });
    rig.done(new Change.UpdateLoadBalancer(id, Requests.loadBalancer()));
    rig.provider.traffic(listener, new Statistics(11, 22, 3, 5, 6));
    for (var change : List.of(new Change.FailOver(id), new Change.FailOverAmphora(id))) {
      assertThat(rig.submit(Rig.ADMIN, change)).isInstanceOf(Verdict.Accepted.class);
      assertThat(rig.loadBalancer(id).lifecycle().provisioning())
          .isEqualTo(ProvisioningStatus.PENDING_UPDATE);
      rig.tasks.settle();
      assertThat(rig.loadBalancer(id).lifecycle().provisioning())
          .isEqualTo(ProvisioningStatus.ACTIVE);
      rig.provider.traffic(listener, Statistics.ZERO);
    }
    rig.done(new Change.UpdateLoadBalancer(id, Requests.loadBalancer()));
    assertThat(told).containsExactly("changed", "built", "built", "changed");
    // What the torn down one had carried last is not lost.
    assertThat(rig.plane.inventory().statistics(listener))
        .isEqualTo(new Statistics(11, 22, 0, 5, 6));
  }

  /// Whatever was running ended with the program.
  @Test
  void aFailoverThatACrashCameBetweenIsDoneByTheRestart() {
    rig.submit(Rig.ADMIN, new Change.FailOver(id));
    rig.crash();
    rig.provider.forget();
    rig.tasks.settle();
    assertThat(rig.loadBalancer(id).lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ACTIVE);
    assertThat(rig.loadBalancer(id).failovers()).isEqualTo(1);
    assertThat(rig.provider.world()).containsKey(id);
  }

  @Test
  void whatIsSettledIsLeftAlone() {
    int before = rig.provider.convergences();
    long generation = rig.tree(id).generation();
    rig.pass(ControlSettings.DEFAULT.pace().period().multipliedBy(3));
    assertThat(rig.provider.convergences()).isBetween(before, before + 1);
    assertThat(rig.tree(id).generation()).isEqualTo(generation);
  }

  @Test
  void everythingConvergesNowAndThenThoughNothingHappened() {
    int before = rig.provider.convergences();
    rig.provider.forget();
    rig.pass(ControlSettings.DEFAULT.pace().resync());
    assertThat(rig.provider.convergences()).isEqualTo(before + 1);
    assertThat(rig.provider.world()).containsOnlyKeys(id);
  }

  @Test
  void aVipThatMovedIsFollowed() {
    int before = rig.provider.convergences();
    rig.networks.news(rig.loadBalancer(id).vip().port());
    rig.tasks.settle();
    assertThat(rig.provider.convergences()).isEqualTo(before + 1);
  }

  @Test
  void manyCallsAreOnePieceOfWork() {
    int before = rig.provider.convergences();
    var port = rig.loadBalancer(id).vip().port();
    for (int i = 0; i < 100; i++) {
      rig.networks.news(port);
    }
    rig.tasks.settle();
    assertThat(rig.provider.convergences()).isEqualTo(before + 1);
  }

  @Test
  void vipsWithoutLoadBalancerAreGivenBack() {
    var lost = new LoadBalancerId(UUID.randomUUID());
    var wish =
        new VipWish(rig.network.id(), rig.subnet.id(), null, null, List.of(), null, List.of());
    assertThat(rig.networks.claimVip(lost, Rig.OWNER.project(), wish))
        .isInstanceOf(VipClaim.Claimed.class);
    rig.pass(ControlSettings.DEFAULT.pace().resync());
    assertThat(rig.networks.held()).containsOnlyKeys(id);
  }

  @Test
  void vipsOfLoadBalancersThatAreJustBeingCreatedAreNot() {
    rig.provider.veto(
        tree -> {
          rig.pass(ControlSettings.DEFAULT.pace().resync());
          assertThat(rig.networks.held()).containsKey(tree.id());
          return java.util.Optional.empty();
        });
    rig.done(rig.creation());
  }

  @Test
  void statisticsOutliveRestarts() {
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.provider.traffic(listener, new Statistics(10, 20, 3, 4, 5));
    assertThat(rig.plane.inventory().statistics(listener))
        .isEqualTo(new Statistics(10, 20, 3, 4, 5));
    rig.pass(ControlSettings.DEFAULT.pace().period());

    rig.provider.forget();
    rig.crash();
    rig.tasks.settle();
    // What was open then is not open now.
    assertThat(rig.plane.inventory().statistics(listener))
        .isEqualTo(new Statistics(10, 20, 0, 4, 5));
    rig.provider.traffic(listener, new Statistics(1, 1, 1, 1, 1));
    assertThat(rig.plane.inventory().statistics(listener))
        .isEqualTo(new Statistics(11, 21, 1, 5, 6));
  }

  @Test
  void statisticsSurviveAProviderThatStartsOver() {
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.provider.traffic(listener, new Statistics(10, 20, 3, 4, 5));
    rig.plane.inventory().statistics(listener);
    rig.provider.traffic(listener, new Statistics(2, 2, 1, 1, 0));
    assertThat(rig.plane.inventory().statistics(listener))
        .isEqualTo(new Statistics(12, 22, 1, 5, 5));
  }

  @Test
  void statisticsAreSavedAtTheEnd() {
    var listener = rig.newListener(id, ListenerProtocol.HTTP, 80);
    rig.provider.traffic(listener, new Statistics(10, 20, 3, 4, 5));
    rig.provider.news(id);
    rig.tasks.settle();
    rig.plane.close();
    assertThat(rig.store.statistics().get(listener)).isEqualTo(new Statistics(10, 20, 0, 4, 5));
    rig.provider.news(id);
    rig.pass(SECOND.multipliedBy(60));
    assertThat(rig.tasks.ready()).isZero();
  }
}
