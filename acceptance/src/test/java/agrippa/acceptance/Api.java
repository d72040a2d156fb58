package agrippa.acceptance;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The REST APIs of a program, for tests that make more requests than a command line could.
final class Api {
  static final String LB = "/load-balancer/v2.0/lbaas";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String token;

  private Api(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /// Logs in as the admin of a program.
  static Api of(Program program) throws IOException, InterruptedException {
    Map<String, String> environment = program.environment();
    String body =
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {
            "name": "%s", "password": "%s", "domain": {"id": "default"}}}},
          "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}
        """
            .formatted(
                environment.get("OS_USERNAME"),
                environment.get("OS_PASSWORD"),
                environment.get("OS_PROJECT_NAME"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(program.url() + "/identity/v3/auth/tokens"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      return new Api(program.url(), answer.headers().firstValue("X-Subject-Token").orElseThrow());
    }
  }

  /// Acts with somebody's token.
  static Api of(Program program, String token) {
    return new Api(program.url(), token);
  }

  String token() {
    return token;
  }

  /// What was answered; `body` is missing if there was none.
  record Answer(int status, JsonNode body) {
    Answer expect(int wanted) {
      if (status != wanted) {
        throw new AssertionError("expected " + wanted + " but got " + status + ": " + body);
      }
      return this;
    }
  }

  Answer get(String path) throws IOException, InterruptedException {
    return send("GET", path, null);
  }

  Answer post(String path, String body) throws IOException, InterruptedException {
    return send("POST", path, body);
  }

  Answer put(String path, String body) throws IOException, InterruptedException {
    return send("PUT", path, body);
  }

  Answer delete(String path) throws IOException, InterruptedException {
    return send("DELETE", path, null);
  }

  private Answer send(String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("X-Auth-Token", token)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
    JsonNode tree =
        answer.body().length == 0 ? MissingNode.getInstance() : JSON.readTree(answer.body());
    return new Answer(answer.statusCode(), tree);
  }

  /// Reads a resource until something is true of it.
  JsonNode await(String path, Predicate<JsonNode> condition, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      JsonNode resource = get(path).expect(200).body().iterator().next();
      if (condition.test(resource)) {
        return resource;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("after " + patience + " still " + resource);
      }
    }
  }

  /// Waits until a load balancer is ACTIVE.
  JsonNode active(String loadBalancer) throws IOException, InterruptedException {
    return await(
        LB + "/loadbalancers/" + loadBalancer,
        it -> it.path("provisioning_status").asString().equals("ACTIVE"),
        PATIENCE);
  }

  /// A private network.
  ///
  /// @return its subnet's id
  String subnet(String cidr) throws IOException, InterruptedException {
    String network =
        post("/network/v2.0/networks", "{\"network\": {\"name\": \"net\"}}")
            .expect(201)
            .body()
            .at("/network/id")
            .asString();
    return post(
            "/network/v2.0/subnets",
            "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"%s\"}}"
                .formatted(network, cidr))
        .expect(201)
        .body()
        .at("/subnet/id")
        .asString();
  }

  /// Stores a bundle as the secret service wants it.
  ///
  /// @return its reference
  String secret(byte[] pkcs12) throws IOException, InterruptedException {
    return post(
            "/key-manager/v1/secrets",
            """
            {"name": "bundle", "payload": "%s", "payload_content_type": "application/octet-stream",
             "payload_content_encoding": "base64"}
            """
                .formatted(Base64.getEncoder().encodeToString(pkcs12)))
        .expect(201)
        .body()
        .path("secret_ref")
        .asString();
  }
}
