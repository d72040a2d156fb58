package agrippa.proxy.transport.epoll;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.PeerAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// How many calls datagrams take, and that those which the kernel joins or cuts come out as they
/// went in. Everything is done on the test's own thread.
@EnabledOnOs(OS.LINUX)
class BatchesTest {
  /// Switches checksums off, which the kernel needs to cut messages.
  private static final int SO_NO_CHECK = 11;

  private static final int SECONDS = 60;

  private final List<DatagramSocket> peers = new ArrayList<>();
  private final List<Integer> descriptors = new ArrayList<>();
  private Arena arena;
  private Kernel kernel;
  private Inbox inbox;
  private Outbox outbox;

  @BeforeEach
  @SuppressWarnings("MustBeClosedChecker") // Closed after each.
  void start() {
    arena = Arena.ofConfined();
    kernel = new Kernel(arena);
    inbox = new Inbox(kernel, arena);
    outbox = new Outbox(kernel, arena, true);
  }

  @AfterEach
  void stop() {
    peers.forEach(DatagramSocket::close);
    descriptors.forEach(kernel::close);
    arena.close();
  }

  private DatagramSocket peer() throws IOException {
    DatagramSocket peer =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    peer.setSoTimeout(SECONDS * 1000);
    peers.add(peer);
    return peer;
  }

