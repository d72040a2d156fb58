package agrippa.cloud.identity;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.Documents;
import agrippa.cloud.identity.EmbeddedIdentity.CatalogService;
import agrippa.control.Caller;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeystoneApiTest {
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  private final InstantSource clock = now::get;
  private final HttpClient http = HttpClient.newHttpClient();
  private Connection connection;
  private EmbeddedIdentity identity;
  private WebServer server;
  private String base;
  private String adminPassword;

  @BeforeEach
  void start() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    DSLContext sql = DSL.using(connection, SQLDialect.SQLITE);
    Documents.MIGRATIONS.forEach(sql::execute);
    identity = open();
    adminPassword = identity.bootstrap(null).password();
    server =
        WebServer.start(WebSettings.loopback(0, UUID::randomUUID, clock), List.of(identity.site()));
    base = "http://127.0.0.1:" + server.port() + "/identity";
  }

  /// The service as it is after a restart.
  private EmbeddedIdentity open() {
    return new EmbeddedIdentity(
        new Documents(DSL.using(connection, SQLDialect.SQLITE)),
        clock,
        new SecureRandom(),
        UUID::randomUUID,
        LIFETIME,
        List.of(new CatalogService("load-balancer", "octavia", "/load-balancer")),
        () -> "http://cloud.example.org");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    connection.close();
  }

  @Test
  void tellsItsVersionAsClientsExpect() throws Exception {
    HttpResponse<String> root = send("GET", "/", "", "");
    assertThat(root.statusCode()).isEqualTo(300);
    assertThat(json(root).at("/versions/values/0/status").asString()).isEqualTo("stable");
    HttpResponse<String> v3 = send("GET", "/v3", "", "");
    assertThat(v3.statusCode()).isEqualTo(200);
    assertThat(json(v3).at("/version/links/0/href").asString())
        .isEqualTo("http://cloud.example.org/identity/v3/");
  }

  @Test
  void issuesAScopedTokenWithACatalog() throws Exception {
    HttpResponse<String> answer = login("admin", adminPassword, "admin");
    assertThat(answer.statusCode()).isEqualTo(201);
    JsonNode token = json(answer).path("token");
    assertThat(token.path("expires_at").asString()).isEqualTo("2026-11-23T13:00:00.000000Z");
    assertThat(token.at("/project/name").asString()).isEqualTo("admin");
    assertThat(token.path("roles"))
        .extracting(it -> it.path("name").asString())
        .containsExactly("admin", "member", "reader");
    JsonNode endpoint = token.at("/catalog/0/endpoints/0");
    assertThat(endpoint.path("url").asString()).isEqualTo("http://cloud.example.org/load-balancer");
    assertThat(endpoint.path("region").asString()).isEqualTo("RegionOne");
    assertThat(endpoint.path("region_id").asString()).isEqualTo("RegionOne");
    Caller caller = identity.authenticate(secret(answer)).orElseThrow();
    assertThat(caller.admin()).isTrue();
    assertThat(caller.project()).isEqualTo(identity.project("admin").orElseThrow());
  }

  @Test
  void tokensEnd() throws Exception {
    String token = secret(login("admin", adminPassword, "admin"));
    now.set(now.get().plus(LIFETIME).minusSeconds(1));
    assertThat(identity.authenticate(token)).isPresent();
    now.set(now.get().plusSeconds(1));
    assertThat(identity.authenticate(token)).isEmpty();
    String revoked = secret(login("admin", adminPassword, "admin"));
    HttpRequest revoke =
        request("DELETE", "/v3/auth/tokens", revoked, "")
            .header("X-Subject-Token", revoked)
            .build();
    assertThat(http.send(revoke, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    assertThat(identity.authenticate(revoked)).isEmpty();
    assertThat(identity.authenticate("")).isEmpty();
    assertThat(identity.authenticate("nonsense")).isEmpty();
  }

  @Test
  void remembersEverythingOverARestart() throws Exception {
    String token = secret(login("admin", adminPassword, "admin"));
    EmbeddedIdentity again = open();
    assertThat(again.authenticate(token)).isEqualTo(identity.authenticate(token)).isPresent();
    assertThat(again.bootstrap(adminPassword).password()).isEqualTo(adminPassword);
  }

  @Test
  void refusesWhatProvesNothing() throws Exception {
    HttpResponse<String> wrong = login("admin", "wrong", "admin");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(json(wrong).at("/error/title").asString()).isEqualTo("Unauthorized");
    assertThat(login("nobody", "wrong", "admin").statusCode()).isEqualTo(401);
    assertThat(login("admin", adminPassword, "nowhere").statusCode()).isEqualTo(401);
    assertThat(send("POST", "/v3/auth/tokens", "", "{\"auth\": {}}").statusCode()).isEqualTo(400);
    assertThat(send("POST", "/v3/auth/tokens", "", "nonsense").statusCode()).isEqualTo(400);
    assertThat(send("GET", "/v3/projects", "", "").statusCode()).isEqualTo(401);
    assertThat(send("GET", "/v3/nowhere", "", "").statusCode()).isEqualTo(404);
  }

  @Test
  void slowsDownWhoGuesses() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(login("admin", "guess" + i, "admin").statusCode()).isEqualTo(401);
    }
    assertThat(login("admin", adminPassword, "admin").statusCode()).isEqualTo(401);
    now.set(now.get().plusSeconds(31));
    assertThat(login("admin", adminPassword, "admin").statusCode()).isEqualTo(201);
  }

  @Test
  void keepsUsersProjectsAndGrants() throws Exception {
    String admin = secret(login("admin", adminPassword, "admin"));
    String project = created(admin, "project", "{\"name\": \"p\", \"domain_id\": \"default\"}");
    String user =
        created(
            admin, "user", "{\"name\": \"u\", \"password\": \"pw\", \"email\": \"u@example.org\"}");
    String member =
        json(send("GET", "/v3/roles?name=member", admin, "")).at("/roles/0/id").asString();
    String grant = "/v3/projects/" + project + "/users/" + user + "/roles/" + member;
    assertThat(login("u", "pw", "p").statusCode()).isEqualTo(401);
    assertThat(send("HEAD", grant, admin, "").statusCode()).isEqualTo(404);
    assertThat(send("PUT", grant, admin, "").statusCode()).isEqualTo(204);
    assertThat(send("HEAD", grant, admin, "").statusCode()).isEqualTo(204);
    String token = secret(login("u", "pw", "p"));
    assertThat(identity.authenticate(token).orElseThrow().roles())
        .containsExactlyInAnyOrder("member", "reader");
    assertThat(send("GET", "/v3/users/" + user, token, "").body())
        .contains("u@example.org")
        .doesNotContain("pw");
    assertThat(send("GET", "/v3/projects", token, "").statusCode()).isEqualTo(403);
    assertThat(send("POST", "/v3/users", token, "{\"user\": {\"name\": \"x\"}}").statusCode())
        .isEqualTo(403);
    assertThat(send("POST", "/v3/users", admin, "{\"user\": {\"name\": \"u\"}}").statusCode())
        .isEqualTo(409);
    assertThat(
            send("PATCH", "/v3/users/" + user, admin, "{\"user\": {\"enabled\": false}}")
                .statusCode())
        .isEqualTo(200);
    assertThat(identity.authenticate(token)).isEmpty();
    assertThat(send("DELETE", "/v3/projects/" + project, admin, "").statusCode()).isEqualTo(204);
    assertThat(send("GET", "/v3/projects/" + project, admin, "").statusCode()).isEqualTo(404);
  }

  @Test
  void logsProgramsInWithApplicationCredentials() throws Exception {
    HttpResponse<String> login = login("admin", adminPassword, "admin");
    String user = json(login).at("/token/user/id").asString();
    HttpResponse<String> made =
        send(
            "POST",
            "/v3/users/" + user + "/application_credentials",
            secret(login),
            "{\"application_credential\": {\"name\": \"ci\", \"roles\": [{\"name\": \"member\"}]}}");
    assertThat(made.statusCode()).isEqualTo(201);
    JsonNode credential = json(made).path("application_credential");
    String body =
        """
        {"auth": {"identity": {"methods": ["application_credential"],
          "application_credential": {"id": "%s", "secret": "%s"}}}}
        """
            .formatted(credential.path("id").asString(), credential.path("secret").asString());
    String token = secret(send("POST", "/v3/auth/tokens", "", body));
    assertThat(identity.authenticate(token).orElseThrow().roles())
        .containsExactlyInAnyOrder("member", "reader");
    String own =
        "/v3/users/" + user + "/application_credentials/" + credential.path("id").asString();
    assertThat(send("DELETE", own, secret(login), "").statusCode()).isEqualTo(204);
    assertThat(identity.authenticate(token)).isEmpty();
  }

  private String created(String token, String kind, String attributes) throws Exception {
    HttpResponse<String> answer =
        send("POST", "/v3/" + kind + "s", token, "{\"" + kind + "\": " + attributes + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return json(answer).path(kind).path("id").asString();
  }

  private HttpResponse<String> login(String user, String password, String project)
      throws Exception {
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

  private HttpResponse<String> send(String method, String path, String token, String body)
      throws Exception {
    return http.send(request(method, path, token, body).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String method, String path, String token, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));
    return token.isEmpty() ? request : request.header("X-Auth-Token", token);
  }

  private static String secret(HttpResponse<String> answer) {
    return answer.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return Json.parse(answer.body().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }
}
