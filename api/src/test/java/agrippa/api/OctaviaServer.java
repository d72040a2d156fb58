package agrippa.api;

import agrippa.control.Caller;
import agrippa.control.ControlPlane;
import agrippa.control.ControlSettings;
import agrippa.control.spi.Identity;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.control.testing.FakeNetworks;
import agrippa.control.testing.FakeProvider;
import agrippa.control.testing.FakeSecrets;
import agrippa.control.testing.MemoryStateStore;
import agrippa.model.ProjectId;
import agrippa.web.Healthcheck;
import agrippa.web.Json;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// The API on a free port, over a real control plane whose world is made of fakes.
final class OctaviaServer implements AutoCloseable {
  /// Tokens of two users of projects of their own, of an admin, and of nobody's project. Any other
  /// that reads `role+role@project` is one of a user with these roles there.
  static final String ANN = "ann";

  static final String BOB = "bob";
  static final String ADMIN = "admin";
  static final String UNSCOPED = "unscoped";

  static final ProjectId ANNS_PROJECT = new ProjectId("a".repeat(32));

  private static final Map<String, Caller> CALLERS =
      Map.of(
          ANN, new Caller("u1", ANNS_PROJECT, Set.of("member"), ANN),
          BOB, new Caller("u2", new ProjectId("b".repeat(32)), Set.of("member"), BOB),
          ADMIN, new Caller("u0", new ProjectId("c".repeat(32)), Set.of("admin"), ADMIN),
          UNSCOPED, new Caller("u3", null, Set.of(), UNSCOPED));

  final FakeProvider provider = new FakeProvider();
  final FakeNetworks networks = new FakeNetworks();
  final Network network = networks.network("10.0.0.0/24", "fd00::/64");
  private final Semaphore commits = new Semaphore(0);
  private final ControlPlane plane;
  private final OctaviaApi api;
  private final WebServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  OctaviaServer() {
    this(ControlSettings.DEFAULT);
  }

  OctaviaServer(ControlSettings settings) {
    var store = new MemoryStateStore();
    store.afterWrites(commits::release);
    plane =
        new ControlPlane(
            store,
            provider,
            networks,
            new FakeSecrets(),
            OctaviaServer::regexIsValid,
            ValueJson::read,
            InstantSource.system(),
            UUID::randomUUID,
            settings);
    plane.start();
    api =
        new OctaviaApi(
            plane::submit,
            plane.inventory(),
            plane.quotas(),
            plane.catalog(),
            plane::tellAgain,
            new Tokens(),
            settings,
            new OctaviaApi.Service(
                OctaviaApi.Service.MAX_LIMIT,
                new Healthcheck(List.of(), false, Duration.ofSeconds(2), InstantSource.system())));
    server =
        WebServer.start(
            WebSettings.loopback(0, UUID::randomUUID, InstantSource.system()),
            List.of(api.site("/load-balancer")));
  }

  private static boolean regexIsValid(String regex) {
    try {
      Pattern.compile(regex);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  OctaviaApi api() {
    return api;
  }

  String base() {
    return "http://127.0.0.1:" + server.port() + "/load-balancer";
  }

  String subnet() {
    return network.subnets().getFirst().id().toString();
  }

  Answer get(String path) {
    return send("GET", path, ANN, null);
  }

  Answer get(String path, String token) {
    return send("GET", path, token, null);
  }

  Answer post(String path, String body) {
    return send("POST", path, ANN, body);
  }

  Answer put(String path, String body) {
    return send("PUT", path, ANN, body);
  }

  Answer delete(String path) {
    return send("DELETE", path, ANN, null);
  }

  /// Creates something and gives its id.
  String created(String collection, String body) {
    Answer answer = post("/v2.0/lbaas/" + collection, body);
    if (answer.status() != 201) {
      throw new AssertionError(answer);
    }
    return answer.json().properties().iterator().next().getValue().get("id").stringValue();
  }

  String loadBalancer(String name) {
    return created(
        "loadbalancers",
        """
        {"loadbalancer": {"name": "%s", "vip_subnet_id": "%s"}}"""
            .formatted(name, subnet()));
  }

  /// Waits until a load balancer has a provisioning status.
  void await(String loadBalancer, String status) {
    String path = "/v2.0/lbaas/loadbalancers/" + loadBalancer;
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() < end) {
      Answer answer = get(path);
      if (answer.json().at("/loadbalancer/provisioning_status").asString().equals(status)) {
        return;
      }
      awaitCommit();
    }
    throw new AssertionError(get(path));
  }

  /// What was committed may become visible a moment later, so nobody waits for long.
  private void awaitCommit() {
    try {
      if (commits.tryAcquire(10, TimeUnit.MILLISECONDS)) {
        commits.drainPermits();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Answer send(String method, String path, String token, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + path));
    if (token != null) {
      request.header("X-Auth-Token", token);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return send(
        request
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build());
  }

  Answer send(HttpRequest request) {
    try {
      return new Answer(client.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
    plane.close();
  }

  /// What came back.
  record Answer(HttpResponse<String> response) {
    int status() {
      return response.statusCode();
    }

    String text() {
      return response.body();
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    JsonNode json() {
      return Json.parse(text().getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    String faultstring() {
      return json().path("faultstring").asString();
    }

    @Override
    public String toString() {
      return status() + " " + text();
    }
  }

  private static final class Tokens implements Identity {
    @Override
    public Optional<Caller> authenticate(String token) {
      if (token.equals("down")) {
        throw new ServiceUnavailableException("no answer");
      }
      int at = token.indexOf('@');
      return at < 0
          ? Optional.ofNullable(CALLERS.get(token))
          : Optional.of(
              new Caller(
                  token,
                  at + 1 == token.length() ? null : new ProjectId(token.substring(at + 1)),
                  Set.of(token.substring(0, at).split("\\+")),
                  token));
    }

    @Override
    public String publicUrl() {
      return "http://127.0.0.1:9876/identity";
    }
  }
}
