package agrippa.proxy;

import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.AssociationPeer.Heard;
import agrippa.proxy.AssociationPeer.Server;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients and servers of SCTP see of the proxy. Run by [AssociationsTest], where SCTP is
/// spoken.
@Timeout(60)
class AssociationsContract {
  private Fixture fixture;
  private final List<Server> servers = new ArrayList<>();

  @BeforeEach
  void start() {
    fixture =
        new Fixture(
            ProxySettings.standard()
                .withLoops(1)
                .withTransport(TransportKind.BEST)
                .withDrain(Duration.ofMillis(50)));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    for (Server each : servers) {
      each.close();
    }
  }

  private Server server(String name) throws IOException {
    Server made = Server.named(name);
    servers.add(made);
    return made;
  }

  private static Endpoint endpoint(Server of, int weight) {
    return new Endpoint(of.name(), of.address(), weight, false, true, of.address());
  }

  private static Upstream pool(Server... of) {
    return Fixture.pool(List.of(of).stream().map(it -> endpoint(it, 1)).toArray(Endpoint[]::new));
  }

  private static Frontend frontend() {
    return Fixture.frontend("sctp", Mode.SCTP);
  }

  private InetSocketAddress serve(Upstream upstream) {
    return serve(frontend(), upstream);
  }

  private InetSocketAddress serve(Frontend frontend, Upstream upstream) {
    return fixture.serve(plan(frontend, upstream));
  }

  /// Who serves a new client.
  private static String name(InetSocketAddress at) throws IOException {
    return name(null, at);
  }

  private static String name(String from, InetSocketAddress at) throws IOException {
    try (AssociationPeer client = AssociationPeer.connect(from, at)) {
      return client.send("?").hearText().replace(" ?", "");
    }
  }

