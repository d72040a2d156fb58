package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Transport;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// HTTP through real sockets; the same on every transport.
abstract class HttpOverLoopContract {
  private static final int MIB = 1 << 20;

  private final FrontendStats stats = new FrontendStats(1);
  private final List<AutoCloseable> opened = new ArrayList<>();
  private EventLoop loop;
  private volatile FrontendSnapshot snapshot;
  private LiveUpstream pool;
  private InetSocketAddress address;

  abstract Transport transport();

  @BeforeEach
  void listen() throws Exception {
    loop = transport().start("http-test");
    address =
        onLoop(
            () -> {
              HttpLoop http = new HttpLoop(loop, Journal.closed());
              return loop.listen(
                      new InetSocketAddress("127.0.0.1", 0),
                      channel ->
                          new HttpSession(channel, () -> snapshot, stats.local(0), http, () -> {})
                              .start())
                  .local();
            });
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    loop.close();
  }

  private <T> T onLoop(Callable<T> call) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(call.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result.get(60, TimeUnit.SECONDS);
  }

  private void serve(InetSocketAddress... addresses) {
    serve(new Timeouts(20_000, 5_000, 20_000, 0), addresses);
  }

  private void serve(Timeouts timeouts, InetSocketAddress... addresses) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (InetSocketAddress each : addresses) {
      endpoints.add(new Endpoint("e" + endpoints.size(), each, 1, false, true, each));
    }
    pool =
        new LiveUpstream(
            new Upstream(
                "pool", Algorithm.ROUND_ROBIN, null, endpoints, null, null, ProxyProtocol.NONE),
            null);
    Frontend plan =
        new Frontend(
            "web",
            Frontend.Mode.HTTP,
            List.of(),
            null,
            List.of(),
            1_000,
            timeouts,
            List.of(HeaderInsert.X_FORWARDED_FOR),
            null,
            List.of(),
            "pool");
    snapshot = new FrontendSnapshot(plan, Router.compile(List.of()), Map.of("pool", pool), stats);
  }

  private Backend backend(Backend.Behaviour behaviour) throws IOException {
    Backend backend = Backend.start(behaviour);
    opened.add(backend);
    return backend;
  }

  private RawClient client() throws IOException {
    RawClient client = new RawClient(address);
    opened.add(client);
    return client;
  }

  /// Waits for something that another thread does; no longer than a minute.
  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private int inFlight() {
    return pool.endpoints().stream().mapToInt(e -> e.active()).sum();
  }

  private static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  private static String digest(byte[] bytes) throws Exception {
    return Arrays.toString(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  // ---- small messages

  @Test
  void manyRequestsShareOneConnectionEach() throws Exception {
    Backend backend =
        backend(
            (request, socket, out) ->
                out.write(
                    Backend.response(
                            request.line() + " " + Backend.field(request.head(), "X-Forwarded-For"))
                        .getBytes(ISO_8859_1)));
    serve(backend.address());
    RawClient client = client();
    for (int i = 0; i < 200; i++) {
      assertThat(client.get("/" + i).response().text())
          .isEqualTo("GET /" + i + " HTTP/1.1 127.0.0.1");
    }
    assertThat(backend.connections()).isEqualTo(1);
    assertThat(stats.sum().requests()).isEqualTo(200);
  }

  @Test
  void manyClientsAtOnceEachGetTheirOwnAnswers() throws Exception {
    Backend.Behaviour echo =
        (request, socket, out) -> out.write(Backend.response(request.line()).getBytes(ISO_8859_1));
    serve(backend(echo).address(), backend(echo).address());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < 40; c++) {
        int number = c;
        running.add(
            threads.submit(
                () -> {
                  try (RawClient client = new RawClient(address)) {
                    for (int i = 0; i < 50; i++) {
                      String path = "/" + number + "/" + i;
                      assertThat(client.get(path).response().text())
                          .isEqualTo("GET " + path + " HTTP/1.1");
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get(120, TimeUnit.SECONDS);
      }
    }
    assertThat(stats.sum().requests()).isEqualTo(2_000);
    eventually(() -> inFlight() == 0);
  }

  @Test
  void aConnectionPerRequestWorksToo() throws Exception {
    serve(
        backend((request, socket, out) -> out.write(Backend.response("x").getBytes(ISO_8859_1)))
            .address());
    for (int i = 0; i < 100; i++) {
      try (RawClient client = new RawClient(address)) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(new String(client.rest(), ISO_8859_1)).endsWith("Connection: close\r\n\r\nx");
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    serve(
        backend(
                (request, socket, out) ->
                    out.write(Backend.response(request.line()).getBytes(ISO_8859_1)))
            .address());
    RawClient client = client();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      all.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    client.send(all.toString());
    for (int i = 0; i < 500; i++) {
      assertThat(client.response().text()).isEqualTo("GET /" + i + " HTTP/1.1");
    }
  }

  @Test
  void aClientThatEndsItsSideStillGetsItsAnswer() throws Exception {
    serve(
        backend((request, socket, out) -> out.write(Backend.response("x").getBytes(ISO_8859_1)))
            .address());
    RawClient client = client().get("/");
    client.endOutput();
    assertThat(new String(client.rest(), ISO_8859_1)).endsWith("\r\n\r\nx");
  }

  @Test
  void aRefusedRequestIsAnsweredAlthoughMoreIsOnItsWay() throws Exception {
    serve();
    RawClient client = client();
    // Room for all, so that nothing is left to send if this side is stopped for a while.
    client.socket().setSendBufferSize(256 << 10);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + "x".repeat(50_000));
    assertThat(new String(client.rest(), ISO_8859_1))
        .startsWith("HTTP/1.1 400 ")
        .endsWith("</html>\n");
  }

  /// Sessions allocate nothing, see [AllocationTest]; what remains is the JDK's own: a slice per
  /// foreign call that was not inlined, a selector's sets.
  @Test
  void aSteadyStreamOfRequestsAllocatesNextToNothing() throws Exception {
    byte[] response = Backend.response("x".repeat(100)).getBytes(ISO_8859_1);
    serve(backend((request, socket, out) -> out.write(response)).address());
    long thread = onLoop(() -> Thread.currentThread().threadId());
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    RawClient client = client();
    long each = Long.MAX_VALUE;
    // It is steady when all is compiled, which takes its time on a busy machine.
    for (int round = 0; round < 20 && each >= 400; round++) {
      exchange(client, 10_000);
      long before = threads.getThreadAllocatedBytes(thread);
      exchange(client, 10_000);
      each = (threads.getThreadAllocatedBytes(thread) - before) / 10_000;
    }

    assertThat(each).isLessThan(400);
  }

  private static void exchange(RawClient client, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      client.get("/");
      client.head();
      client.read(100);
    }
  }

  // ---- long messages

  @Test
  void longBodiesArriveWhole() throws Exception {
    byte[] body = noise(9 * MIB + 17);
    serve(
        backend(
                (request, socket, out) -> {
                  out.write(
                      ("HTTP/1.1 200 OK\r\nContent-Length: " + request.body().length + "\r\n\r\n")
                          .getBytes(ISO_8859_1));
                  out.write(request.body());
                })
            .address());
    RawClient client = client();
    for (int i = 0; i < 3; i++) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n");
      client.send(body);
      assertThat(digest(client.response().body())).isEqualTo(digest(body));
    }
    assertThat(stats.sum().bytesIn()).isGreaterThan(3L * body.length);
    // Counted when it is sent: the client may have it before.
    eventually(() -> stats.sum().bytesOut() > 3L * body.length);
    eventually(() -> inFlight() == 0);
  }

  @Test
  void longChunkedBodiesArriveWhole() throws Exception {
    byte[] body = noise(3 * MIB);
    serve(backend((request, socket, out) -> writeChunks(request.body(), out)).address());
    RawClient client = client();
    for (int i = 0; i < 3; i++) {
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      writeChunks(body, client.socket().getOutputStream(), "");
      assertThat(digest(client.response().body())).isEqualTo(digest(body));
    }
  }

  private static void writeChunks(byte[] body, OutputStream out) throws IOException {
    writeChunks(body, out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  }

  private static void writeChunks(byte[] body, OutputStream out, String head) throws IOException {
    out.write(head.getBytes(ISO_8859_1));
    Random sizes = new Random(7);
    for (int at = 0; at < body.length; ) {
      int size = Math.min(body.length - at, 1 + sizes.nextInt(100_000));
      out.write((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
      out.write(body, at, size);
      out.write("\r\n".getBytes(ISO_8859_1));
      at += size;
    }
    out.write("0\r\n\r\n".getBytes(ISO_8859_1));
  }

  @Test
  void aBodyUntilCloseArrivesWhole() throws Exception {
    byte[] body = noise(5 * MIB);
    serve(
        backend(
                (request, socket, out) -> {
                  out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
                  out.write(body);
                  socket.close();
                })
            .address());
    RawClient client = client().get("/");
    assertThat(client.head()).contains("Connection: close\r\n");
    assertThat(digest(client.rest())).isEqualTo(digest(body));
  }

  @Test
  void aSlowReaderHoldsTheMemberUpAndLosesNothing() throws Exception {
    // More than all the buffers on the way can grow to.
    byte[] body = noise(64 * MIB);
    CompletableFuture<Void> written = new CompletableFuture<>();
    serve(
        backend(
                (request, socket, out) -> {
                  out.write(
                      ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n")
                          .getBytes(ISO_8859_1));
                  out.write(body);
                  written.complete(null);
                })
            .address());
    RawClient client = client();
    client.socket().setReceiveBufferSize(64 << 10);
    client.get("/");
    client.head();
    byte[] first = client.read(MIB);
    assertThat(written).as("back-pressure").isNotDone();
    assertThat(Arrays.equals(first, 0, MIB, body, 0, MIB)).isTrue();
    for (int at = MIB; at < body.length; at += MIB) {
      assertThat(Arrays.equals(client.read(MIB), 0, MIB, body, at, at + MIB)).isTrue();
    }
    written.get(60, TimeUnit.SECONDS);
  }

  // ---- failures

  @Test
  void anEndpointThatRefusesIsPassedOver() throws Exception {
    // Bound, so that nobody else takes the port, but not listening.
    Socket deaf = new Socket();
    opened.add(deaf);
    deaf.bind(new InetSocketAddress(address.getAddress(), 0));
    InetSocketAddress closed = (InetSocketAddress) deaf.getLocalSocketAddress();
    Backend alive =
        backend((request, socket, out) -> out.write(Backend.response("x").getBytes(ISO_8859_1)));
    serve(closed, alive.address());
    RawClient client = client();
    for (int i = 0; i < 20; i++) {
      assertThat(client.get("/").response().status()).isEqualTo(200);
    }
    serve(closed);
    assertThat(client.get("/").response().status()).isEqualTo(503);
    assertThat(client.get("/").response().status()).isEqualTo(503);
  }

  @Test
  void aMemberThatClosesAfterEachResponseIsNoticedByNobody() throws Exception {
    serve(
        backend(
                (request, socket, out) -> {
                  out.write(Backend.response("x").getBytes(ISO_8859_1));
                  socket.close();
                })
            .address());
    RawClient client = client();
    for (int i = 0; i < 200; i++) {
      assertThat(client.get("/").response().text()).isEqualTo("x");
    }
  }

  @Test
  void aMemberThatResetsAfterEachResponseIsNoticedByNobody() throws Exception {
    serve(
        backend(
                (request, socket, out) -> {
                  out.write(Backend.response("x").getBytes(ISO_8859_1));
                  socket.setSoLinger(true, 0);
                  socket.close();
                })
            .address());
    RawClient client = client();
    int answered = 0;
    for (int i = 0; i < 100; i++) {
      // A reset may overtake the response itself; then 502 is the truth.
      answered += client.get("/").response().status() == 200 ? 1 : 0;
    }
    assertThat(answered).isPositive();
    eventually(() -> inFlight() == 0);
  }

  @Test
  void aSilentMemberIs504() throws Exception {
    serve(new Timeouts(20_000, 5_000, 200, 0), backend((request, socket, out) -> {}).address());
    RawClient client = client();
    assertThat(client.get("/").response().status()).isEqualTo(504);
    eventually(() -> inFlight() == 0);
  }

  @Test
  void aSlowHeadIs408AndASilentClientIsClosed() throws Exception {
    serve(new Timeouts(200, 5_000, 20_000, 0));
    // The loop cannot accept before it has made this connection itself: what is sent is there when
    // its time begins to run, however long anybody is stopped.
    RawClient slow = onLoop(() -> client().send("GET / HT"));
    assertThat(new String(slow.rest(), ISO_8859_1)).startsWith("HTTP/1.1 408 ");
    assertThat(client().rest()).isEmpty();
  }

  @Test
  void aClientThatGoesAwayFreesItsEndpoint() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    serve(
        backend(
                (request, socket, out) -> {
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n".getBytes(ISO_8859_1));
                  asked.countDown();
                  byte[] part = new byte[MIB];
                  for (int i = 0; i < 95; i++) {
                    out.write(part);
                  }
                })
            .address());
    RawClient client = client().get("/");
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(inFlight()).isEqualTo(1);
    client.reset();
    eventually(() -> inFlight() == 0);
  }

  // ---- other protocols

  @Test
  void anUpgradedConnectionCarriesAnything() throws Exception {
    serve(
        backend(
                (request, socket, out) -> {
                  assertThat(Backend.field(request.head(), "upgrade")).isEqualTo("echo");
                  out.write(
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhi "
                          .getBytes(ISO_8859_1));
                  echo(socket, out);
                })
            .address());
    RawClient client = client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly");
    assertThat(client.head())
        .isEqualTo(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
    assertThat(new String(client.read(8), ISO_8859_1)).isEqualTo("hi early");
    byte[] all = noise(4 * MIB);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.send(all);
                client.endOutput();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    assertThat(digest(client.rest())).isEqualTo(digest(all));
    eventually(() -> inFlight() == 0);
  }

  private static void echo(Socket socket, OutputStream out) throws IOException {
    byte[] buffer = new byte[16_384];
    for (int n = socket.getInputStream().read(buffer);
        n >= 0;
        n = socket.getInputStream().read(buffer)) {
      out.write(buffer, 0, n);
    }
    socket.close();
  }
}
