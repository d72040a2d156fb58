package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.Networks.Network;
import agrippa.control.testing.FakeNetworks;
import agrippa.control.testing.FakeProvider;
import agrippa.control.testing.FakeSecrets;
import agrippa.control.testing.ManualTasks;
import agrippa.control.testing.MemoryStateStore;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.OperatingStatus;
import agrippa.model.ProjectId;
import agrippa.model.ProvisioningStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ControlPlaneTest {
  private static final Caller OWNER =
      new Caller("ann", new ProjectId("p1"), Set.of("member"), "secret");

  private final MemoryStateStore store = new MemoryStateStore();
  private final FakeProvider provider = new FakeProvider();
  private final FakeNetworks networks = new FakeNetworks();
  private final ManualTasks tasks = new ManualTasks();
  private final Network network = networks.network("10.0.0.0/24");
  private final ControlPlane plane = plane();

  private ControlPlane plane() {
    var pace = ControlSettings.Pace.DEFAULT;
    return new ControlPlane(
        store,
        provider,
        networks,
        new FakeSecrets(),
        regex -> true,
        InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z")),
        UUID::randomUUID,
        ControlSettings.DEFAULT.with(
            new ControlSettings.Pace(
                Duration.ZERO, pace.period(), pace.resync(), pace.firstRetry(), pace.lastRetry())),
        tasks);
  }

  @Test
  void aNewLoadBalancerIsPendingFirstAndThenActive() {
    plane.start();
    var verdict = plane.submit(OWNER, creation());
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    var id = new LoadBalancerId(((Verdict.Accepted) verdict).subject());
    assertThat(tree(id).loadBalancer().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.PENDING_CREATE);

    tasks.settle();

    assertThat(tree(id).loadBalancer().lifecycle().provisioning())
        .isEqualTo(ProvisioningStatus.ACTIVE);
    assertThat(tree(id).loadBalancer().lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
    assertThat(store.load()).containsExactly(tree(id));
  }

  private LoadBalancerTree tree(LoadBalancerId id) {
    return plane.inventory().tree(id).orElseThrow();
  }

  private Change.CreateLoadBalancer creation() {
    return new Change.CreateLoadBalancer(
        null,
        new Change.VipRequest(null, null, network.subnets().getFirst().id(), null, List.of()),
        null,
        null,
        null,
        new Attributes.OfLoadBalancer(Attributes.Common.NOTHING, Patch.keep(), Patch.keep()),
        List.of(),
        List.of());
  }
}
