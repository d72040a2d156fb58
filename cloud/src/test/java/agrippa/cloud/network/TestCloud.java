package agrippa.cloud.network;

import agrippa.cloud.Documents;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.Networks;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// A network service with a web server before it and a database in memory. Three people have tokens
/// that are their names: the admin, alice and bob, each in a project of that name.
final class TestCloud implements AutoCloseable {
  static final Map<String, Caller> PEOPLE =
      Map.of(
          "admin", caller("admin", Set.of("admin")),
          "alice", caller("alice", Set.of("member")),
          "bob", caller("bob", Set.of("member")));

  private final Connection connection;
  private final EmbeddedNetwork network;
  private final Served served;

  TestCloud() {
    try {
      connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Documents.MIGRATIONS.forEach(DSL.using(connection, SQLDialect.SQLITE)::execute);
    network = open();
    served = served(network);
  }

  /// A service with a web server before it.
  Served served(EmbeddedNetwork service) {
    return new Served(service);
  }

  static Caller caller(String name, Set<String> roles) {
    return new Caller(name, new ProjectId(name), roles, name);
  }

  /// The service as it is after a restart.
  EmbeddedNetwork open() {
    return new EmbeddedNetwork(
        new Documents(DSL.using(connection, SQLDialect.SQLITE)),
        new NetworkDriver.Mirror(),
        new ProjectId("admin"),
        () -> Instant.parse("2026-11-23T12:34:56.789Z"),
        UUID::randomUUID,
        new Random(1));
  }

  /// Documents of a client beside it.
  Documents documents() {
    return new Documents(DSL.using(connection, SQLDialect.SQLITE));
  }

  Networks networks() {
    return network.networks();
  }

  /// A client who is one of the people.
  Client as(String name) {
    return served.as(name);
  }

  String url(String path) {
    return served.url(path);
  }

  @Override
  public void close() {
    served.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What came back.
  record Answer(int status, JsonNode body) {
    /// The Neutron error's type and message.
    String error() {
      JsonNode error = body.path("NeutronError");
      return status + " " + error.path("type").asString() + ": " + error.path("message").asString();
    }
  }

  private static final class Names implements Identity {
    @Override
    public Optional<Caller> authenticate(String token) {
      return Optional.ofNullable(PEOPLE.get(token));
    }

    @Override
    public String publicUrl() {
      return "http://cloud.example.org/identity";
    }
  }

  /// A running web server, and clients of it.
  static final class Served implements AutoCloseable {
    private final WebServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    private Served(EmbeddedNetwork service) {
      server =
          WebServer.start(
              WebSettings.loopback(0, UUID::randomUUID, () -> Instant.EPOCH),
              List.of(service.site("/network", new Names())));
    }

    Client as(String name) {
      return new Client(this, name);
    }

    String url(String path) {
      return "http://127.0.0.1:" + server.port() + "/network" + path;
    }

    @Override
    public void close() {
      server.close();
      http.close();
    }
  }

  /// Sends requests with one token. JSON may be written with single quotes.
  static final class Client {
    private final Served served;
    private final String token;

    private Client(Served served, String token) {
      this.served = served;
      this.token = token;
    }

    Answer get(String path) {
      return send("GET", path, "");
    }

    Answer post(String path, String json) {
      return send("POST", path, json);
    }

    Answer put(String path, String json) {
      return send("PUT", path, json);
    }

    Answer delete(String path) {
      return send("DELETE", path, "");
    }

    /// Creates something, and returns it.
    JsonNode create(String path, String json) {
      Answer answer = post(path, json);
      if (answer.status() != 201) {
        throw new AssertionError(answer.toString());
      }
      return answer.body().iterator().next();
    }

    Answer send(String method, String path, String json) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(served.url(path)))
              .header("Content-Type", "application/json")
              .method(
                  method,
                  json.isEmpty()
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofString(json.replace('\'', '"')));
      if (!token.isEmpty()) {
        request.header("X-Auth-Token", token);
      }
      try {
        HttpResponse<String> response = served.http.send(request.build(), BodyHandlers.ofString());
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        return new Answer(response.statusCode(), Json.parse(body).orElseGet(Json::object));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
