package agrippa.proxy.transport;

import static agrippa.proxy.transport.LoopRig.await;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Pump.Stop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every transport promises of pumps: a socket in the test's hands sends, the loop pumps,
/// another socket in the test's hands receives.
abstract class PumpContract {
  private static final int MIB = 1 << 20;

  private LoopRig rig;
  private ServerSocket far;

  abstract Transport transport();

  @BeforeEach
  void start() throws IOException {
    rig = new LoopRig(transport());
    far = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  @AfterEach
  void stop() throws IOException {
    far.close();
    rig.close();
  }

  /// Both ends, and the pump in between.
  private final class Line implements AutoCloseable {
    final Mover mover;
    final Socket source;
    final Socket sink;

    Line(long limit) throws IOException {
      CompletableFuture<Channel> accepted = new CompletableFuture<>();
      source =
          rig.connected(
              channel -> {
                channel.handler(new Waiting());
                accepted.complete(channel);
              });
      Channel from = await(accepted);
      Script connected = new Script();
      InetSocketAddress to = new InetSocketAddress(far.getInetAddress(), far.getLocalPort());
      rig.on(() -> rig.loop.connect(to, null, null, connected));
      Channel into = await(connected.connected);
      sink = far.accept();
      sink.setSoTimeout(LoopRig.SECONDS * 1000);
      mover = new Mover(from, into, limit);
      rig.run(mover::begin);
    }

    Future<?> send(byte[] content) {
      CompletableFuture<Boolean> sent = new CompletableFuture<>();
      Thread.startVirtualThread(
          () -> {
            try {
              OutputStream out = source.getOutputStream();
              out.write(content);
              source.shutdownOutput();
              sent.complete(true);
            } catch (IOException e) {
              sent.completeExceptionally(e);
            }
          });
      return sent;
    }

    @Override
    public void close() throws IOException {
      source.close();
      sink.close();
      rig.run(mover::finish);
    }
  }

  /// Reads nothing yet.
  private static final class Waiting implements Handler {
    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {}
  }

  /// Owns a pump as sessions do.
  private final class Mover implements Handler {
    final CompletableFuture<Stop> stopped = new CompletableFuture<>();
    final CompletableFuture<Integer> full = new CompletableFuture<>();
    final Channel from;
    final Channel to;
    final Pump pump;
    private long left;
    private int mostHeld;

    Mover(Channel from, Channel to, long limit) {
      this.from = from;
      this.to = to;
      this.left = limit;
      this.pump = rig.loop.pump(from, to);
    }

    void begin() {
      from.handler(this);
      to.handler(this);
      move();
    }

    private void move() {
      if (stopped.isDone()) {
        return;
      }
      long before = pump.moved() + pump.held();
      Stop stop = pump.move(left);
      if (left != Long.MAX_VALUE) {
        left -= pump.moved() + pump.held() - before;
      }
      mostHeld = Math.max(mostHeld, pump.held());
      switch (stop) {
        case SOURCE_EMPTY -> {}
        case SINK_FULL -> full.complete(pump.held());
        case END -> {
          to.shutdownOutput();
          stopped.complete(stop);
        }
        case LIMIT, SOURCE_FAILED, SINK_FAILED -> stopped.complete(stop);
      }
    }

    void finish() {
      pump.reset();
      from.close();
      to.close();
    }

    @Override
    public void readable(Channel channel) {
      if (channel == from) {
        move();
      }
    }

    @Override
    public void writable(Channel channel) {
      if (channel == to) {
        move();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_000, 32 * 1024, 64 * 1024, 64 * 1024 + 1, MIB, 24 * MIB})
  void deliversWholeStreamsAndTheirEnd(int length) throws IOException {
    byte[] content = Content.of(length);
    try (Line line = new Line(Long.MAX_VALUE)) {
      Future<?> sent = line.send(content);
      assertThat(Content.hash(line.sink.getInputStream())).isEqualTo(Content.hash(content));
      await(sent);
      assertThat(await(line.mover.stopped)).isEqualTo(Stop.END);
      assertThat(rig.on(line.mover.pump::moved)).isEqualTo(length);
      assertThat(rig.on(line.mover.pump::held)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1_000, 32 * 1024, 64 * 1024, 64 * 1024 + 1, MIB, 5 * MIB + 17})
  void takesExactlyTheLimit(int limit) throws IOException {
    byte[] content = Content.of(limit + 1_000);
    try (Line line = new Line(limit)) {
      line.send(content);
      byte[] received = line.sink.getInputStream().readNBytes(limit);
      assertThat(await(line.mover.stopped)).isEqualTo(Stop.LIMIT);
      assertThat(received).isEqualTo(java.util.Arrays.copyOf(content, limit));

      Script rest = new Script();
      rig.run(
          () -> {
            line.mover.from.handler(rest);
            line.mover.from.readAgain();
          });
      await(rest.ended);
      assertThat(rest.received.toByteArray())
          .isEqualTo(java.util.Arrays.copyOfRange(content, limit, limit + 1_000));
    }
  }

  @Test
  void waitsForASinkThatTakesNothing() throws Exception {
    byte[] content = Content.of(48 * MIB);
    try (Line line = new Line(Long.MAX_VALUE);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> sent = line.send(content);
      await(line.mover.full);
      Future<String> received =
          threads.submit(
              () -> {
                InputStream in = line.sink.getInputStream();
                return Content.hash(in);
              });
      assertThat(await(received)).isEqualTo(Content.hash(content));
      await(sent);
      assertThat(rig.on(() -> line.mover.mostHeld)).isBetween(1, MIB);
    }
  }

  @Test
  void movesSmallMessagesAsTheyCome() throws IOException {
    try (Line line = new Line(Long.MAX_VALUE)) {
      InputStream in = line.sink.getInputStream();
      for (int i = 0; i < 300; i++) {
        // Some large ones in between make the stream a bulky one for a while.
        byte[] message = Content.of(i % 50 == 0 ? 400_000 : i + 1);
        line.source.getOutputStream().write(message);
        assertThat(in.readNBytes(message.length)).isEqualTo(message);
      }
    }
  }

  @Test
  void tellsASourceThatFails() throws IOException {
    try (Line line = new Line(Long.MAX_VALUE)) {
      line.source.getOutputStream().write('x');
      assertThat(line.sink.getInputStream().read()).isEqualTo('x');
      line.source.setSoLinger(true, 0);
      line.source.close();
      assertThat(await(line.mover.stopped)).isEqualTo(Stop.SOURCE_FAILED);
    }
  }

  @Test
  void tellsASinkThatFails() throws IOException {
    try (Line line = new Line(Long.MAX_VALUE)) {
      line.send(Content.of(16 * MIB));
      await(line.mover.full);
      line.sink.setSoLinger(true, 0);
      line.sink.close();
      assertThat(await(line.mover.stopped)).isEqualTo(Stop.SINK_FAILED);
    }
  }

  @Test
  void keepsNoDescriptorsOfStreamsThatAreOver() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(descriptors));
    cutOffInTheMiddle(20);
    long before = count(descriptors);
    cutOffInTheMiddle(100);
    assertThat(count(descriptors)).isLessThan(before + 50);
  }

  private void cutOffInTheMiddle(int times) throws IOException {
    for (int i = 0; i < times; i++) {
      try (Line line = new Line(Long.MAX_VALUE)) {
        line.send(Content.of(8 * MIB));
        await(line.mover.full);
      }
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }
}
