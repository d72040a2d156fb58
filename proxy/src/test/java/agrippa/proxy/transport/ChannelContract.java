package agrippa.proxy.transport;

import static agrippa.proxy.transport.LoopRig.await;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.transport.EventLoop.ServerChannel;
import agrippa.proxy.transport.Handler.ConnectFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every transport promises of connections and those who accept them.
abstract class ChannelContract {
  private LoopRig rig;

  abstract Transport transport();

  @BeforeEach
  void start() throws IOException {
    rig = new LoopRig(transport());
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private static byte[] read(Socket socket, int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    assertThat(bytes).hasSize(count);
    return bytes;
  }

  @Test
  void echoes() throws IOException {
    try (Socket client = rig.connected(channel -> channel.handler(new Script.Echo()))) {
      for (String text : List.of("one", "two", "three")) {
        client.getOutputStream().write(text.getBytes(US_ASCII));
        assertThat(read(client, text.length())).asString(US_ASCII).isEqualTo(text);
      }
    }
  }

  @Test
  void echoesOverIpv6() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    ServerChannel server =
        rig.on(
            () ->
                rig.loop.listen(
                    any,
                    channel -> {
                      accepted.add(channel);
                      channel.handler(new Script.Echo());
                    }));
    try (Socket client = LoopRig.socket(server.local())) {
      client.getOutputStream().write('x');
      assertThat(read(client, 1)).containsExactly('x');
      Channel channel = accepted.remove();
      assertThat(channel.remote()).isEqualTo(client.getLocalSocketAddress());
      assertThat(rig.on(channel::local)).isEqualTo(client.getRemoteSocketAddress());
    }
  }

  @Test
  void knowsBothAddresses() throws IOException {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Script script = new Script();
    try (Socket client =
        rig.connected(
            channel -> {
              channel.handler(script);
              accepted.complete(channel);
            })) {
      Channel channel = await(accepted);
      assertThat(channel.remote()).isEqualTo(client.getLocalSocketAddress());
      assertThat(rig.on(channel::local)).isEqualTo(client.getRemoteSocketAddress());
    }
  }

  /// The end that arrives together with the last bytes brings no event of its own.
  @Test
  void tellsTheEndThatCameWithTheLastBytes() throws IOException {
    BlockingQueue<Script> scripts = new LinkedBlockingQueue<>();
    ServerChannel server =
        rig.listen(
            channel -> {
              Script script = new Script();
              channel.handler(script);
              scripts.add(script);
            });
    for (int i = 0; i < 200; i++) {
      try (Socket client = LoopRig.socket(server.local())) {
        client.getOutputStream().write("bye".getBytes(US_ASCII));
      }
      Script script = take(scripts);
      assertThat(await(script.ended)).isEqualTo(Channel.END);
      assertThat(script.received).asString().isEqualTo("bye");
    }
  }

  @Test
  void writesOnAfterThePeerHasEnded() throws IOException {
    Script script =
        new Script() {
          @Override
          void end(Channel channel, int how) {
            send(channel, "answer");
            super.end(channel, how);
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(script))) {
      client.getOutputStream().write("question".getBytes(US_ASCII));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("answer");
    }
    assertThat(script.received).asString().isEqualTo("question");
  }

  @Test
  void isToldOfEverythingWhenItHasRested() throws IOException {
    CompletableFuture<Channel> rests = new CompletableFuture<>();
    Script script =
        new Script() {
          @Override
          void take(Channel channel, Buffer buffer) {
            super.take(channel, buffer);
            if (rests.complete(channel)) {
              channel.rest();
              send(channel, "heard");
            }
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(script))) {
      client.getOutputStream().write("one".getBytes(US_ASCII));
      assertThat(read(client, 5)).asString(US_ASCII).isEqualTo("heard");
      client.getOutputStream().write("two".getBytes(US_ASCII));
      Channel channel = await(rests);
      rig.on(
          () -> {
            channel.readAgain();
            return channel;
          });
    }
    assertThat(await(script.ended)).isEqualTo(Channel.END);
    assertThat(script.received).asString().isEqualTo("onetwo");
  }

