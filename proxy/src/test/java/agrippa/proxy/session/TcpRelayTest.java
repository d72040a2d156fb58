package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// TCP sessions on real sockets, on every transport of this machine.
class TcpRelayTest {
  private static final int SECONDS = 60;
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /// A loop that relays to the endpoints.
  private static final class Relayer implements AutoCloseable {
    final EventLoop loop;
    final InetSocketAddress address;
    final LiveUpstream pool;
    final FrontendStats stats = new FrontendStats(1);
    final Semaphore ended = new Semaphore(0);

    Relayer(
        Transport transport,
        Timeouts timeouts,
        ProxyProtocol header,
        InetSocketAddress... endpoints)
        throws Exception {
      Assumptions.assumeTrue(transport == Transport.NIO || Transport.best() == Transport.EPOLL);
      List<Endpoint> planned =
          Arrays.stream(endpoints)
              .map(e -> new Endpoint("e" + e.getPort(), e, 1, false, true, e))
              .toList();
      Upstream upstream =
          new Upstream("pool", Algorithm.ROUND_ROBIN, null, planned, null, null, header);
      pool = new LiveUpstream(upstream, null);
      Frontend plan =
          new Frontend(
              "tcp",
              Frontend.Mode.TCP,
              List.of(),
              null,
              List.of(),
              100,
              timeouts,
              List.of(),
              null,
              List.of(),
              "pool");
      FrontendSnapshot snapshot =
          new FrontendSnapshot(plan, Router.compile(List.of()), Map.of("pool", pool), stats);
      loop = transport.start("relay-test");
      CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
      loop.execute(
          () -> {
            try {
              listening.complete(
                  loop.listen(
                          new InetSocketAddress(LOOPBACK, 0),
                          client ->
                              new TcpSession(
                                      client,
                                      () -> snapshot,
                                      stats.local(0),
                                      Journal.closed(),
                                      ended::release)
                                  .start())
                      .local());
            } catch (IOException e) {
              listening.completeExceptionally(e);
            }
          });
      address = listening.get(SECONDS, TimeUnit.SECONDS);
    }

    Socket client() throws IOException {
      Socket socket = new Socket(address.getAddress(), address.getPort());
      socket.setSoTimeout(SECONDS * 1000);
      return socket;
    }

    void awaitEnd() throws InterruptedException {
      assertThat(ended.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(pool.endpoints()).allMatch(endpoint -> endpoint.active() == 0);
    }

    @Override
    public void close() {
      loop.close();
    }
  }

  private static ServerSocket server() throws IOException {
    ServerSocket server = new ServerSocket(0, 50, LOOPBACK);
    server.setSoTimeout(SECONDS * 1000);
    return server;
  }

  private static InetSocketAddress address(ServerSocket server) {
    return new InetSocketAddress(LOOPBACK, server.getLocalPort());
  }

  /// Bound, so that nobody else takes the port, but not listening.
  private static Socket deaf() throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(LOOPBACK, 0));
    return socket;
  }

  private static InetSocketAddress address(Socket deaf) {
    return new InetSocketAddress(LOOPBACK, deaf.getLocalPort());
  }

  private static Timeouts patient() {
    return new Timeouts(SECONDS * 1000, 5_000, SECONDS * 1000, 0);
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void megabytesGoBothWaysAtOnce(Transport transport) throws Exception {
    byte[] content = new byte[12 << 20];
    new Random(1).nextBytes(content);
    try (ServerSocket server = server();
        Relayer relayer = new Relayer(transport, patient(), ProxyProtocol.NONE, address(server));
        Socket client = relayer.client();
        Socket endpoint = server.accept();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      endpoint.setSoTimeout(SECONDS * 1000);
      Future<?> echo =
          threads.submit(
              () -> {
                endpoint.getInputStream().transferTo(endpoint.getOutputStream());
                endpoint.shutdownOutput();
                return true;
              });
      Future<?> sent =
          threads.submit(
              () -> {
                client.getOutputStream().write(content);
                client.shutdownOutput();
                return true;
              });
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(content);
      await(sent);
      await(echo);
      relayer.awaitEnd();
      assertThat(relayer.stats.sum().bytesIn()).isEqualTo(content.length);
      assertThat(relayer.stats.sum().bytesOut()).isEqualTo(content.length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherEndpointServesWhenOneIsGone(Transport transport) throws Exception {
    try (Socket deaf = deaf();
        ServerSocket server = server();
        Relayer relayer =
            new Relayer(transport, patient(), ProxyProtocol.NONE, address(deaf), address(server))) {
      for (int i = 0; i < 4; i++) {
        try (Socket client = relayer.client();
            Socket endpoint = server.accept()) {
          client.getOutputStream().write('x');
          assertThat(endpoint.getInputStream().read()).isEqualTo('x');
        }
        relayer.awaitEnd();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientIsClosedWhenAllEndpointsAreGone(Transport transport) throws Exception {
    try (Socket deaf = deaf();
        Relayer relayer = new Relayer(transport, patient(), ProxyProtocol.NONE, address(deaf));
        Socket client = relayer.client()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      relayer.awaitEnd();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndpointIsToldWhomTheConnectionIsFor(Transport transport) throws Exception {
    try (ServerSocket server = server();
        Relayer relayer = new Relayer(transport, patient(), ProxyProtocol.V1, address(server));
        Socket client = relayer.client();
        Socket endpoint = server.accept()) {
      client.getOutputStream().write("hello".getBytes(US_ASCII));
      client.shutdownOutput();
      String header =
          "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\n"
              .formatted(client.getLocalPort(), client.getPort());
      InputStream in = endpoint.getInputStream();
      assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo(header + "hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void silenceEndsBothSides(Transport transport) throws Exception {
    Timeouts impatient = new Timeouts(200, 5_000, 60_000, 0);
    try (ServerSocket server = server();
        Relayer relayer = new Relayer(transport, impatient, ProxyProtocol.NONE, address(server));
        Socket client = relayer.client();
        Socket endpoint = server.accept()) {
      endpoint.setSoTimeout(SECONDS * 1000);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(endpoint.getInputStream().read()).isEqualTo(-1);
      relayer.awaitEnd();
    }
  }

  /// The endpoint answers early and hangs up while the client still sends: the client must see all
  /// of the answer.
  @ParameterizedTest
  @EnumSource
  void anAnswerBeforeAHangUpArrives(Transport transport) throws Exception {
    byte[] answer = new byte[200_000];
    new Random(2).nextBytes(answer);
    try (ServerSocket server = server();
        Relayer relayer = new Relayer(transport, patient(), ProxyProtocol.NONE, address(server));
        Socket client = relayer.client();
        Socket endpoint = server.accept()) {
      client.getOutputStream().write(new byte[10_000]);
      endpoint.getInputStream().readNBytes(10_000);
      endpoint.getOutputStream().write(answer);
      endpoint.close();
      assertThat(client.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      client.close();
      relayer.awaitEnd();
    }
  }
}
