package agrippa.proxy;

import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.ProxyPlan;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// How a proxy ends, and how one sees that it has not.
@Cells
class StopTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private InetSocketAddress web;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    web = fixture.serve(plan(pool(endpoint(fixture.http("a")))));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void idleClientsAreNotWaitedFor() throws Exception {
    try (Client idle = Client.to(web)) {
      assertThat(idle.get("/").body()).isEqualTo("a");
      fixture.proxy.drain(LONG);
      assertThat(idle.ending()).isEmpty();
    }
    assertThatThrownBy(() -> Client.to(web)).isInstanceOf(ConnectException.class);
  }

  @Test
  void aRequestUnderWayIsAnswered() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Backend slow =
        fixture.add(
            Backend.http(
                "slow",
                request -> {
                  arrived.countDown();
                  released.await();
                  return Backend.ok("slow");
                }));
    InetSocketAddress address =
        fixture.serve(
            new ProxyPlan("slow", List.of(frontend()), List.of(pool(endpoint(slow)))), "web");
    try (Client client = Client.to(address)) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
      arrived.await();
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> fixture.proxy.drain(LONG));
      awaitRefusal(address);
      assertThat(drained).isNotDone();
      released.countDown();
      assertThat(client.receive().body()).isEqualTo("slow");
      drained.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void whoTakesTooLongIsLeftBehind() throws Exception {
    InetSocketAddress tunnel =
        fixture.serve(
            new ProxyPlan(
                "tunnels",
                List.of(frontend("tunnel", Mode.TCP)),
                List.of(pool(endpoint(fixture.http("b"))))),
            "tunnel");
    try (Client client = Client.to(tunnel)) {
      assertThat(client.get("/").body()).isEqualTo("b");
      fixture.proxy.drain(Duration.ofMillis(200));
      fixture.proxy.close();
      assertThat(client.ending()).isEmpty();
    }
  }

  @Test
  void loopsThatTurnAreNoReasonToComplain() {
    assertThat(fixture.proxy.complaint(LONG)).isEmpty();
    fixture.proxy.close();
    assertThat(fixture.proxy.complaint(LONG)).contains("loop 0 has ended");
  }

  private static void awaitRefusal(InetSocketAddress address) throws IOException {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      try (Client late = Client.to(address)) {
        late.socket();
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        assertThat(e).as("came in at the last moment").hasMessageContaining("reset");
      }
    }
    throw new AssertionError("still listening");
  }
}