  @Test
  void endsAtRest() throws IOException {
    Script script =
        new Script() {
          @Override
          void take(Channel channel, Buffer buffer) {
            super.take(channel, buffer);
            channel.rest();
            send(channel, "bye");
            end(channel, Channel.END);
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(script))) {
      client.getOutputStream().write('x');
      assertThat(client.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("bye");
    }
  }

  @Test
  void sendsInOrderWhatItWroteAhead() throws IOException {
    Script script =
        new Script() {
          @Override
          void take(Channel channel, Buffer buffer) {
            super.take(channel, buffer);
            assertThat(channel.writeAhead(buffer)).isEqualTo(4);
            send(channel, "behind ");
            Buffer last = Buffer.allocate(1);
            last.put(0, (byte) '.');
            last.produced(1);
            assertThat(channel.writeAhead(last)).isEqualTo(1);
            channel.flush();
            last.free();
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(script))) {
      client.getOutputStream().write("head".getBytes(US_ASCII));
      assertThat(read(client, 12)).asString(US_ASCII).isEqualTo("headbehind .");
    }
  }

  @Test
  void readsOnAfterItHasEnded() throws IOException {
    Script script = new Script();
    try (Socket client =
        rig.connected(
            channel -> {
              channel.handler(script);
              channel.shutdownOutput();
            })) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      client.getOutputStream().write("still here".getBytes(US_ASCII));
      client.shutdownOutput();
      assertThat(await(script.ended)).isEqualTo(Channel.END);
      assertThat(script.received).asString().isEqualTo("still here");
    }
  }

  @Test
  void tellsAReset() throws IOException {
    Script script = new Script();
    try (Socket client = rig.connected(channel -> channel.handler(script))) {
      client.getOutputStream().write('x');
      await(script.bytesCame);
      client.setSoLinger(true, 0);
    }
    assertThat(await(script.ended)).isEqualTo(Channel.FAILED);
  }

  @Test
  void abortResets() throws IOException {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    try (Socket client =
        rig.connected(
            channel -> {
              channel.handler(new Script());
              accepted.complete(channel);
            })) {
      Channel channel = await(accepted);
      // Not before: a reset that is faster than who connects lets connecting fail.
      rig.run(
          () -> {
            channel.abort();
            channel.abort();
          });
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void connectsAndIsToldAfterwards() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
      Script script = new Script();
      boolean toldWithin =
          rig.on(
              () -> {
                rig.loop.connect(address(server), null, null, script);
                return script.connected.isDone();
              });
      assertThat(toldWithin).isFalse();
      Channel channel = await(script.connected);
      try (Socket peer = server.accept()) {
        assertThat(rig.on(channel::local)).isEqualTo(peer.getRemoteSocketAddress());
        rig.run(() -> Script.send(channel, "ping"));
        assertThat(read(peer, 4)).asString(US_ASCII).isEqualTo("ping");
        peer.getOutputStream().write("pong".getBytes(US_ASCII));
        await(script.bytesCame);
      }
      assertThat(await(script.ended)).isEqualTo(Channel.END);
      assertThat(script.received).asString().isEqualTo("pong");
    }
  }

