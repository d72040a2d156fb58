package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How bytes flow and end once TLS is established.
@ParameterizedClass
@MethodSource("agrippa.proxy.tls.Rig#kinds")
class StreamTest {
  private static final int TINY = 4 * 1024;

  private final Rig.Kind kind;
  private final Certificate certificate = new Pki("authority").issue("localhost");
  private Rig rig;
  private TlsContext tls;

  StreamTest(Rig.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void start() throws Exception {
    rig = kind.start();
    tls = rig.engine.server(Rig.server(certificate));
  }

  @AfterEach
  void stop() {
    tls.close();
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void carriesMuchThroughLittleRoomBothWays(String version) throws Exception {
    byte[] sent = bytes(10 * 1024 * 1024);
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (SSLSocket socket = tiny(at)) {
      socket.setEnabledProtocols(new String[] {version});
      CompletableFuture<Void> writing = inBackground(() -> socket.getOutputStream().write(sent));
      byte[] back = socket.getInputStream().readNBytes(sent.length);
      assertThat(Arrays.equals(back, sent)).isTrue();
      Rig.await(writing);
    }
  }

  @Test
  void takesWhatComesByteByByte() throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> relaying = inBackground(() -> dribble(relay, at));
      try (SSLSocket socket =
          Sockets.connect(Sockets.context(), (InetSocketAddress) relay.getLocalSocketAddress())) {
        String text = "0123456789".repeat(100);
        assertThat(Sockets.echo(socket, text)).isEqualTo(text);
        // To the end of both ways: closing at once would reset what is still on its way.
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        Rig.await(relaying);
      }
    }
  }

