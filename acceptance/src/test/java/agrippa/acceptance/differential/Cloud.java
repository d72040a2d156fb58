package agrippa.acceptance.differential;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A cloud with an Octavia in it, found by way of its Keystone as clients find it.
public final class Cloud implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String DOMAIN = "default";
  private static final String PASSWORD = "differential";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String identity;
  private final String admin;
  private final Map<String, String> catalog = new HashMap<>();
  private final Map<String, String> roles = new HashMap<>();
  private final Map<Actor, String> users = new EnumMap<>(Actor.class);

  /// @param environment how an admin logs in, in the words of the `openstack` command: OS_AUTH_URL,
  ///     OS_USERNAME, OS_PASSWORD and OS_PROJECT_NAME
  public Cloud(Map<String, String> environment) throws IOException, InterruptedException {
    this.identity = environment.get("OS_AUTH_URL").replaceFirst("(/v3)?/?$", "/v3");
    HttpResponse<String> login =
        login(
            "{\"name\": \"%s\", \"password\": \"%s\", \"domain\": {\"id\": \"default\"}}"
                .formatted(environment.get("OS_USERNAME"), environment.get("OS_PASSWORD")),
            "{\"name\": \"%s\", \"domain\": {\"id\": \"default\"}}"
                .formatted(environment.get("OS_PROJECT_NAME")));
    this.admin = token(login);
    for (JsonNode service : JSON.readTree(login.body()).at("/token/catalog")) {
      for (JsonNode endpoint : service.path("endpoints")) {
        if (endpoint.path("interface").asString().equals("public")) {
          String url = endpoint.path("url").asString().replaceFirst("/$", "");
          catalog.put(service.path("type").asString(), url);
        }
      }
    }
  }

  /// Where Octavia is.
  String octavia() {
    return catalog.get("load-balancer");
  }

  String identity() {
    return identity;
  }

  String adminToken() {
    return admin;
  }

  /// A new project.
  ///
  /// @return its id
  String project() throws IOException, InterruptedException {
    return create("projects", "project", "\"domain_id\": \"default\"");
  }

  /// Logs in as somebody.
  ///
  /// @param actor one who has roles
  String token(Actor actor, String project) throws IOException, InterruptedException {
    String user = user(actor);
    for (String role : actor.roles()) {
      HttpResponse<String> granted =
          call(
              "PUT",
              identity + "/projects/" + project + "/users/" + user + "/roles/" + role(role),
              admin,
              "");
      expect(204, granted);
    }
    return token(
        login(
            "{\"id\": \"%s\", \"password\": \"%s\"}".formatted(user, PASSWORD),
            "{\"id\": \"%s\"}".formatted(project)));
  }

  private String user(Actor actor) throws IOException, InterruptedException {
    String user = users.get(actor);
    if (user == null) {
      user =
          create(
              "users",
              "user",
              "\"domain_id\": \"%s\", \"password\": \"%s\"".formatted(DOMAIN, PASSWORD));
      users.put(actor, user);
    }
    return user;
  }

  private String role(String name) throws IOException, InterruptedException {
    String known = roles.get(name);
    if (known != null) {
      return known;
    }
    HttpResponse<String> found = call("GET", identity + "/roles?name=" + name, admin, "");
    String id = JSON.readTree(found.body()).at("/roles/0/id").asString("");
    if (id.isEmpty()) {
      HttpResponse<String> made =
          call(
              "POST", identity + "/roles", admin, "{\"role\": {\"name\": \"%s\"}}".formatted(name));
      id = JSON.readTree(expect(201, made).body()).at("/role/id").asString();
    }
    roles.put(name, id);
    return id;
  }

  private String create(String collection, String wrapper, String attributes)
      throws IOException, InterruptedException {
    String body =
        "{\"%s\": {\"name\": \"differential-%s\", %s}}"
            .formatted(wrapper, UUID.randomUUID(), attributes);
    HttpResponse<String> made = call("POST", identity + "/" + collection, admin, body);
    return JSON.readTree(expect(201, made).body()).at("/" + wrapper + "/id").asString();
  }

  /// A network that all projects may use.
  ///
  /// @return its id
  String network() throws IOException, InterruptedException {
    return make("networks", "network", "{\"network\": {\"shared\": true, \"name\": \"vips\"}}");
  }

  /// @return the new subnet's id
  String subnet(String network, String cidr) throws IOException, InterruptedException {
    return make(
        "subnets",
        "subnet",
        "{\"subnet\": {\"network_id\": \"%s\", \"ip_version\": 4, \"cidr\": \"%s\"}}"
            .formatted(network, cidr));
  }

  private String make(String collection, String wrapper, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> made =
        call("POST", catalog.get("network") + "/v2.0/" + collection, admin, body);
    return JSON.readTree(expect(201, made).body()).at("/" + wrapper + "/id").asString();
  }

  /// Stores a secret, if there is a service for them.
  ///
  /// @return its reference
  Optional<String> secret(String token, byte[] payload) throws IOException, InterruptedException {
    String keyManager = catalog.get("key-manager");
    if (keyManager == null) {
      return Optional.empty();
    }
    String body =
        """
        {"payload": "%s", "payload_content_type": "application/octet-stream",
         "payload_content_encoding": "base64"}
        """
            .formatted(Base64.getEncoder().encodeToString(payload));
    HttpResponse<String> made = call("POST", keyManager + "/v1/secrets", token, body);
    return Optional.of(JSON.readTree(expect(201, made).body()).path("secret_ref").asString());
  }

  private HttpResponse<String> login(String user, String project)
      throws IOException, InterruptedException {
    String body =
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user": %s}},
          "scope": {"project": %s}}}
        """
            .formatted(user, project);
    return expect(201, call("POST", identity + "/auth/tokens", "", body));
  }

  private static String token(HttpResponse<String> login) {
    return login.headers().firstValue("X-Subject-Token").orElseThrow();
  }

  private HttpResponse<String> call(String method, String url, String token, String body)
      throws IOException, InterruptedException {
    return send(
        method, url, Map.of("X-Auth-Token", token, "Content-Type", "application/json"), body);
  }

  /// Sends a request as it is.
  ///
  /// @param headers those with an empty value are left out
  HttpResponse<String> send(String method, String url, Map<String, String> headers, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(PATIENCE)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    headers.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            request.header(name, value);
          }
        });
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
    if (answer.statusCode() != status) {
      throw new IllegalStateException(
          "%s: %d %s".formatted(answer.uri(), answer.statusCode(), answer.body()));
    }
    return answer;
  }

  @Override
  public void close() {
    http.close();
  }
}
