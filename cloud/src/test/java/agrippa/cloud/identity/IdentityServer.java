package agrippa.cloud.identity;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.Documents;
import agrippa.cloud.identity.EmbeddedIdentity.CatalogService;
import agrippa.web.Json;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// An identity service with a web server before it, a database in memory, and a clock that stands
/// still.
final class IdentityServer implements AutoCloseable {
  static final Duration LIFETIME = Duration.ofHours(1);

  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  final EmbeddedIdentity identity;
  final String adminPassword;

  private final InstantSource clock = now::get;
  private final HttpClient http = HttpClient.newHttpClient();
  private final SecureRandom random;
  private final Connection connection;
  private final WebServer server;

  IdentityServer() throws Exception {
    this(new SecureRandom());
  }

  IdentityServer(SecureRandom random) throws Exception {
    this.random = random;
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    DSLContext sql = DSL.using(connection, SQLDialect.SQLITE);
    Documents.MIGRATIONS.forEach(sql::execute);
    identity = open();
    adminPassword = identity.bootstrap(null).password();
    server =
        WebServer.start(WebSettings.loopback(0, UUID::randomUUID, clock), List.of(identity.site()));
  }

  /// The service as it is after a restart.
  EmbeddedIdentity open() {
    return new EmbeddedIdentity(
        new Documents(DSL.using(connection, SQLDialect.SQLITE)),
        clock,
        random,
        UUID::randomUUID,
        LIFETIME,
        List.of(new CatalogService("load-balancer", "octavia", "/load-balancer")),
        () -> "http://cloud.example.org");
  }

  /// All that is stored, as text.
  String stored() {
    return DSL.using(connection, SQLDialect.SQLITE).fetch("SELECT * FROM cloud_document").format();
  }

  @Override
  public void close() throws Exception {
    server.close();
    connection.close();
  }

  /// A fresh token of the admin's.
  String admin() throws Exception {
    return secret(login("admin", adminPassword, "admin"));
  }

  /// The id of a new entity.
  String created(String token, String kind, String attributes) throws Exception {
    HttpResponse<String> answer =
        send("POST", "/v3/" + kind + "s", token, "{\"" + kind + "\": " + attributes + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer).path(kind).path("id").asString();
  }

  /// The id of a new user, whose password is `pw`, with a role in a project.
  String member(String admin, String name, String project, String role) throws Exception {
    String user =
        created(admin, "user", "{\"name\": \"%s\", \"password\": \"pw\"}".formatted(name));
    String roleId =
        json(send("GET", "/v3/roles?name=" + role, admin, "")).at("/roles/0/id").asString();
    String grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + roleId;
    assertThat(send("PUT", grant, admin, "").statusCode()).isEqualTo(204);
    return user;
  }

  HttpResponse<String> login(String user, String password, String project) throws Exception {
    return send(
        "POST",
        "/v3/auth/tokens",
        "",
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {
            "name": "%s", "password": "%s", "domain": {"name": "Default"}}}},
          "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
        """
            .formatted(user, password, project));
  }

  HttpResponse<String> send(String method, String path, String token, String body)
      throws Exception {
    return http.send(request(method, path, token, body).build(), BodyHandlers.ofString());
  }

  /// A request about somebody's token.
  HttpResponse<String> about(String subject, String method, String token) throws Exception {
    return http.send(
        request(method, "/v3/auth/tokens", token, "").header("X-Subject-Token", subject).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String method, String path, String token, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/identity" + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    return token.isEmpty() ? request : request.header("X-Auth-Token", token);
  }

  static String secret(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  static JsonNode json(HttpResponse<String> answer) {
    return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
