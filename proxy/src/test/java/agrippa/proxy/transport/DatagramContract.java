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
import java.util.stream.IntStream;
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

  private InetSocketAddress echoing(InetSocketAddress at) {
    return rig.on(
        () -> {
          port = rig.loop.datagrams(at, (datagram, from) -> port.send(datagram, from));
          return port.local();
        });
  }

  /// Keeps the loop busy until all is sent, so that it comes at once.
  private void burst(DatagramSocket from, InetSocketAddress to, List<String> all) {
    rig.run(
        () -> {
          try {
            for (String one : all) {
              send(from, one, to);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /// Number `i` begins with it, but for the empty ones. All fit into a receive buffer of any
  // system.
  private static List<String> mixed(int count) {
    int[] lengths = {40, 40, 0, 40, 600, 600, 600, 7, 600, 0, 0, 3000, 40, 39, 40};
    return IntStream.range(0, count)
        .mapToObj(i -> (i + "x".repeat(3000)).substring(0, lengths[i % lengths.length]))
        .toList();
  }

  private static List<String> texts(DatagramSocket at, int count) throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(text(receive(at)));
    }
    return all;
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

  @Test
  void answersABurstOfAllSizesInOrder() throws IOException {
    InetSocketAddress at = echoing(loopback());
    DatagramSocket one = socket();

    burst(one, at, mixed(90));

    assertThat(texts(one, 90)).isEqualTo(mixed(90));
  }

  @Test
  void answersABurstOverIpv6() throws IOException {
    InetSocketAddress at = echoing(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    DatagramSocket one = socket("::1");

    burst(one, at, mixed(90));

    assertThat(texts(one, 90)).isEqualTo(mixed(90));
  }

  @Test
  void eachOfManyInABurstHasItsOwnAnswers() throws IOException {
    InetSocketAddress at = echoing(loopback());
    List<DatagramSocket> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(socket());
    }

    rig.run(
        () -> {
          try {
            for (int round = 0; round < 10; round++) {
              for (int i = 0; i < 20; i++) {
                send(all.get(i), i + " " + round, at);
              }
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });

    for (int i = 0; i < 20; i++) {
      String name = i + " ";
      assertThat(texts(all.get(i), 10))
          .isEqualTo(IntStream.range(0, 10).mapToObj(round -> name + round).toList());
    }
  }

  @Test
  void aLinkSendsAndHearsABurstInOrder() throws IOException {
    DatagramSocket peer = socket();
    Heard heard = link(address(peer));
    // Some sockets send no empty one.
    List<String> all = mixed(90).stream().filter(it -> !it.isEmpty()).toList();

    rig.run(() -> all.forEach(it -> assertThat(link.send(scratch(it))).isTrue()));

    DatagramPacket first = receive(peer);
    List<String> there = new ArrayList<>(List.of(text(first)));
    there.addAll(texts(peer, all.size() - 1));
    assertThat(there).isEqualTo(all);
    assertThat(rig.on(() -> heard.sent)).isEqualTo(all.stream().mapToInt(String::length).sum());
    heard.awaits(90);
    burst(peer, (InetSocketAddress) first.getSocketAddress(), mixed(90));
    await(heard.enough);
    assertThat(heard.texts).isEqualTo(mixed(90));
  }

  /// One peer's failure does not lose what goes to others.
  @Test
  void aLinkThatFailsInABurstHarmsNoOther() throws IOException {
    DatagramSocket dead = socket();
    DatagramSocket alive = socket();
    Heard lost = link(address(dead));
    DatagramLink failing = link;
    link(address(alive));
    DatagramLink working = link;
    dead.close();

    List<String> refused = new ArrayList<>();
    rig.run(
        () -> {
          for (int i = 0; i < 5; i++) {
            if (!failing.send(scratch("to the dead " + i))) {
              refused.add("to the dead " + i);
            }
            assertThat(working.send(scratch("to the living " + i))).isTrue();
          }
        });

    assertThat(texts(alive, 5))
        .isEqualTo(IntStream.range(0, 5).mapToObj(i -> "to the living " + i).toList());
    await(lost.failed(refused));
    // The first is on its way when the refusal comes: nobody knows better.
    refused.addAll(rig.on(() -> List.copyOf(lost.unsent)));
    assertThat(refused).isNotEmpty().doesNotContain("to the dead 0");
  }

  @Test
  void whoseHandlerFailsLosesNothingElse() throws IOException {
    CompletableFuture<List<String>> heard = new CompletableFuture<>();
    List<String> texts = new ArrayList<>();
    InetSocketAddress at =
        rig.on(
            () ->
                rig.loop
                    .datagrams(
                        loopback(),
                        (datagram, from) -> {
                          texts.add(text(datagram));
                          if (texts.size() == 3) {
                            heard.complete(texts);
                          }
                          throw new IllegalStateException("a test's");
                        })
                    .local());

    burst(socket(), at, List.of("one", "two", "three"));

    assertThat(await(heard)).containsExactly("one", "two", "three");
  }

  @Test
  void aPortThatClosesInABurstHearsNoMore() throws IOException {
    List<String> texts = new ArrayList<>();
    InetSocketAddress at =
        rig.on(
            () -> {
              port =
                  rig.loop.datagrams(
                      loopback(),
                      (datagram, from) -> {
                        texts.add(text(datagram));
                        port.send(datagram, from);
                        port.close();
                      });
              return port.local();
            });
    DatagramSocket one = socket();

    burst(one, at, List.of("one", "two", "three"));

    assertThat(text(receive(one))).isEqualTo("one");
    rig.run(() -> {});
    assertThat(rig.on(() -> List.copyOf(texts))).containsExactly("one");
  }

  @Test
  void sharesItsAddressWithOtherLoopsOnly() throws Exception {
    InetSocketAddress at = echoing(loopback());
    try (LoopRig other = new LoopRig(transport())) {
      DatagramPort second = other.on(() -> other.loop.datagrams(at, (datagram, from) -> {}));
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
            rig.loop.datagrams(elsewhere, (datagram, from) -> {});
          } catch (IOException e) {
            failure.complete(e);
          }
        });
    assertThat(await(failure)).isInstanceOf(IOException.class);
  }

  @Test
  void aLinkHearsItsPeerOnly() throws IOException {
    DatagramSocket peer = socket();
    Heard heard = link(address(peer));
    heard.awaits(2);
    assertThat(rig.on(() -> link.send(scratch("hello")))).isTrue();
    DatagramPacket hello = receive(peer);
    assertThat(text(hello)).isEqualTo("hello");
    InetSocketAddress at = (InetSocketAddress) hello.getSocketAddress();

    send(socket(), "from somebody else", at);
    send(peer, "", at);
    send(peer, "answer", at);

    await(heard.enough);
    assertThat(heard.texts).containsExactly("", "answer");
  }

  @Test
  void aLinkSendsTheLargest() throws IOException {
    String large = "x".repeat(LARGEST - 1) + "!";

    assertThat(sentByLink(large)).isEqualTo(large);
  }

  @Test
  void aLinkLosesWhatIsTooLarge() throws IOException {
    String large = "x".repeat(LARGEST + 1);
    DatagramSocket peer = socket();
    link(address(peer));

    rig.run(
        () -> {
          assertThat(link.send(scratch("one"))).isTrue();
          link.send(scratch(large));
          assertThat(link.send(scratch("two"))).isTrue();
        });

    assertThat(texts(peer, 2)).containsExactly("one", "two");
  }

  /// What the peer of a link hears when this is sent.
  final String sentByLink(String content) throws IOException {
    DatagramSocket peer = socket();
    link(address(peer));
    assertThat(rig.on(() -> link.send(scratch(content)))).isTrue();
    return text(receive(peer));
  }

  @Test
  void aLinkIsToldThatItsPeerRefuses() throws IOException {
    DatagramSocket peer = socket();
    Heard heard = link(address(peer));
    peer.close();

    assertThat(rig.on(() -> link.send(scratch("hello")))).isTrue();

    await(heard.failed(List.of()));
  }

  /// On loopback the refusal is there when the first send returns.
  @Test
  void whatFollowsARefusalIsGivenBack() throws IOException {
    DatagramSocket peer = socket();
    Heard heard = link(address(peer));
    peer.close();
    List<String> refused = new ArrayList<>();

    rig.run(
        () -> {
          for (String text : List.of("one", "two")) {
            if (!link.send(scratch(text))) {
              refused.add(text);
            }
          }
        });

    await(heard.failed(refused));
    refused.addAll(rig.on(() -> List.copyOf(heard.unsent)));
    assertThat(refused).containsExactly("two");
    assertThat(rig.on(() -> heard.sent)).isEqualTo(3);
  }

  @Test
  void aClosedLinkIsSilent() throws IOException {
    DatagramSocket peer = socket();
    Heard heard = link(address(peer));
    rig.run(
        () -> {
          assertThat(link.send(scratch("one"))).isTrue();
          assertThat(link.send(scratch("two"))).isTrue();
          link.close();
          link.close();
        });

    assertThat(texts(peer, 2)).containsExactly("one", "two");
    assertThat(rig.on(() -> link.send(scratch("hello")))).isFalse();
    assertThat(rig.on(() -> heard.sent)).isEqualTo(6);
  }

  private Heard link(InetSocketAddress to) {
    Heard heard = new Heard();
    link = rig.on(() -> rig.loop.link(to, heard));
    return heard;
  }

  /// What a link was told.
  private static final class Heard implements DatagramLink.Handler {
    final List<String> texts = new ArrayList<>();
    final List<String> unsent = new ArrayList<>();
    final CompletableFuture<Boolean> enough = new CompletableFuture<>();
    final CompletableFuture<Boolean> failed = new CompletableFuture<>();
    volatile int awaited = Integer.MAX_VALUE;
    int sent;

    void awaits(int count) {
      awaited = count;
    }

    /// When the link has failed, or a send told so.
    CompletableFuture<Boolean> failed(List<String> refused) {
      if (!refused.isEmpty()) {
        failed.complete(true);
      }
      return failed;
    }

    @Override
    public void arrived(Buffer datagram) {
      texts.add(text(datagram));
      if (texts.size() == awaited) {
        enough.complete(true);
      }
    }

    @Override
    public void sent(int bytes) {
      sent += bytes;
    }

    @Override
    public void failed() {
      failed.complete(true);
    }

    @Override
    public void unsent(Buffer datagram) {
      unsent.add(text(datagram));
    }
  }
}