  private static InetSocketAddress address(DatagramSocket peer) {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  private static List<String> texts(DatagramSocket at, int count) throws IOException {
    List<String> texts = new ArrayList<>();
    DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
    for (int i = 0; i < count; i++) {
      packet.setLength(65_536);
      at.receive(packet);
      texts.add(new String(packet.getData(), 0, packet.getLength(), ISO_8859_1));
    }
    return texts;
  }

  private static String text(Buffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    buffer.get(buffer.start(), bytes, 0, bytes.length);
    return new String(bytes, ISO_8859_1);
  }

  private Buffer datagram(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    Buffer buffer = Buffer.over(arena.allocate(bytes.length + 1));
    buffer.put(0, bytes, 0, bytes.length);
    buffer.produced(bytes.length);
    return buffer;
  }

  /// Texts of so many characters, each beginning with its number, and one that is shorter.
  private static List<String> stream(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(i -> (i + "-".repeat(length)).substring(0, i == count - 1 ? length / 2 : length))
        .toList();
  }

  private int socket() {
    int fd = kernel.socket(Kernel.AF_INET, Kernel.SOCK_DGRAM);
    descriptors.add(fd);
    return fd;
  }

  /// A socket that notes what it is told.
  private class Link implements Outbox.Sender {
    final int fd = socket();
    final Outbox.Queue queue;
    final List<String> unsent = new ArrayList<>();
    int sent;
    int failures;

    Link(boolean connected, InetSocketAddress to) {
      queue = new Outbox.Queue(fd, connected, this);
      if (connected) {
        assertThat(kernel.connect(fd, new SocketAddress(arena).set(to))).isZero();
      }
    }

    void sends(List<String> all) {
      for (String one : all) {
        assertThat(outbox.send(queue, datagram(one), null)).isTrue();
      }
    }

    @Override
    public void sent(int bytes) {
      sent += bytes;
    }

    @Override
    public boolean failsBy(int result) {
      return result == -Kernel.ECONNREFUSED;
    }

    @Override
    public void failed() {
      failures++;
    }

    @Override
    public void unsent(Buffer datagram) {
      unsent.add(text(datagram));
    }
  }

  private Link link(DatagramSocket peer) {
    return new Link(true, address(peer));
  }

  private int bound(InetSocketAddress at) {
    int fd = socket();
    assertThat(kernel.bind(fd, new SocketAddress(arena).set(at))).isZero();
    return fd;
  }

  private InetSocketAddress local(int fd) {
    SocketAddress address = new SocketAddress(arena);
    assertThat(kernel.localAddress(fd, address)).isZero();
    return address.get();
  }

  /// All that is there, as `sender's port: text`.
  private List<String> received() {
    List<String> all = new ArrayList<>();
    PeerAddress from = new PeerAddress();
    while (inbox.hasNext()) {
      inbox.sender().get(from);
      all.add(from.port() + ": " + text(inbox.next()));
    }
    return all;
  }

  @Test
  void whatGoesToManyGoesInOneCall() throws IOException {
    List<DatagramSocket> all = List.of(peer(), peer(), peer());
    Link port = new Link(false, null);
    PeerAddress to = new PeerAddress();
    List<String> texts = List.of("a", "bb", "", "ccc", "dddd", "dddd", "d", "ee");
    for (String text : texts) {
      for (DatagramSocket one : all) {
        to.set(address(one));
        assertThat(outbox.send(port.queue, datagram(text), to)).isTrue();
      }
    }
    assertThat(outbox.calls()).isZero();

    outbox.flush();

    assertThat(outbox.calls()).isOne();
    for (DatagramSocket one : all) {
      assertThat(texts(one, texts.size())).isEqualTo(texts);
    }
    assertThat(port.sent).isEqualTo(3 * 17);
    outbox.flush();
    assertThat(outbox.calls()).isOne();
  }

  @Test
  void linksKeepTheirOwnOrder() throws IOException {
    DatagramSocket one = peer();
    DatagramSocket two = peer();
    Link first = link(one);
    Link second = link(two);
    List<String> all = List.of("a", "bb", "", "ccc", "dddd", "dddd", "d", "ee");
    for (String text : all) {
      first.sends(List.of(text));
      second.sends(List.of(text + "!"));
    }
    outbox.flush();

    assertThat(texts(one, all.size())).isEqualTo(all);
    assertThat(texts(two, all.size())).isEqualTo(all.stream().map(it -> it + "!").toList());
    assertThat(first.sent).isEqualTo(17);
  }

  @Test
  void aStreamIsCutByTheKernel() throws IOException {
    DatagramSocket one = peer();
    // More than one message may hold.
    List<String> all = stream(100, 700);

    link(one).sends(all);
    outbox.flush();

    assertThat(outbox.calls()).isEqualTo(2);
    assertThat(texts(one, 100)).isEqualTo(all);
  }

  @Test
  void streamsToSeveralPeersOfOneSocketAreKeptApart() throws IOException {
    List<DatagramSocket> all = List.of(peer(), peer(), peer());
    Link port = new Link(false, null);
    PeerAddress to = new PeerAddress();
    for (DatagramSocket one : all) {
      to.set(address(one));
      for (String text : stream(10, 100)) {
        assertThat(outbox.send(port.queue, datagram(text), to)).isTrue();
      }
    }
    outbox.flush();

    assertThat(outbox.calls()).isOne();
    for (DatagramSocket one : all) {
      assertThat(texts(one, 10)).isEqualTo(stream(10, 100));
    }
  }

  /// A message that the kernel would join with the one before belongs to somebody else.
  @Test
  void nothingJoinsWhatWasSentBefore() throws IOException {
    DatagramSocket one = peer();
    DatagramSocket two = peer();
    Link first = link(one);
    Link second = link(two);
    first.sends(List.of("one"));
    outbox.flush();
    second.sends(List.of("two"));
    first.sends(List.of("one"));
    outbox.flush(first.queue);
    first.sends(List.of("new"));
    outbox.flush();

    assertThat(texts(one, 3)).containsExactly("one", "one", "new");
    assertThat(texts(two, 1)).containsExactly("two");
  }

  @Test
  void aKernelThatCannotCutIsNotAskedTo() throws IOException {
    outbox = new Outbox(kernel, arena, false);
    DatagramSocket one = peer();

    link(one).sends(stream(20, 100));
    outbox.flush();

    assertThat(outbox.calls()).isEqualTo(20);
    assertThat(texts(one, 20)).isEqualTo(stream(20, 100));
  }

  /// As do ways and devices that cannot.
  @Test
  void aKernelThatRefusesToCutLosesNothingAndIsNotAskedAgain() throws IOException {
    DatagramSocket one = peer();
    Link link = link(one);
    assertThat(kernel.option(link.fd, Kernel.SOL_SOCKET, SO_NO_CHECK, 1)).isZero();

    link.sends(stream(5, 100));
    outbox.flush();

    assertThat(texts(one, 5)).isEqualTo(stream(5, 100));
    assertThat(outbox.calls()).isEqualTo(1 + 5);
    link.sends(stream(5, 100));
    outbox.flush();
    assertThat(outbox.calls()).isEqualTo(1 + 5 + 5);
    assertThat(texts(one, 5)).isEqualTo(stream(5, 100));
    assertThat(link.sent).isEqualTo(2 * 450);
    // What is shorter may fit.
    link.sends(stream(5, 50));
    outbox.flush();
    assertThat(outbox.calls()).isEqualTo(1 + 5 + 5 + 1 + 5);
    assertThat(texts(one, 5)).isEqualTo(stream(5, 50));
  }

  @Test
  void whatTheKernelRefusedToCutIsTriedAgainAtTimes() throws IOException {
    DatagramSocket one = peer();
    Link link = link(one);
    assertThat(kernel.option(link.fd, Kernel.SOL_SOCKET, SO_NO_CHECK, 1)).isZero();
    link.sends(stream(2, 100));
    outbox.flush();
    assertThat(kernel.option(link.fd, Kernel.SOL_SOCKET, SO_NO_CHECK, 0)).isZero();
    texts(one, 2);
    List<String> pair = List.of("a".repeat(100), "b".repeat(100));

    long calls = outbox.calls();
    int tries = 0;
    for (; outbox.calls() - calls != 1 && tries < 20_000; tries++) {
      calls = outbox.calls();
      link.sends(pair);
      outbox.flush();
      assertThat(texts(one, 2)).isEqualTo(pair);
    }
    assertThat(tries).isEqualTo(10_000);
  }

  @Test
  void whatWaitsAtASocketThatFailsIsGivenBackInOrder() throws IOException {
    DatagramSocket dead = peer();
    DatagramSocket alive = peer();
    Link failing = link(dead);
    Link working = link(alive);
    dead.close();
    failing.sends(List.of("the first, which is refused"));
    outbox.flush();

    failing.sends(stream(5, 100));
    failing.sends(List.of("", "the last"));
    working.sends(List.of("one", "two"));
    outbox.flush();

    List<String> expected = new ArrayList<>(stream(5, 100));
    expected.addAll(List.of("", "the last"));
    assertThat(failing.unsent).isEqualTo(expected);
    assertThat(failing.failures).isOne();
    assertThat(failing.sent).isEqualTo("the first, which is refused".length());
    assertThat(texts(alive, 2)).containsExactly("one", "two");
    outbox.flush();
    assertThat(failing.unsent).hasSize(7);
  }

  /// On loopback the refusal is there when the first has gone.
  @Test
  void aRefusalAmongOthersKeepsThoseBehindIt() throws IOException {
    DatagramSocket dead = peer();
    Link failing = link(dead);
    dead.close();

    failing.sends(List.of("1", "22", "333", "4444", "55555"));
    outbox.flush();

    assertThat(failing.failures).isOne();
    assertThat(failing.unsent).containsExactly("22", "333", "4444", "55555");
    assertThat(failing.sent).isOne();
  }

  /// A peer that cannot be reached is not in the way of the others.
  @Test
  void anErrorOfOnePeerLosesOnlyWhatIsForIt() throws IOException {
    DatagramSocket one = peer();
    DatagramSocket two = peer();
    Link port = new Link(false, null);
    PeerAddress to = new PeerAddress();
    for (InetSocketAddress address :
        List.of(address(one), new InetSocketAddress("255.255.255.255", 9), address(two))) {
      to.set(address);
      assertThat(outbox.send(port.queue, datagram("one"), to)).isTrue();
      assertThat(outbox.send(port.queue, datagram("another"), to)).isTrue();
    }
    outbox.flush();

    assertThat(texts(one, 2)).containsExactly("one", "another");
    assertThat(texts(two, 2)).containsExactly("one", "another");
    assertThat(port.sent).isEqualTo(3 * 10);
    assertThat(outbox.calls()).isEqualTo(4);
  }

  @Test
  void whatIsSentWhileThingsAreGivenBackGoesAtOnce() throws IOException {
    DatagramSocket alive = peer();
    Link working = link(alive);
    Link failing =
        new Link(true, address(alive)) {
          @Override
          public void unsent(Buffer datagram) {
            assertThat(outbox.send(working.queue, datagram, null)).isTrue();
          }
        };
    failing.sends(List.of("one", "two", ""));
    outbox.fail(failing.queue);

    assertThat(texts(alive, 3)).containsExactly("one", "two", "");
    assertThat(outbox.calls()).isEqualTo(3);
    assertThat(failing.failures).isOne();
  }

  @Test
  void beyondItsRoomNothingWaits() throws IOException {
    DatagramSocket one = peer();
    Link link = link(one);
    outbox = new Outbox(kernel, arena, false);
    List<String> all = IntStream.range(0, Outbox.CAPACITY + 3).mapToObj(i -> "n" + i).toList();

    link.sends(all.subList(0, Outbox.CAPACITY));
    assertThat(outbox.hasRoom()).isFalse();
    link.sends(all.subList(Outbox.CAPACITY, all.size()));

    assertThat(texts(one, all.size())).isEqualTo(all);
    assertThat(outbox.calls()).isEqualTo(Outbox.CAPACITY + 3);
  }

  @Test
  void oneCallTakesWhatIsThere() throws IOException {
    int fd = bound(new InetSocketAddress("127.0.0.1", 0));
    DatagramSocket one = peer();
    int more = Inbox.CAPACITY + 2;
    for (String text : stream(more, 10)) {
      one.send(new DatagramPacket(text.getBytes(ISO_8859_1), text.length(), local(fd)));
    }
    List<String> expected =
        stream(more, 10).stream().map(it -> one.getLocalPort() + ": " + it).toList();

    assertThat(inbox.receive(fd, Inbox.CAPACITY)).isEqualTo(Inbox.CAPACITY);
    List<String> all = received();
    assertThat(inbox.receive(fd, Inbox.CAPACITY)).isEqualTo(2);
    all.addAll(received());
    assertThat(all).isEqualTo(expected);
    assertThat(inbox.receive(fd, Inbox.CAPACITY)).isEqualTo(-Kernel.EAGAIN);
    assertThat(received()).isEmpty();
    assertThat(inbox.calls()).isEqualTo(3);
  }

  /// The sender has the kernel cut what it sends, as programs that speak QUIC do.
  @Test
  void whatTheKernelJoinedIsCutAgain() {
    int fd = bound(new InetSocketAddress("127.0.0.1", 0));
    assertThat(kernel.option(fd, Kernel.IPPROTO_UDP, Kernel.UDP_GRO, 1)).isZero();
    Link one = new Link(true, local(fd));
    Link two = new Link(true, local(fd));
    one.sends(stream(10, 100));
    outbox.flush();
    two.sends(List.of("", "alone", ""));
    outbox.flush();
    one.sends(stream(2, 1000));
    outbox.flush();

    assertThat(inbox.receive(fd, Inbox.CAPACITY)).as("messages").isEqualTo(5);
    List<String> expected = new ArrayList<>();
    String first = local(one.fd).getPort() + ": ";
    String second = local(two.fd).getPort() + ": ";
    stream(10, 100).forEach(it -> expected.add(first + it));
    List.of("", "alone", "").forEach(it -> expected.add(second + it));
    stream(2, 1000).forEach(it -> expected.add(first + it));
    assertThat(received()).isEqualTo(expected);
    assertThat(inbox.calls()).isOne();
  }
}