  @Test
  void honoursALimitOfTheReader() throws Exception {
    CompletableFuture<Integer> most = new CompletableFuture<>();
    InetSocketAddress at = rig.listen(tls, channel -> channel.handler(new Sipper(most)));
    byte[] sent = bytes(100_000);
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      CompletableFuture<Void> writing = inBackground(() -> socket.getOutputStream().write(sent));
      assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
      Rig.await(writing);
      socket.shutdownOutput();
      assertThat(Rig.await(most)).isEqualTo(Sipper.SIP);
    }
  }

  @Test
  void goesOnSendingAfterThePeerHasEnded() throws Exception {
    byte[] answer = bytes(1024 * 1024);
    InetSocketAddress at = rig.listen(tls, channel -> channel.handler(new AnswerAtTheEnd(answer)));
    try (SSLSocket socket = tiny(at)) {
      socket.setEnabledProtocols(new String[] {"TLSv1.3"});
      socket.getOutputStream().write(1);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(answer);
    }
  }

  @Test
  void closesOnlyWhenThePeerHasTakenAll() throws Exception {
    byte[] answer = bytes(8 * 1024 * 1024);
    InetSocketAddress at = rig.listen(tls, channel -> new Sender(answer).start(channel));
    try (SSLSocket socket = tiny(at)) {
      // readAllBytes fails if the end is not in order.
      assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), answer)).isTrue();
    }
  }

  @Test
  void aClientThatJustLeavesHasEnded() throws Exception {
    CompletableFuture<Integer> ending = new CompletableFuture<>();
    InetSocketAddress at = rig.listen(tls, channel -> channel.handler(new EndWatcher(ending)));
    try (Socket plain = new Socket(at.getAddress(), at.getPort())) {
      SSLSocketFactory factory = Sockets.context().getSocketFactory();
      SSLSocket socket = (SSLSocket) factory.createSocket(plain, "localhost", at.getPort(), false);
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
      plain.shutdownOutput();
      assertThat(Rig.await(ending)).isEqualTo(Channel.END);
    }
  }

  @Test
  void nothingIsReadOrWrittenAfterAClose() throws Exception {
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    InetSocketAddress at = rig.listen(tls, accepted::complete);
    try (SSLSocket socket = Sockets.connect(Sockets.context(), at)) {
      socket.startHandshake();
      Channel channel = Rig.await(accepted);
      Buffer buffer = Buffer.allocate(16);
      rig.onLoop(
          () -> {
            channel.close();
            channel.close();
            channel.abort();
            buffer.window(0, 1);
            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.read(buffer)).isEqualTo(Channel.FAILED);
            assertThat(channel.write(buffer)).isEqualTo(Channel.FAILED);
            channel.shutdownOutput();
            return true;
          });
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      buffer.free();
    }
  }

  // --- helpers ---

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static SSLSocket tiny(InetSocketAddress at) throws IOException {
    SSLSocket socket = (SSLSocket) Sockets.context().getSocketFactory().createSocket();
    socket.setReceiveBufferSize(TINY);
    socket.setSendBufferSize(TINY);
    socket.setSoTimeout(Rig.SECONDS * 1000);
    socket.connect(at);
    return socket;
  }

  private interface Io {
    void run() throws IOException;
  }

  private static CompletableFuture<Void> inBackground(Io work) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (IOException e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  /// Passes on one byte at a time from the client, and what comes back as it is.
  private static void dribble(ServerSocket relay, InetSocketAddress to) throws IOException {
    try (Socket client = relay.accept();
        Socket server = new Socket(to.getAddress(), to.getPort())) {
      server.setTcpNoDelay(true);
      CompletableFuture<Void> back =
          inBackground(() -> server.getInputStream().transferTo(client.getOutputStream()));
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        out.write(next);
      }
      server.shutdownOutput();
      Rig.await(back);
    }
  }

  /// Reads little at a time although there is more, and sends it back.
  private static final class Sipper implements Handler {
    private static final int SIP = 7;

    private final CompletableFuture<Integer> result;
    private final Buffer buffer = Buffer.allocate(64);
    private int most;

    Sipper(CompletableFuture<Integer> result) {
      this.result = result;
    }

    @Override
    public void readable(Channel channel) {
      int got;
      do {
        if (!buffer.isEmpty() && channel.write(buffer) < 0 || !buffer.isEmpty()) {
          return;
        }
        buffer.window(0, 0);
        buffer.roomAtMost(SIP);
        got = channel.read(buffer);
        most = Math.max(most, got);
      } while (got == SIP);
      if (got < 0) {
        result.complete(most);
        channel.close();
        buffer.free();
      } else if (got > 0) {
        readable(channel);
      }
    }

    @Override
    public void writable(Channel channel) {
      readable(channel);
    }
  }

  /// Sends all it has, and closes as soon as that is taken.
  private static final class Sender implements Handler {
    private final Buffer left;

    Sender(byte[] bytes) {
      left = Buffer.allocate(bytes.length);
      left.put(0, bytes, 0, bytes.length);
      left.window(0, bytes.length);
    }

    void start(Channel channel) {
      channel.handler(this);
      writable(channel);
    }

    @Override
    public void readable(Channel channel) {}

    @Override
    public void writable(Channel channel) {
      if (channel.write(left) == Channel.FAILED || left.isEmpty()) {
        channel.close();
        left.free();
      }
    }
  }

  /// Waits for the peer's end, then answers.
  private record AnswerAtTheEnd(byte[] answer) implements Handler {
    @Override
    public void readable(Channel channel) {
      Buffer in = Buffer.allocate(64);
      int got = channel.read(in);
      in.free();
      if (got == Channel.END) {
        new Sender(answer).start(channel);
      } else if (got == Channel.FAILED) {
        channel.close();
      }
    }

    @Override
    public void writable(Channel channel) {}
  }

  /// Reads to the end and tells how it was.
  private record EndWatcher(CompletableFuture<Integer> ending) implements Handler {
    @Override
    public void readable(Channel channel) {
      Buffer in = Buffer.allocate(1024);
      int got = channel.read(in);
      in.free();
      if (got < 0) {
        ending.complete(got);
        channel.close();
      }
    }

    @Override
    public void writable(Channel channel) {}
  }
}
