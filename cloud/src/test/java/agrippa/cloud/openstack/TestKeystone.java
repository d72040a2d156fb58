package agrippa.cloud.openstack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// As much of Keystone as its clients see, with a clock that stands still, and with faults on
/// demand.
public final class TestKeystone implements AutoCloseable {
  public static final ServiceUser USER =
      new ServiceUser("agrippa", "Default", "service", "Default", "pa\"ss");

  public final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  public final AtomicInteger logins = new AtomicInteger();
  public final AtomicInteger validations = new AtomicInteger();

  /// What is answered to everything, or 0 to do as Keystone does.
  public final AtomicInteger fault = new AtomicInteger();

  /// Bodies of tokens that can be validated, without the braces.
  public final Map<String, String> known = new ConcurrentHashMap<>();

  /// How the service user's next token is called.
  public final AtomicReference<String> next = new AtomicReference<>("service-1");

  public final Set<String> revoked = ConcurrentHashMap.newKeySet();
  public final AtomicReference<String> catalog = new AtomicReference<>("[]");
  public final AtomicReference<String> password = new AtomicReference<>(USER.password());
  public Duration lifetime = Duration.ofHours(1);

  private final HttpServer server;
  private final RestClient rest = new RestClient(Duration.ofSeconds(60), null);

  public TestKeystone() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/identity/v3/auth/tokens", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /// Its URL without version.
  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/identity");
  }

  public KeystoneSession session() {
    return session("RegionOne");
  }

  public KeystoneSession session(String region) {
    return new KeystoneSession(
        rest, new KeystoneSession.Place(url(), region, "public"), USER, now::get);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (fault.get() != 0) {
      send(exchange, fault.get(), "{}");
    } else if (exchange.getRequestMethod().equals("POST")) {
      login(exchange, body);
    } else {
      validate(exchange);
    }
  }

  private void login(HttpExchange exchange, String body) throws IOException {
    logins.incrementAndGet();
    if (!body.contains(password.get().replace("\"", "\\\""))) {
      send(exchange, 401, "{}");
      return;
    }
    exchange.getResponseHeaders().set("X-Subject-Token", next.get());
    send(
        exchange,
        201,
        """
        {"token": {"user": {"id": "%s"}, "expires_at": "%s", "catalog": %s}}
        """
            .formatted(next.get(), now.get().plus(lifetime), catalog.get()));
  }

  private void validate(HttpExchange exchange) throws IOException {
    validations.incrementAndGet();
    String own = exchange.getRequestHeaders().getFirst("X-Auth-Token");
    String body = known.get(exchange.getRequestHeaders().getFirst("X-Subject-Token"));
    if (revoked.contains(own)) {
      send(exchange, 401, "{}");
    } else if (body == null) {
      send(exchange, 404, "{}");
    } else {
      send(exchange, 200, "{\"token\": {" + body + "}}");
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /// Ends it; nobody listens at its URL any more.
  public void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    server.stop(0);
    rest.close();
  }
}
