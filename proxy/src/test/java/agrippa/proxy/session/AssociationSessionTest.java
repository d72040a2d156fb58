package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.stats.Count;
import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.Association.Result;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import agrippa.proxy.transport.Message;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AssociationSessionTest {
  private final Scene scene = new Scene().endpoints("a", "b");
  private final Peers peers = new Peers();
  private final FakeAssociation client = new FakeAssociation("192.0.2.7", null);
  private final AssociationSession session =
      new AssociationSession(
          client,
          peers,
          scene.http,
          () -> scene.snapshot,
          scene.stats.local(0),
          () -> scene.ended++);

  /// Endpoints that the session wants.
  private static final class Peers implements AssociationLoop {
    private final Message scratch = Message.empty();
    private final Queue<FakeAssociation> wanted = new ArrayDeque<>();

    @Override
    public ServerChannel listen(InetSocketAddress at, Consumer<Association> accepted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Association associate(InetSocketAddress to, Association.Handler handler) {
      FakeAssociation made = new FakeAssociation(to.getHostString(), handler);
      wanted.add(made);
      return made;
    }

    @Override
    public Message scratch() {
      return scratch;
    }
  }

  private FakeAssociation relayed() {
    session.start();
    FakeAssociation server = peers.wanted.remove();
    server.established();
    return server;
  }

  private int active() {
    return scene.pool.endpoints().stream().mapToInt(it -> it.active()).sum();
  }

  @Test
  void clientsAreNotHeardBeforeSomebodyIsThere() {
    session.start();
    client.says("early");
    assertThat(client.receiving).isFalse();
    FakeAssociation server = peers.wanted.remove();
    server.established();
    assertThat(client.receiving).isTrue();
    client.tell();
    assertThat(server.sent).containsExactly("early 3 46 true");
    server.says("answer");
    assertThat(client.sent).containsExactly("answer 3 46 true");
    assertThat(scene.counters().bytesIn()).isEqualTo(5);
    assertThat(scene.counters().bytesOut()).isEqualTo(6);
    assertThat(active()).isEqualTo(1);
  }

  @Test
  void whoRefusesOrDoesNotAnswerIsPassedOver() {
    session.start();
    peers.wanted.remove().refused();
    FakeAssociation silent = peers.wanted.remove();
    scene.loop.advance(Scene.TIMEOUTS.connect());
    assertThat(silent.aborted).isTrue();
    FakeAssociation third = peers.wanted.remove();
    // Too late: it is given up.
    silent.established();
    third.established();
    client.says("x");
    assertThat(third.sent).hasSize(1);
    assertThat(silent.sent).isEmpty();
    assertThat(active()).isEqualTo(1);
  }

  @Test
  void triesHaveAnEnd() {
    session.start();
    int tries = 0;
    for (; !peers.wanted.isEmpty(); tries++) {
      peers.wanted.remove().refused();
    }
    assertThat(tries).isEqualTo(4);
    assertThat(client.aborted).isTrue();
    assertThat(scene.ended).isEqualTo(1);
    assertThat(scene.stats.sum("pool", Count.OPENED)).isEqualTo(1);
    assertThat(scene.stats.sum("pool", Count.CLOSED)).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void whatThereIsNoRoomForStopsItsSender() {
    FakeAssociation server = relayed();
    server.full = true;
    client.says("1", "2");
    assertThat(client.receiving).isFalse();
    server.room();
    assertThat(server.sent).containsExactly("1 3 46 true");
    assertThat(client.receiving).isTrue();
    client.tell();
    assertThat(server.sent).hasSize(2);
  }

  @Test
  void anEndIsPassedOnAfterAllThatCameBefore() {
    FakeAssociation server = relayed();
    client.says("1");
    server.full = true;
    client.says("2").ends(Result.END);
    assertThat(server.shutdown).isFalse();
    server.room();
    client.tell();
    assertThat(server.sent).hasSize(2);
    assertThat(server.shutdown).isTrue();
    assertThat(server.closed).isFalse();
    // Nobody hears that any more.
    server.says("more").ends(Result.END);
    assertThat(client.sent).isEmpty();
    assertThat(server.closed).isTrue();
    assertThat(client.closed).isTrue();
    assertThat(client.aborted || server.aborted).isFalse();
    assertThat(scene.ended).isEqualTo(1);
    assertThat(active()).isZero();
  }

  @Test
  void whoDoesNotEndInTimeIsAborted() {
    FakeAssociation server = relayed();
    client.ends(Result.END);
    assertThat(server.shutdown).isTrue();
    scene.loop.advance(10_000);
    assertThat(server.aborted).isTrue();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void breakingOffIsPassedOn() {
    FakeAssociation server = relayed();
    server.ends(Result.FAILED);
    assertThat(client.aborted).isTrue();
    assertThat(server.aborted).isTrue();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void withoutAnUpstreamItIsAborted() {
    scene.pool = new Scene().endpoints().pool;
    scene.snapshot = scene.snapshot();
    session.start();
    assertThat(client.aborted).isTrue();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void silenceIsBoundedOnlyIfThatIsSaid() {
    relayed();
    scene.loop.advance(86_400_000);
    assertThat(client.aborted).isFalse();
    scene.options = scene.options.withTunnelIdle(1_000L);
    scene.snapshot = scene.snapshot();
    client.says("x");
    scene.loop.advance(1_000);
    assertThat(client.aborted).isTrue();
  }
}