  private static Map<String, Integer> names(InetSocketAddress at, int count) throws IOException {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < count; i++) {
      names.merge(name(at), 1, Integer::sum);
    }
    return names;
  }

  @Test
  void messagesStayWhatTheyAre() throws Exception {
    Server a = server("a");
    InetSocketAddress at = serve(pool(a));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      assertThat(client.send("hello").hearText()).isEqualTo("a hello");
      List<Heard> messages =
          List.of(
              new Heard("one", 0, 46, false),
              new Heard("two", 7, 0x12345678, false),
              new Heard("three", 3, -1, true));
      for (Heard each : messages) {
        assertThat(client.send(each).hear()).isEqualTo(each);
      }
      // Three that are sent at once are still three.
      client.send("x").send("y").send("z");
      assertThat(List.of(client.hearText(), client.hearText(), client.hearText()))
          .containsExactly("x", "y", "z");
      assertThat(a.next().text()).isEqualTo("hello");
      for (Heard each : messages) {
        assertThat(a.next()).isEqualTo(each);
      }
    }
  }

  @Test
  void longMessagesToo() throws Exception {
    Server a = server("a");
    InetSocketAddress at = serve(pool(a));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("?").hear();
      for (int length : List.of(1_000, 65_537, 190_000)) {
        String text = "0123456789".repeat(length / 10);
        assertThat(client.send(text).hearText()).isEqualTo(text);
      }
    }
  }

  @Test
  void tooLongOnesBreakTheAssociationOff() throws Exception {
    Server a = server("a");
    InetSocketAddress at = serve(pool(a));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("?").hear();
      client.send("x".repeat(200_000));
      assertThat(client.hear()).isEqualTo(Heard.ABORT);
      assertThat(a.next().text()).isEqualTo("?");
      assertThat(a.next()).isEqualTo(Heard.ABORT);
    }
  }

  @Test
  void allStreamsOfAClientAreThere() throws Exception {
    InetSocketAddress at = serve(pool(server("a")));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      // Clients ask for ten by default, of which all are there.
      assertThat(client.send(new Heard("last", 9, 0, false)).hear().stream()).isEqualTo(9);
    }
  }

  @Test
  void associationsAreSharedByWeight() throws Exception {
    Upstream shared = Fixture.pool(endpoint(server("a"), 2), endpoint(server("b"), 1));
    assertThat(names(serve(shared), 12)).isEqualTo(Map.of("a", 8, "b", 4));
  }

  @Test
  void whoRefusesIsPassedOver() throws Exception {
    Server a = server("a");
    Server gone = server("gone");
    gone.close();
    assertThat(names(serve(pool(gone, a)), 4)).isEqualTo(Map.of("a", 4));
  }

  @Test
  void withoutAnybodyItIsAborted() throws Exception {
    assertThat(refuses(null, serve(Fixture.pool()))).isTrue();
  }

  @Test
  void onlyAllowedNetworksGetIn() throws Exception {
    InetSocketAddress at = serve(Fixture.allowing(frontend(), "127.0.0.2/32"), pool(server("a")));
    assertThat(name("127.0.0.2", at)).isEqualTo("a");
    assertThat(refuses("127.0.0.3", at)).isTrue();
  }

  /// An association that is aborted at once may look as if it never was.
  private static boolean refuses(String from, InetSocketAddress at) throws IOException {
    try (AssociationPeer client = AssociationPeer.connect(from, at)) {
      return client.hear().equals(Heard.ABORT);
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  void beyondTheLimitClientsWait() throws Exception {
    InetSocketAddress at = serve(Fixture.limited(frontend(), 1), pool(server("a")));
    AssociationPeer first = AssociationPeer.connect(at);
    assertThat(first.send("1").hearText()).isEqualTo("a 1");
    try (AssociationPeer second = AssociationPeer.connect(at)) {
      second.send("2");
      first.close();
      assertThat(second.hearText()).isEqualTo("a 2");
    }
  }

  @Test
  void aClientIsKeptWhereItWas() throws Exception {
    InetSocketAddress at =
        serve(sticky(new Persistence.SourceIp(), pool(server("a"), server("b"))));
    assertThat(names(at, 5)).hasSize(1);
  }

  @Test
  void whoIsDownIsLeftOutUntilItIsUpAgain() throws Exception {
    Server a = server("a");
    Server b = server("b");
    InetSocketAddress at = serve(checked(new Check.Probe.Associate(), pool(a, b)));
    fixture.await("b", EndpointState.UP);
    b.close();
    fixture.await("b", EndpointState.DOWN);
    assertThat(names(at, 3)).isEqualTo(Map.of("a", 3));
    servers.add(new Server("b", b.address()));
    fixture.await("b", EndpointState.UP);
    assertThat(names(at, 4)).isEqualTo(Map.of("a", 2, "b", 2));
  }

  @Test
  void whatNobodyReadsStopsTheSenderAndIsNotLost() throws Exception {
    Server slow = server("slow");
    slow.silence();
    InetSocketAddress at = serve(pool(slow));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      String text = "x".repeat(50_000);
      int count = 40;
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < count; i++) {
                        client.send(i + text);
                      }
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      // Two megabytes are more than all buffers on the way have room for.
      fixture.await("sctp", it -> it.bytesIn() > 200_000);
      assertThat(sender.join(Duration.ofMillis(500))).isFalse();
      slow.listenToAll();
      for (int i = 0; i < count; i++) {
        assertThat(slow.next().text()).isEqualTo(i + text);
      }
      sender.join();
    }
  }

  @Test
  void endsAreToldInTheirKind() throws Exception {
    Server a = server("a");
    InetSocketAddress at = serve(pool(a));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("last").hear();
    }
    assertThat(List.of(a.next().text(), a.next().text())).containsExactly("last", "shutdown");
    AssociationPeer rude = AssociationPeer.connect(at);
    rude.send("?").hear();
    rude.abort();
    assertThat(List.of(a.next().text(), a.next().text())).containsExactly("?", "abort");
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("?").hear();
      a.close();
      assertThat(client.hear().stream()).isEqualTo(-1);
    }
    fixture.awaitConnections("sctp", 0);
  }

  @Test
  void changesLetAssociationsGoOnAndTheirFrontendsEndEndsThem() throws Exception {
    Server b = server("b");
    InetSocketAddress at = serve(pool(server("a")));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("1").hear();
      serve(pool(b));
      assertThat(client.send("2").hearText()).isEqualTo("2");
      assertThat(name(at)).isEqualTo("b");
      assertThat(fixture.counters("sctp").connectionsTotal()).isEqualTo(2);
      assertThat(fixture.counters("sctp").bytesIn()).isEqualTo(3);
      fixture.proxy.remove("plan");
      assertThat(client.hear()).isEqualTo(Heard.ABORT);
      // Its port is free at once.
      assertThat(serve(Fixture.bound(frontend(), at), pool(b))).isEqualTo(at);
      assertThat(name(at)).isEqualTo("b");
    }
  }

  @Test
  void silenceMayBeLimited() throws Exception {
    FrontendOptions options = FrontendOptions.DEFAULT.withTunnelIdle(100L);
    InetSocketAddress at = serve(Fixture.optional(frontend(), options), pool(server("a")));
    try (AssociationPeer client = AssociationPeer.connect(at)) {
      client.send("?").hear();
      assertThat(client.hear()).isEqualTo(Heard.ABORT);
    }
  }

  /// Debian's ncat on both sides, by IPv6.
  @Test
  void programsOfOthersAreServed() throws Exception {
    int port = Server.named("free").address().getPort();
    Process server =
        new ProcessBuilder("ncat", "-6", "--sctp", "-l", "::1", "" + port, "-k", "-e", "/bin/cat")
            .start();
    try {
      InetSocketAddress behind = new InetSocketAddress("::1", port);
      Endpoint cat = new Endpoint("cat", behind, 1, false, true, behind);
      InetSocketAddress at =
          serve(
              Fixture.bound(frontend(), new InetSocketAddress("::1", 0)),
              checked(new Check.Probe.Associate(), Fixture.pool(cat)));
      fixture.await("cat", EndpointState.UP);
      Process client = new ProcessBuilder("ncat", "-6", "--sctp", "::1", "" + at.getPort()).start();
      client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().flush();
      byte[] answer = client.getInputStream().readNBytes(6);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("hello\n");
      client.destroy();
      assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.destroy();
    }
  }
}