  private static InetSocketAddress address(ServerSocket server) {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Test
  void tellsThatAConnectionIsRefused() throws IOException {
    // Bound, so that nobody else takes the port, but not listening.
    try (Socket deaf = new Socket()) {
      deaf.bind(LoopRig.loopback());
      InetSocketAddress gone = (InetSocketAddress) deaf.getLocalSocketAddress();
      Script script = new Script();
      Channel channel = rig.on(() -> rig.loop.connect(gone, null, null, script));
      assertThat(await(script.refused)).isEqualTo(ConnectFailure.REFUSED);
      assertThat(rig.on(channel::isOpen)).isFalse();
    }
  }

  @Test
  void saysNothingOfAConnectionThatWasGivenUp() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
      Script script = new Script();
      rig.run(() -> rig.loop.connect(address(server), null, null, script).close());
      echoes();
      assertThat(script.connected).isNotDone();
      assertThat(script.refused).isNotDone();
    }
  }

  @Test
  void sendsAllToAPeerThatReadsLate() throws IOException {
    byte[] content = Content.of(8 << 20);
    Content.Sender sender = new Content.Sender(content);
    try (Socket client = rig.connected(sender::begin)) {
      await(sender.blocked);
      assertThat(Content.hash(client.getInputStream())).isEqualTo(Content.hash(content));
    }
  }

  @Test
  void callsAReaderThatStoppedEarlyAgain() throws IOException {
    List<Integer> reads = new ArrayList<>();
    CompletableFuture<Boolean> all = new CompletableFuture<>();
    Handler slow =
        new Script() {
          @Override
          public void readable(Channel channel) {
            Buffer buffer = channel.loop().scratch();
            buffer.roomAtMost(1);
            int count = channel.read(buffer);
            if (count == 1) {
              reads.add((int) buffer.at(buffer.start()));
              channel.readAgain();
            }
            if (reads.size() == 5) {
              all.complete(true);
            }
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(slow))) {
      client.getOutputStream().write(new byte[] {1, 2, 3, 4, 5});
      await(all);
    }
    assertThat(reads).containsExactly(1, 2, 3, 4, 5);
  }

  /// Both channels have events in one turn; the first that is served closes the other.
  @Test
  void saysNothingOfAChannelClosedInTheSameTurn() throws IOException {
    List<Channel> both = new ArrayList<>();
    AtomicInteger heard = new AtomicInteger();
    CompletableFuture<Boolean> accepted = new CompletableFuture<>();
    CompletableFuture<Boolean> served = new CompletableFuture<>();
    ServerChannel server =
        rig.listen(
            channel -> {
              both.add(channel);
              channel.handler(
                  new Script() {
                    @Override
                    void take(Channel one, Buffer buffer) {
                      heard.incrementAndGet();
                      both.forEach(Channel::close);
                      served.complete(true);
                    }
                  });
              if (both.size() == 2) {
                accepted.complete(true);
              }
            });
    try (Socket one = LoopRig.socket(server.local());
        Socket two = LoopRig.socket(server.local())) {
      await(accepted);
      rig.run(
          () -> {
            try {
              one.getOutputStream().write('x');
              two.getOutputStream().write('x');
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      await(served);
    }
    echoes();
    assertThat(heard).hasValue(1);
  }

  @Test
  void survivesAHandlerThatFails() throws IOException {
    Handler broken =
        new Script() {
          @Override
          void take(Channel channel, Buffer buffer) {
            throw new IllegalStateException("expected in this test");
          }
        };
    try (Socket client = rig.connected(channel -> channel.handler(broken))) {
      client.getOutputStream().write('x');
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    echoes();
  }

  @Test
  void leavesConnectionsWaitingWhilePaused() throws IOException {
    AtomicInteger accepted = new AtomicInteger();
    ServerChannel server =
        rig.listen(
            channel -> {
              accepted.incrementAndGet();
              channel.handler(new Script.Echo());
            });
    rig.run(server::pause);
    try (Socket client = LoopRig.socket(server.local())) {
      client.getOutputStream().write('x');
      echoes();
      assertThat(accepted).hasValue(0);
      rig.run(server::resume);
      assertThat(read(client, 1)).containsExactly('x');
    }
  }

  @Test
  void stopsListeningWhenClosed() throws IOException {
    ServerChannel server = rig.listen(channel -> channel.handler(new Script.Echo()));
    rig.run(server::close);
    assertThatThrownBy(() -> LoopRig.socket(server.local())).isInstanceOf(IOException.class);
  }

  @Test
  void sharesAnAddressWithOtherLoops() throws IOException {
    ServerChannel first = rig.listen(channel -> channel.handler(new Script.Echo()));
    try (LoopRig other = new LoopRig(transport())) {
      ServerChannel second =
          other.on(
              () ->
                  other.loop.listen(first.local(), channel -> channel.handler(new Script.Echo())));
      assertThat(second.local()).isEqualTo(first.local());
      for (int i = 0; i < 20; i++) {
        try (Socket client = LoopRig.socket(first.local())) {
          client.getOutputStream().write('x');
          assertThat(read(client, 1)).containsExactly('x');
        }
      }
    }
  }

  @Test
  void refusesAnAddressThatSomebodyElseHas() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      rig.run(
          () -> {
            try {
              rig.loop.listen(address(taken), Channel::close);
            } catch (IOException e) {
              failure.complete(e);
            }
          });
      assertThat(await(failure))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("ddress already in use");
    }
  }

  @Test
  void opensAndClosesThousandsWithoutLosingDescriptors() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(descriptors));
    ServerChannel server = rig.listen(channel -> channel.handler(new Script.Echo()));
    connectMany(server, 200);
    long before = count(descriptors);
    connectMany(server, 3_000);
    // Two turns later the last ones are closed on this side, too.
    echoes();
    assertThat(count(descriptors)).isLessThan(before + 100);
  }

  private static void connectMany(ServerChannel server, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (Socket client = LoopRig.socket(server.local())) {
        client.getOutputStream().write('x');
        assertThat(read(client, 1)).containsExactly('x');
        // Some end in order, some by a reset.
        client.setSoLinger(i % 3 == 0, 0);
      }
    }
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  @Test
  void closesEverythingWithItsLoop() throws IOException {
    LoopRig other = new LoopRig(transport());
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    try (Socket client =
            other.connected(
                channel -> {
                  channel.handler(new Script());
                  accepted.complete(channel);
                });
        InputStream in = client.getInputStream()) {
      await(accepted);
      other.close();
      other.close();
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  private static Script take(BlockingQueue<Script> scripts) {
    try {
      Script script = scripts.poll(LoopRig.SECONDS, TimeUnit.SECONDS);
      if (script == null) {
        throw new AssertionError("nobody was accepted");
      }
      return script;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
