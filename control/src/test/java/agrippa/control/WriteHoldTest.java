package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.ControlSettings.Pace;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Provider.Outcome;
import agrippa.control.testing.FakeNetworks;
import agrippa.control.testing.FakeProvider;
import agrippa.control.testing.FakeSecrets;
import agrippa.control.testing.MemoryStateStore;
import agrippa.control.testing.Requests;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Real threads: a write waits for a load balancer at work, and for no other.
@Timeout(60)
class WriteHoldTest {
  private final FakeProvider provider = new FakeProvider();
  private final FakeNetworks networks = new FakeNetworks();
  private final Network network = networks.network("10.0.0.0/24");
  private final ExecutorService users = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private ControlPlane plane;

  private void start(Duration writeHold) {
    var pace = Pace.DEFAULT;
    plane =
        new ControlPlane(
            new MemoryStateStore(),
            provider,
            networks,
            new FakeSecrets(),
            regex -> true,
            text -> Optional.empty(),
            InstantSource.system(),
            UUID::randomUUID,
            ControlSettings.DEFAULT.with(
                new Pace(
                    writeHold, pace.period(), pace.resync(), pace.firstRetry(), pace.lastRetry())));
    plane.start();
  }

  @AfterEach
  void stop() {
    mayFinish.countDown();
    users.close();
    plane.close();
  }

  private LoadBalancerId create() {
    var vip = new Change.VipRequest(null, null, network.subnets().getFirst().id(), null, List.of());
    var verdict =
        plane.submit(
            Rig.OWNER,
            new Change.CreateLoadBalancer(
                null, vip, null, null, null, Requests.loadBalancer(), List.of(), List.of()));
    return new LoadBalancerId(((Verdict.Accepted) verdict).subject());
  }

  private Verdict listen(LoadBalancerId id, int port) {
    return plane.submit(
        Rig.OWNER, new Change.CreateListener(id, ListenerProtocol.HTTP, port, Requests.listener()));
  }

  private void workSlowlyOnce() {
    provider.outcome(
        tree -> {
          provider.works();
          working.countDown();
          await(mayFinish);
          return new Outcome.Converged(Map.of());
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWriteWaits() throws Exception {
    start(Duration.ofSeconds(50));
    workSlowlyOnce();
    var id = create();
    await(working);
    var write = users.submit(() -> listen(id, 80));
    mayFinish.countDown();
    assertThat(write.get()).isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void aWriteDoesNotWaitForEver() {
    start(Duration.ofMillis(1));
    workSlowlyOnce();
    var id = create();
    await(working);
    assertThat(listen(id, 80))
        .isEqualTo(new Verdict.Refused(new Refusal.Immutable(Kind.LOAD_BALANCER, id.toString())));
  }

  @Test
  void anotherLoadBalancerIsNotHeldUp() {
    start(Duration.ZERO);
    workSlowlyOnce();
    create();
    await(working);
    // The first one is still at work.
    var other = create();
    assertThat(plane.inventory().tree(other)).isPresent();
  }

  @Test
  void manyWritersOfOneLoadBalancerAllGetTheirTurn() throws Exception {
    start(Duration.ofSeconds(50));
    var id = create();
    var writes = new ArrayList<Future<Verdict>>();
    for (int port = 1; port <= 40; port++) {
      int mine = port;
      writes.add(users.submit(() -> listen(id, mine)));
    }
    for (var write : writes) {
      assertThat(write.get()).isInstanceOf(Verdict.Accepted.class);
    }
    assertThat(plane.inventory().tree(id).orElseThrow().listeners()).hasSize(40);
  }

  @Test
  void oneOfManyEqualWritersWins() throws Exception {
    start(Duration.ofSeconds(50));
    var id = create();
    var writes = new ArrayList<Future<Verdict>>();
    for (int i = 0; i < 20; i++) {
      writes.add(users.submit(() -> listen(id, 80)));
    }
    int accepted = 0;
    for (var write : writes) {
      accepted += isAccepted(write) ? 1 : 0;
    }
    assertThat(accepted).isEqualTo(1);
  }

  private static boolean isAccepted(Future<Verdict> write)
      throws InterruptedException, ExecutionException {
    return switch (write.get()) {
      case Verdict.Accepted accepted -> true;
      case Verdict.Refused(var why) -> {
        assertThat(why).isEqualTo(new Refusal.DuplicateListener(ListenerProtocol.HTTP, 80));
        yield false;
      }
    };
  }
}
