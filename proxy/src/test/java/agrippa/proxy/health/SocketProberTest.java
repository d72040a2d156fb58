package agrippa.proxy.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.plan.Check.Probe;
import agrippa.proxy.plan.Check.StatusRange;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Probes against real sockets.
class SocketProberTest {
  // Patient, so that a reply counts even if this process was stopped meanwhile.
  private final Ping ping = Ping.best(60);
  private final SocketProber prober = new SocketProber(ping);
  private final ServerSocket server = listen();
  // What the server read from each client until it answered.
  private final BlockingQueue<String> requests = new ArrayBlockingQueue<>(10);

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void connects() throws Exception {
    assertThat(prober.probe(new Probe.Connect(), target(ProxyProtocol.NONE)))
        .startsWith("connected");
  }

  @Test
  void isRefusedWhereNobodyListens() throws IOException {
    // Bound, so that nobody else takes the port, but not listening.
    try (Socket deaf = new Socket()) {
      deaf.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      Target target =
          new Target((InetSocketAddress) deaf.getLocalSocketAddress(), ProxyProtocol.NONE);

      assertThatThrownBy(() -> prober.probe(new Probe.Connect(), target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void aDatagramIsGoodUnlessItIsRefused() throws Exception {
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(here, 0))) {
      Target target =
          new Target((InetSocketAddress) peer.getLocalSocketAddress(), ProxyProtocol.NONE);
      assertThat(prober.probe(new Probe.Datagram(), target)).isEqualTo("not refused");
      DatagramPacket heard = new DatagramPacket(new byte[10], 10);
      peer.receive(heard);
      assertThat(heard.getLength()).isOne();

      // Connected to nobody: the port stays ours, but hears nothing.
      peer.connect(here, 1);
      assertThatThrownBy(() -> prober.probe(new Probe.Datagram(), target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refused");
    }
  }

  @Test
  void sendsTheRequestThatThePlanDescribes() throws Exception {
    answer("HTTP/1.1 204 No Content\r\n\r\n");

    assertThat(prober.probe(http("HEAD", "/up?x=1", "1.1", "app.test", 200, 299), plain()))
        .isEqualTo("status 204");

    assertThat(requests.take())
        .isEqualTo("HEAD /up?x=1 HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n");
  }

  @Test
  void sendsNoHostThatThePlanDoesNotName() throws Exception {
    answer("HTTP/1.0 200 OK\r\n\r\n");

    prober.probe(http("GET", "/", "1.0", null, 200, 200), plain());

    assertThat(requests.take()).isEqualTo("GET / HTTP/1.0\r\nConnection: close\r\n\r\n");
  }

  @Test
  void takesAStatusWithoutReason() throws Exception {
    answer("HTTP/1.1 200\r\n\r\n");

    assertThat(prober.probe(http("GET", "/", "1.0", null, 200, 200), plain()))
        .isEqualTo("status 200");
  }

  @Test
  void doesNotTakeAnotherStatus() {
    answer("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n");

    assertThatThrownBy(() -> prober.probe(http("GET", "/", "1.0", null, 200, 200), plain()))
        .isInstanceOf(IOException.class)
        .hasMessage("status 302");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-OpenSSH_9\r\n", "HTTP/1.1 2000\r\n", "HTTP/2 200\r\n", "\n"})
  void doesNotTakeWhatIsNotHttp(String greeting) {
    answer(greeting);

    assertThatThrownBy(() -> prober.probe(http("GET", "/", "1.0", null, 200, 200), plain()))
        .isInstanceOf(IOException.class)
        .hasMessage("not HTTP");
  }

  @Test
  void doesNotReadALineWithoutEnd() {
    answer("HTTP/1.1 200 " + "x".repeat(100_000));

    assertThatThrownBy(() -> prober.probe(http("GET", "/", "1.0", null, 200, 200), plain()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void doesNotTakeAServerThatJustCloses() {
    answer("");

    assertThatThrownBy(() -> prober.probe(http("GET", "/", "1.0", null, 200, 200), plain()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void introducesItselfByTheProxyProtocol() throws Exception {
    answer("HTTP/1.0 200 OK\r\n\r\n");
    prober.probe(http("GET", "/", "1.0", null, 200, 200), target(ProxyProtocol.V1));
    assertThat(requests.take())
        .matches("(?s)PROXY TCP4 127.0.0.1 127.0.0.1 \\d+ " + server.getLocalPort() + "\r\nGET.*");

    answer("HTTP/1.0 200 OK\r\n\r\n");
    prober.probe(http("GET", "/", "1.0", null, 200, 200), target(ProxyProtocol.V2));
    // Signature, version 2 with the command LOCAL, no addresses.
    assertThat(requests.take()).startsWith("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0GET / ");
  }

  @Test
  void isNotSatisfiedByTlsHelloFromAPlainServer() {
    answer("HTTP/1.1 400 Bad Request\r\n\r\n");

    assertThatThrownBy(() -> prober.probe(new Probe.TlsHello(), plain()))
        .isInstanceOf(IOException.class)
        .hasMessage("no ServerHello");
  }

  @Test
  void anInterruptEndsAProbeOfASilentServer() throws Exception {
    BlockingQueue<Exception> ended = new ArrayBlockingQueue<>(1);
    Thread probe =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    prober.probe(http("GET", "/", "1.0", null, 200, 200), plain());
                  } catch (Exception e) {
                    ended.add(e);
                  }
                });
    try (Socket client = server.accept()) {
      // The probe waits for an answer now, or will: it has sent everything.
      client.getInputStream().readNBytes("GET / HTTP/1.0\r\n".length());
      probe.interrupt();
      assertThat(ended.poll(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void pings() throws Exception {
    assumeTrue(!(ping instanceof Ping.Impossible), "this process may not ping");

    assertThat(prober.probe(new Probe.Ping(), plain())).isEqualTo("echo reply");
  }

  /// Answers the next client when it has sent an empty line, or anything that is no text.
  private void answer(String text) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (Socket client = server.accept()) {
                StringBuilder request = new StringBuilder();
                byte[] some = new byte[4096];
                // A record of TLS, or the end of a head: either ends what a probe sends first.
                while (!request.toString().endsWith("\r\n\r\n")
                    && !request.toString().startsWith("\u0016")) {
                  int count = client.getInputStream().read(some);
                  if (count < 0) {
                    break;
                  }
                  request.append(new String(some, 0, count, ISO_8859_1));
                }
                requests.add(request.toString());
                client.getOutputStream().write(text.getBytes(ISO_8859_1));
              } catch (IOException e) {
                requests.add(e.toString());
              }
            });
  }

  private Target plain() {
    return target(ProxyProtocol.NONE);
  }

  private Target target(ProxyProtocol proxyProtocol) {
    return new Target((InetSocketAddress) server.getLocalSocketAddress(), proxyProtocol);
  }

  private static Probe.Http http(
      String method, String path, String version, String host, int first, int last) {
    return new Probe.Http(
        false, method, path, version, host, List.of(new StatusRange(first, last)));
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
