package agrippa.launcher.demo;

import agrippa.web.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A client of the public REST APIs, as any user's.
final class Rest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(5);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;
  private final String token;

  private Rest(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /// Gets a token by password, scoped to a project of the default domain.
  static Rest login(String base, String user, String password, String project) {
    ObjectNode domain = Json.object().put("id", "default");
    ObjectNode auth = Json.object();
    ObjectNode identity = auth.putObject("identity");
    identity.putArray("methods").add("password");
    identity
        .putObject("password")
        .putObject("user")
        .put("name", user)
        .put("password", password)
        .set("domain", domain);
    auth.putObject("scope").putObject("project").put("name", project).set("domain", domain);
    HttpResponse<byte[]> answer =
        new Rest(base, "")
            .send("POST", "/identity/v3/auth/tokens", Json.object().set("auth", auth));
    return new Rest(base, answer.headers().firstValue("X-Subject-Token").orElseThrow());
  }

  JsonNode get(String path) {
    return body(send("GET", path, null));
  }

  JsonNode post(String path, JsonNode body) {
    return body(send("POST", path, body));
  }

  /// Reads a resource until something is true of it.
  JsonNode await(String path, String root, Predicate<JsonNode> condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode resource = get(path).path(root);
      if (condition.test(resource)) {
        return resource;
      }
      if (System.nanoTime() > deadline) {
        throw new DemoFailure("after " + PATIENCE.toSeconds() + " s still " + resource);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }

  private HttpResponse<byte[]> send(String method, String path, @Nullable JsonNode body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(Json.bytes(body)));
    if (!token.isEmpty()) {
      request.header("X-Auth-Token", token);
    }
    try {
      HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
      if (answer.statusCode() >= 300) {
        throw new DemoFailure(
            method
                + " "
                + path
                + " was answered with "
                + answer.statusCode()
                + ": "
                + new String(answer.body(), StandardCharsets.UTF_8));
      }
      return answer;
    } catch (IOException e) {
      throw new DemoFailure(method + " " + base + path + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }

  private static JsonNode body(HttpResponse<byte[]> answer) {
    return Json.parse(answer.body()).orElseGet(Json::object);
  }
}
