package agrippa.provider.builtin;

import static agrippa.provider.builtin.Trees.listener;
import static agrippa.provider.builtin.Trees.monitor;
import static agrippa.provider.builtin.Trees.pool;
import static agrippa.provider.builtin.Trees.tree;
import static agrippa.provider.builtin.Trees.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider.Observation;
import agrippa.control.spi.Provider.Outcome;
import agrippa.control.spi.Value;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.provider.builtin.ocsp.Stapling;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BuiltinProviderTest {
  private static final InetAddress LISTEN = InetAddress.ofLiteral("127.10.10.150");
  private static final LoadBalancerId ID = new LoadBalancerId(uuid("lb"));

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Socket> reserved = new ArrayList<>();
  private ProxyServer proxy;
  private BuiltinProvider provider;
  private HttpServer backend;

  @BeforeEach
  void start() throws IOException {
    proxy =
        ProxyServer.start(
            ProxySettings.standard().withLoops(1), Clock.systemUTC(), new SecureRandom());
    provider =
        new BuiltinProvider(
            proxy,
            new PlainNetworks(LISTEN),
            new FakeSecrets(),
            Observing.NOTHING,
            InstantSource.system(),
            noStapling());
    backend = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    backend.start();
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    backend.stop(0);
    http.close();
    for (Socket each : reserved) {
      each.close();
    }
  }

  /// A port that nobody listens on at the VIP, and that nobody but us will.
  private int freePort() throws IOException {
    return reservedPort(LISTEN);
  }

  /// Bound but not listening: who connects is refused, whoever looks for a free port is given
  /// another, and the proxy, which asks for this one, may have it.
  private int reservedPort(InetAddress at) throws IOException {
    Socket socket = new Socket();
    reserved.add(socket);
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(at, 0));
    return socket.getLocalPort();
  }

  private Pool servers() {
    return pool("servers", PoolProtocol.HTTP)
        .member("one", "127.0.0.1", backend.getAddress().getPort())
        .build();
  }

  private String get(int port) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://" + LISTEN.getHostAddress() + ":" + port + "/"))
            .build();
    return http.send(request, BodyHandlers.ofString()).body();
  }

  private static Listener web(int port) {
    return listener("web", ListenerProtocol.HTTP, port).to("servers").build();
  }

  private static Listener secure(int port, String reference) {
    ListenerTls tls =
        new ListenerTls(
            reference,
            List.of(),
            null,
            ClientAuthentication.NONE,
            null,
            null,
            null,
            null,
            null,
            false,
            false);
    return listener("secure", ListenerProtocol.TERMINATED_HTTPS, port).tls(tls).build();
  }

  private static ListenerId id(String name) {
    return new ListenerId(uuid(name));
  }

  @Test
  void servesATreeAndRemovesIt() throws Exception {
    int port = freePort();
    LoadBalancerTree tree = tree(List.of(web(port)), List.of(servers()));
    assertThat(provider.observe(ID)).isEmpty();
    assertThat(provider.converge(tree, ProfileSettings.NONE))
        .isEqualTo(new Outcome.Converged(Map.of()));
    assertThat(provider.converge(tree, ProfileSettings.NONE))
        .isEqualTo(new Outcome.Converged(Map.of()));
    assertThat(get(port)).isEqualTo("hello");

    Observation seen = provider.observe(ID).orElseThrow();
    assertThat(seen.pools()).isEqualTo(Set.of(new PoolId(uuid("servers"))));
    assertThat(seen.members())
        .isEqualTo(Map.of(new MemberId(uuid("one")), OperatingStatus.NO_MONITOR));
    assertThat(seen.listeners()).containsOnlyKeys(id("web"));
    assertThat(seen.listeners().get(id("web")).full()).isFalse();
    assertThat(seen.listeners().get(id("web")).statistics().totalConnections()).isEqualTo(1);

    provider.remove(ID);
    provider.remove(ID);
    assertThat(provider.observe(ID)).isEmpty();
    Assertions.assertThatThrownBy(() -> new Socket(LISTEN, port))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void aFlavorLimitsTheConnectionsOfEachListener() throws Exception {
    int port = freePort();
    Map<String, Value> small = Map.of("connection_limit", new Value.Number(BigDecimal.ONE));
    provider.converge(
        tree(List.of(web(port)), List.of(servers())), new ProfileSettings(small, Map.of()));
    try (Socket only = new Socket(LISTEN, port)) {
      only.getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(only.getInputStream().read()).isEqualTo('H');
      assertThat(provider.observe(ID).orElseThrow().listeners().get(id("web")).full()).isTrue();
    }
  }

  @Test
  void aListenerWithoutItsCertificateFailsAlone() throws Exception {
    int port = freePort();
    Outcome outcome =
        provider.converge(
            tree(List.of(web(port), secure(freePort(), "gone")), List.of(servers())),
            ProfileSettings.NONE);
    assertThat(outcome)
        .isEqualTo(new Outcome.Converged(Map.of(id("secure"), "there is no secret gone")));
    assertThat(get(port)).isEqualTo("hello");
    assertThat(provider.observe(ID).orElseThrow().listeners()).containsOnlyKeys(id("web"));
  }

  @Test
  void aListenerWhosePortIsTakenFailsAlone() throws Exception {
    int port = freePort();
    try (ServerSocket taken = new ServerSocket(0, 1, LISTEN)) {
      Listener raw = listener("raw", ListenerProtocol.TCP, taken.getLocalPort()).build();
      Outcome outcome =
          provider.converge(
              tree(List.of(web(port), raw), List.of(servers())), ProfileSettings.NONE);
      assertThat(outcome).isInstanceOf(Outcome.Converged.class);
      assertThat(((Outcome.Converged) outcome).failedListeners()).containsOnlyKeys(id("raw"));
      assertThat(get(port)).isEqualTo("hello");
    }
  }

  @Test
  void nothingChangesWhileAServiceDoesNotAnswer() throws Exception {
    int port = freePort();
    provider.converge(tree(List.of(web(port)), List.of(servers())), ProfileSettings.NONE);
    assertThat(
            provider.converge(
                tree(List.of(secure(freePort(), "unavailable")), List.of()), ProfileSettings.NONE))
        .isEqualTo(new Outcome.Failed("the secret service sleeps"));
    assertThat(get(port)).isEqualTo("hello");
  }

  @Test
  void tellsWhenAMemberGoesDown() throws Exception {
    BlockingQueue<LoadBalancerId> changed = new ArrayBlockingQueue<>(10);
    provider.onChange(changed::add);
    int closed = reservedPort(InetAddress.ofLiteral("127.0.0.1"));
    Pool watched =
        pool("servers", PoolProtocol.HTTP)
            .member("dead", "127.0.0.1", closed)
            .member("off", "127.0.0.1", backend.getAddress().getPort(), 1, false, false)
            .monitor(monitor(MonitorType.TCP, 1, 1))
            .build();
    provider.converge(tree(List.of(web(freePort())), List.of(watched)), ProfileSettings.NONE);
    assertThat(changed.poll(60, TimeUnit.SECONDS)).isEqualTo(ID);
    assertThat(provider.observe(ID).orElseThrow().members())
        .isEqualTo(
            Map.of(
                new MemberId(uuid("dead")), OperatingStatus.ERROR,
                new MemberId(uuid("off")), OperatingStatus.OFFLINE));
  }

  private static Stapling noStapling() {
    return new Stapling(List.of(), InstantSource.system(), Runnable::run);
  }
}
