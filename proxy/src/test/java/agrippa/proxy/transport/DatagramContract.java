package agrippa.proxy.transport;

import static agrippa.proxy.transport.LoopRig.await;
import static agrippa.proxy.transport.LoopRig.loopback;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every transport promises of datagrams.
abstract class DatagramContract {
  private static final int LARGEST = 65_507;

  private final List<DatagramSocket> sockets = new ArrayList<>();
  private LoopRig rig;
  private DatagramPort port;
  private DatagramLink link;

  abstract Transport transport();

  @BeforeEach
  void start() throws IOException {
    rig = new LoopRig(transport());
  }

  @AfterEach
  void stop() {
    sockets.forEach(DatagramSocket::close);
    rig.close();
  }

  private DatagramSocket socket() throws IOException {
    return socket("127.0.0.1");
  }

  private DatagramSocket socket(String host) throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
    socket.setSoTimeout(LoopRig.SECONDS * 1000);
    sockets.add(socket);
    return socket;
  }

  private static InetSocketAddress address(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static void send(DatagramSocket from, String text, InetSocketAddress to)
      throws IOException {
    byte[] bytes = text.getBytes(ISO_8859_1);
    from.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static DatagramPacket receive(DatagramSocket at) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    at.receive(packet);
    return packet;
  }

  private static String text(DatagramPacket packet) {
    return new String(packet.getData(), 0, packet.getLength(), ISO_8859_1);
  }

  private static String text(Buffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    buffer.get(buffer.start(), bytes, 0, bytes.length);
    return new String(bytes, ISO_8859_1);
  }

  private Buffer scratch(String content) {
    Buffer buffer = rig.loop.scratch();
    buffer.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    byte[] bytes = content.getBytes(ISO_8859_1);
    buffer.put(buffer.end(), bytes, 0, bytes.length);
    buffer.produced(bytes.length);
    return buffer;
  }

  /// Sends everything back, one datagram a call.
  private void echo() {
    PeerAddress from = new PeerAddress();
    Buffer buffer = rig.loop.scratch();
    buffer.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    if (port.receive(buffer, from) != DatagramPort.NOTHING) {
      port.send(buffer, from);
    }
  }

  private InetSocketAddress echoing(InetSocketAddress at) {
    return rig.on(
        () -> {
          port = rig.loop.datagrams(at, this::echo);
          return port.local();
        });
  }

  @Test
  void answersWhoAskedFromWhereItWasAsked() throws IOException {
    InetSocketAddress at = echoing(loopback());
    DatagramSocket one = socket();
    DatagramSocket two = socket("127.0.0.2");

    send(one, "one", at);
    send(two, "two", at);

    DatagramPacket answer = receive(one);
    assertThat(text(answer)).isEqualTo("one");
    assertThat(answer.getSocketAddress()).isEqualTo(at);
    assertThat(text(receive(two))).isEqualTo("two");
  }

  @Test
  void speaksIpv6() throws IOException {
    InetSocketAddress at = echoing(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    DatagramSocket one = socket("::1");

    send(one, "one", at);

    DatagramPacket answer = receive(one);
    assertThat(text(answer)).isEqualTo("one");
    assertThat(answer.getSocketAddress()).isEqualTo(at);
  }

  @Test
  void takesTheLargestAndTheEmpty() throws IOException {
    InetSocketAddress at = echoing(loopback());
    DatagramSocket one = socket();
    String large = "x".repeat(LARGEST - 1) + "!";

    send(one, large, at);
    assertThat(text(receive(one))).isEqualTo(large);
    send(one, "", at);
    assertThat(text(receive(one))).isEmpty();
  }

  /// The echo takes one datagram a call, and is called for the others.
  @Test
  void isToldAgainOfWhatWasLeft() throws IOException {
    InetSocketAddress at = echoing(loopback());
    DatagramSocket one = socket();
    rig.run(
        () -> {
          try {
            for (int i = 0; i < 10; i++) {
              send(one, "datagram " + i, at);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    for (int i = 0; i < 10; i++) {
      assertThat(text(receive(one))).isEqualTo("datagram " + i);
    }
  }

  @Test
  void sharesItsAddressWithOtherLoopsOnly() throws Exception {
    InetSocketAddress at = echoing(loopback());
    try (LoopRig other = new LoopRig(transport())) {
      DatagramPort second = other.on(() -> other.loop.datagrams(at, () -> {}));
      assertThat(second.local()).isEqualTo(at);
      other.run(second::close);
    }
    assertThatThrownBy(() -> new DatagramSocket(at)).isInstanceOf(IOException.class);
    rig.run(port::close);
    rig.run(port::close);
    new DatagramSocket(at).close();
  }

  @Test
  void saysWhyAnAddressCannotBeBound() {
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 53);

    CompletableFuture<Exception> failure = new CompletableFuture<>();
    rig.run(
        () -> {
          try {
            rig.loop.datagrams(elsewhere, () -> {});
          } catch (IOException e) {
            failure.complete(e);
          }
        });
    assertThat(await(failure)).isInstanceOf(IOException.class);
  }

  @Test
  void aPortHearsNothingWhenNothingCame() {
    echoing(loopback());
    Buffer buffer = scratch("");

    int count = rig.on(() -> port.receive(buffer, new PeerAddress()));

    assertThat(count).isEqualTo(DatagramPort.NOTHING);
  }

  @Test
  void aLinkHearsItsPeerOnly() throws IOException {
    DatagramSocket peer = socket();
    List<String> heard = new ArrayList<>();
    CompletableFuture<Boolean> last = new CompletableFuture<>();
    link(
        address(peer),
        () -> {
          Buffer buffer = scratch("");
          int count = link.receive(buffer);
          if (count >= 0) {
            heard.add(text(buffer));
          }
          if (heard.size() == 2) {
            last.complete(true);
          }
        });
    assertThat(rig.on(() -> link.send(scratch("hello")))).isTrue();
    DatagramPacket hello = receive(peer);
    assertThat(text(hello)).isEqualTo("hello");
    InetSocketAddress at = (InetSocketAddress) hello.getSocketAddress();

    send(socket(), "from somebody else", at);
    send(peer, "", at);
    send(peer, "answer", at);

    await(last);
    assertThat(heard).containsExactly("", "answer");
  }

  @Test
  void aLinkSendsTheLargest() throws IOException {
    String large = "x".repeat(LARGEST - 1) + "!";

    assertThat(sentByLink(large)).isEqualTo(large);
  }

  /// What the peer of a link hears when this is sent.
  final String sentByLink(String content) throws IOException {
    DatagramSocket peer = socket();
    link(address(peer), () -> {});
    assertThat(rig.on(() -> link.send(scratch(content)))).isTrue();
    return text(receive(peer));
  }

  @Test
  void aLinkIsToldThatItsPeerRefuses() throws IOException {
    DatagramSocket peer = socket();
    CompletableFuture<Integer> told = new CompletableFuture<>();
    link(
        address(peer),
        () -> {
          int count = link.receive(scratch(""));
          if (count != DatagramLink.NOTHING) {
            told.complete(count);
          }
        });
    peer.close();

    assertThat(rig.on(() -> link.send(scratch("hello")))).isTrue();

    assertThat(await(told)).isEqualTo(DatagramLink.FAILED);
  }

  @Test
  void aSendTellsThatTheOneBeforeWasRefused() throws IOException {
    DatagramSocket peer = socket();
    link(address(peer), () -> {});
    peer.close();

    // On loopback the refusal is there when the first send returns.
    List<Boolean> sent =
        rig.on(() -> List.of(link.send(scratch("one")), link.send(scratch("two"))));

    assertThat(sent).containsExactly(true, false);
  }

  @Test
  void aClosedLinkIsSilent() throws IOException {
    DatagramSocket peer = socket();
    link(address(peer), () -> {});
    rig.run(link::close);
    rig.run(link::close);

    assertThat(rig.on(() -> link.send(scratch("hello")))).isFalse();
    assertThat(rig.on(() -> link.receive(scratch("")))).isEqualTo(DatagramLink.NOTHING);
  }

  private void link(InetSocketAddress to, Runnable readable) {
    link = rig.on(() -> rig.loop.link(to, readable));
  }
}
