package agrippa.cloud.secret;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.Documents;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.model.ProjectId;
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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// A secret service with a web server before it, a database in memory, and a clock that stands
/// still. People's tokens are their names: alice and ann are members of one project and rita reads
/// there, bob is of another, root an admin of a third, boss the admin of the first.
final class SecretServer implements AutoCloseable {
  private static final Map<String, Caller> PEOPLE =
      Map.of(
          "alice", caller("alice", "one", "member", "reader"),
          "ann", caller("ann", "one", "member", "reader"),
          "rita", caller("rita", "one", "reader"),
          "boss", caller("boss", "one", "admin", "member", "reader"),
          "bob", caller("bob", "two", "member", "reader"),
          "root", caller("root", "three", "admin", "member", "reader"));

  final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T12:00:00Z"));
  final EmbeddedSecrets secrets;

  private final Path keyFile;
  private final InstantSource clock = now::get;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Connection connection;
  private final WebServer server;

  /// Where it listens, without version.
  URI url() {
    return URI.create("http://127.0.0.1:" + server.port() + "/key-manager");
  }

  /// Ends its web server.
  void stop() {
    server.close();
  }

  /// Documents of a client beside it.
  Documents documents() {
    return new Documents(sql());
  }

  SecretServer(Path keyFile) throws Exception {
    this.keyFile = keyFile;
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    Documents.MIGRATIONS.forEach(sql()::execute);
    secrets = open();
    server =
        WebServer.start(WebSettings.loopback(0, UUID::randomUUID, clock), List.of(secrets.site()));
  }

  private DSLContext sql() {
    return DSL.using(connection, SQLDialect.SQLITE);
  }

  private static Caller caller(String name, String project, String... roles) {
    return new Caller(name, new ProjectId(project), Set.copyOf(Arrays.asList(roles)), name);
  }

  static Caller caller(String name) {
    return Optional.ofNullable(PEOPLE.get(name)).orElseThrow();
  }

  private record Names() implements Identity {
    @Override
    public Optional<Caller> authenticate(String token) {
      return Optional.ofNullable(PEOPLE.get(token));
    }

    @Override
    public String publicUrl() {
      return "http://cloud.example.org/identity";
    }
  }

  /// The service as it is after a restart.
  EmbeddedSecrets open() {
    return new EmbeddedSecrets(
        new Documents(sql()),
        keyFile,
        new Names(),
        clock,
        new SecureRandom(),
        UUID::randomUUID,
        () -> "http://cloud.example.org");
  }

  /// All that is stored, as text.
  String stored() {
    return sql().fetch("SELECT * FROM cloud_document").format();
  }

  @Override
  public void close() throws Exception {
    server.close();
    connection.close();
  }

  HttpResponse<byte[]> send(String who, String method, String path, byte[] body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/key-manager" + path))
            .method(method, BodyPublishers.ofByteArray(body));
    if (!who.isEmpty()) {
      request.header("X-Auth-Token", who);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> send(String who, String method, String path, String body) throws Exception {
    return send(who, method, path, body.getBytes(StandardCharsets.UTF_8));
  }

  HttpResponse<byte[]> get(String who, String path, String... headers) throws Exception {
    return send(who, "GET", path, new byte[0], headers);
  }

  /// The reference of a new secret.
  String stored(String who, String name, byte[] payload) throws Exception {
    String body =
        """
        {"name": "%s", "payload": "%s", "payload_content_type": "application/octet-stream",
          "payload_content_encoding": "base64", "algorithm": "aes", "bit_length": 256,
          "mode": "cbc"}
        """
            .formatted(name, Base64.getEncoder().encodeToString(payload));
    HttpResponse<byte[]> answer = send(who, "POST", "/v1/secrets", body);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(201);
    return json(answer).path("secret_ref").asString();
  }

  /// The path below the service of a reference.
  static String path(String reference) {
    return reference.substring(reference.indexOf("/v1/"));
  }

  static JsonNode json(HttpResponse<byte[]> answer) {
    return Json.parse(answer.body()).orElseThrow();
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
