package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// One engine on one kind of loop, for tests that run on every pair of them.
final class Rig implements AutoCloseable {
  static final int SECONDS = 60;

  /// Names a pair before anything of it is started.
  record Kind(String engine, Transport transport) {
    Rig start() throws IOException {
      return new Rig(newEngine(engine, InstantSource.system()), transport.start("tls-test"));
    }
  }

  final TlsEngine engine;
  final EventLoop loop;
  final Semaphore failures = new Semaphore(0);

  private Rig(TlsEngine engine, EventLoop loop) {
    this.engine = engine;
    this.loop = loop;
  }

  static List<String> engines() {
    boolean openssl = TlsEngine.openssl(InstantSource.system(), new SecureRandom()).isPresent();
    return openssl ? List.of("openssl", "jdk") : List.of("jdk");
  }

  static Stream<Kind> kinds() {
    List<Transport> transports =
        Transport.best() == Transport.EPOLL
            ? List.of(Transport.EPOLL, Transport.NIO)
            : List.of(Transport.NIO);
    return engines().stream()
        .flatMap(engine -> transports.stream().map(transport -> new Kind(engine, transport)));
  }

  static TlsEngine newEngine(String name, InstantSource clock) {
    return name.equals("jdk")
        ? TlsEngine.jdk(new SecureRandom())
        : TlsEngine.openssl(clock, new SecureRandom()).orElseThrow();
  }

  /// Serves TLS on a free port.
  ///
  /// @param accepted given each established channel, on the loop
  InetSocketAddress listen(TlsContext tls, Consumer<Channel> accepted) {
    return onLoop(
        () -> {
          try {
            ServerChannel server =
                loop.listen(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    plain -> loop.startTls(plain, tls, accepted, failures::release));
            return server.local();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /// Waits for a handshake that fails.
  boolean failed() throws InterruptedException {
    return failures.tryAcquire(SECONDS, TimeUnit.SECONDS);
  }

  <T> T onLoop(Supplier<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.get());
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return await(result);
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static TlsServer server(Certificate... certificates) {
    return new TlsServer(
        List.of(certificates), "", List.of(), List.of(), ClientAuth.NONE, List.of(), List.of());
  }

  static TlsServer asking(ClientAuth auth, Pki issuer, TlsServer plan, Certificate... revoked) {
    return new TlsServer(
        plan.certificates(),
        plan.ciphers(),
        plan.versions(),
        plan.alpn(),
        auth,
        Pki.issuers(issuer),
        revoked.length == 0 ? List.of() : List.of(issuer.revoking(revoked)));
  }

  static TlsServer speaking(TlsServer plan, List<String> versions, String ciphers) {
    return new TlsServer(
        plan.certificates(),
        ciphers,
        versions,
        plan.alpn(),
        plan.clientAuth(),
        plan.clientIssuers(),
        plan.revoked());
  }

  static TlsServer agreeing(TlsServer plan, String... alpn) {
    return new TlsServer(
        plan.certificates(),
        plan.ciphers(),
        plan.versions(),
        List.of(alpn),
        plan.clientAuth(),
        plan.clientIssuers(),
        plan.revoked());
  }

  static TlsClient trusting(Pki... issuers) {
    return new TlsClient(null, Pki.issuers(issuers), List.of(), "", List.of(), List.of());
  }

  @Override
  public void close() {
    loop.close();
    engine.close();
  }
}
