package agrippa.cloud;

import agrippa.cloud.compute.EmbeddedCompute;
import agrippa.cloud.compute.container.ContainerDriver;
import agrippa.cloud.identity.EmbeddedIdentity;
import agrippa.cloud.identity.EmbeddedIdentity.Admin;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.EmbeddedNetwork;
import agrippa.cloud.network.NetworkDriver;
import agrippa.cloud.secret.EmbeddedSecrets;
import agrippa.web.Json;
import agrippa.web.Routes.Route;
import agrippa.web.Site;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// The embedded services before one web server, and what is known of what they hold.
final class WholeCloud implements AutoCloseable {
  private static final int KNOWN = 30;

  private final RandomGenerator random;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, List<String>> known = new LinkedHashMap<>();
  private final List<Served> routes = new ArrayList<>();
  private final Connection connection;
  private final Path folder;
  private final EmbeddedCompute compute;
  private final WebServer server;
  private final String token;

  /// A route of a service.
  ///
  /// @param prefix the service's
  record Served(String prefix, Route route) {}

  WholeCloud(RandomGenerator random) throws Exception {
    this.random = random;
    folder = Files.createTempDirectory("cloud");
    Path keyFile = folder.resolve("key");
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    var sql = DSL.using(connection, SQLDialect.SQLITE);
    Documents.MIGRATIONS.forEach(sql::execute);
    var documents = new Documents(sql);
    InstantSource clock = InstantSource.system();
    String url = "http://cloud.example.org";
    var identity =
        new EmbeddedIdentity(
            documents,
            clock,
            new SecureRandom(),
            UUID::randomUUID,
            Duration.ofHours(1),
            List.of(),
            () -> url);
    Admin admin = identity.bootstrap(null);
    var network =
        new EmbeddedNetwork(
            documents,
            new NetworkDriver.Mirror(),
            identity.project(admin.project()).orElseThrow(),
            clock,
            UUID::randomUUID,
            random);
    var secrets =
        new EmbeddedSecrets(
            documents, keyFile, identity, clock, new SecureRandom(), UUID::randomUUID, () -> url);
    var images = new EmbeddedImages(documents, folder.resolve("images"), clock, UUID::randomUUID);
    compute =
        new EmbeddedCompute(
            documents,
            new EmbeddedCompute.Ground(
                new ContainerDriver(folder.resolve("servers"), it -> images.find(it).isPresent()),
                network.serverPorts(),
                images,
                clock,
                new SecureRandom(),
                UUID::randomUUID,
                "host"));
    List<Site> sites =
        List.of(
            identity.site(),
            network.site("/network", identity),
            secrets.site(),
            images.site("/image", identity),
            compute.site("/compute", identity));
    for (Site site : sites) {
      site.routes().all().forEach(it -> routes.add(new Served(site.prefix(), it)));
    }
    server = WebServer.start(WebSettings.loopback(0, UUID::randomUUID, clock), sites);
    token = login(admin);
  }

  private String login(Admin admin) throws IOException, InterruptedException {
    String body =
        """
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {
            "name": "%s", "password": "%s", "domain": {"name": "Default"}}}},
          "scope": {"project": {"name": "%s", "domain": {"id": "default"}}}}}"""
            .formatted(admin.user(), admin.password(), admin.project());
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base() + "/identity/v3/auth/tokens"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return send(request).headers().firstValue("X-Subject-Token").orElseThrow();
  }

  String base() {
    return "http://127.0.0.1:" + server.port();
  }

  List<Served> routes() {
    return routes;
  }

  /// An admin's, until it is revoked.
  String token() {
    return token;
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofByteArray());
  }

  /// An id of something that exists, or did.
  ///
  /// @param name of its collection, or of an attribute that refers to it
  String id(String name) {
    List<String> ids = known.getOrDefault(key(name), List.of());
    return ids.isEmpty() || random.nextInt(20) == 0
        ? new UUID(random.nextLong(), random.nextLong()).toString()
        : ids.get(random.nextInt(ids.size()));
  }

  /// Ids are kept by the singular of their collection.
  private static String key(String name) {
    String key = name.replace('-', '_').replaceAll("_(id|ref)$", "").replaceAll("s$", "");
    return switch (key) {
      case "floating_network", "fixed_ip" -> "network";
      case "imageRef" -> "image";
      case "flavorRef" -> "flavor";
      default -> key;
    };
  }

  /// Remembers what an answer tells of.
  void learn(String template, HttpResponse<byte[]> answer) {
    answer.headers().firstValue("X-Subject-Token").ifPresent(it -> remember("token", it));
    Json.parse(answer.body()).ifPresent(it -> learn(collection(template), it, 0));
  }

  private void learn(String collection, JsonNode it, int depth) {
    if (it.path("id").isString() && !it.get("id").stringValue().isEmpty()) {
      remember(collection, it.get("id").stringValue());
    }
    if (it.path("secret_ref").isString()) {
      remember("secret_ref", it.get("secret_ref").stringValue());
    }
    for (String name : List.of("secret_ref", "container_ref")) {
      String reference = it.path(name).asString("");
      if (!reference.isEmpty()) {
        remember(name.replace("_ref", "s"), reference.substring(reference.lastIndexOf('/') + 1));
      }
    }
    if (depth < 2) {
      it.forEach(child -> learn(collection, child, depth + 1));
    }
  }

  private void remember(String collection, String id) {
    // One that a path cannot have is none that a request could name.
    if (!id.matches("[A-Za-z0-9_.~:/-]{1,300}")) {
      return;
    }
    List<String> ids = known.computeIfAbsent(key(collection), any -> new ArrayList<>());
    ids.add(id);
    if (ids.size() > KNOWN) {
      ids.removeFirst();
    }
  }

  /// The last literal segment of a template.
  static String collection(String template) {
    String last = "";
    for (String segment : template.split("/")) {
      last = segment.startsWith("{") ? last : segment;
    }
    return last;
  }

  @Override
  public void close() throws Exception {
    http.close();
    server.close();
    connection.close();
    compute.close();
    try (var files = Files.walk(folder)) {
      for (Path it : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(it);
      }
    }
  }
}
