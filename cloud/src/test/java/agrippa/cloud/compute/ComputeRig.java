package agrippa.cloud.compute;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.Documents;
import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.EmbeddedNetwork;
import agrippa.cloud.network.NetworkDriver;
import agrippa.cloud.network.ServerPorts;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Site;
import agrippa.web.WebServer;
import agrippa.web.WebSettings;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import tools.jackson.databind.JsonNode;

/// A compute service with images and networks, a web server before all, and a driver that runs
/// nothing. Tokens are names of people, each in a project of that name; alice has a network `net`.
final class ComputeRig implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final RecordingDriver driver = new RecordingDriver();
  private final Connection connection;
  private final Path folder;
  private final String image;
  private EmbeddedCompute compute;
  private WebServer server;
  private volatile boolean kernel = true;

  ComputeRig() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    Documents.MIGRATIONS.forEach(DSL.using(connection, SQLDialect.SQLITE)::execute);
    folder = Files.createTempDirectory("compute");
    start();
    send("alice", "POST", "/network/v2.0/networks", "", "{'network': {'name': 'net'}}");
    String network =
        raw("alice", "GET", "/network/v2.0/networks?name=net")
            .json()
            .at("/networks/0/id")
            .asString();
    send(
        "alice",
        "POST",
        "/network/v2.0/subnets",
        "",
        "{'subnet': {'network_id': '%s', 'ip_version': 4, 'cidr': '10.1.0.0/24'}}"
            .formatted(network));
    image =
        send(
                "admin",
                "POST",
                "/image/v2/images",
                "",
                "{'name': 'i', 'disk_format': 'raw', 'container_format': 'bare', 'visibility':"
                    + " 'public'}")
            .json()
            .path("id")
            .asString();
    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(base() + "/image/v2/images/" + image + "/file"))
            .header("X-Auth-Token", "admin")
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofString("content"))
            .build();
    assertThat(http.send(upload, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
  }

  private void start() {
    Documents documents = new Documents(DSL.using(connection, SQLDialect.SQLITE));
    InstantSource clock = InstantSource.system();
    var images = new EmbeddedImages(documents, folder.resolve("images"), clock, UUID::randomUUID);
    var network =
        new EmbeddedNetwork(
            documents,
            new NetworkDriver.Mirror(),
            new ProjectId("admin"),
            clock,
            UUID::randomUUID,
            new Random(1));
    compute =
        new EmbeddedCompute(
            documents,
            new EmbeddedCompute.Ground(
                driver,
                new KernelPorts(network.serverPorts()),
                images,
                clock,
                new SecureRandom(),
                UUID::randomUUID,
                "host"));
    Identity people = new People();
    List<Site> sites =
        List.of(
            compute.site("/compute", people),
            images.site("/image", people),
            network.site("/network", people));
    server = WebServer.start(WebSettings.loopback(0, UUID::randomUUID, clock), sites);
    compute.start();
  }

  /// Stops the service, and starts it as it is stored.
  void restart(Runnable meanwhile) {
    server.close();
    compute.close();
    meanwhile.run();
    start();
  }

  /// From now on as without networks in the kernel.
  void mirrorOnly() {
    kernel = false;
  }

  RecordingDriver driver() {
    return driver;
  }

  String image() {
    return image;
  }

  private String base() {
    return "http://127.0.0.1:" + server.port();
  }

  record Answer(int status, JsonNode json) {
    /// Status and message of an error.
    String error() {
      return status + " " + json.iterator().next().path("message").asString();
    }
  }

  Answer get(String who, String path) throws Exception {
    return send(who, "GET", path, "");
  }

  Answer getAs(String who, String path, String version) throws Exception {
    return send(who, "GET", "/compute/v2.1" + path, version, "");
  }

  Answer post(String who, String path, String json) throws Exception {
    return send(who, "POST", path, json);
  }

  /// @param json may have single quotes
  Answer send(String who, String method, String path, String json) throws Exception {
    return send(who, method, "/compute/v2.1" + path, "", json);
  }

  private Answer raw(String who, String method, String path) throws Exception {
    return send(who, method, path, "", "");
  }

  private Answer send(String who, String method, String path, String version, String json)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + path.replace("^", "%5E")))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json.replace('\'', '"')));
    if (!who.isEmpty()) {
      request.header("X-Auth-Token", who);
    }
    if (!version.isEmpty()) {
      request.header("OpenStack-API-Version", version);
    }
    HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
    return new Answer(answer.statusCode(), Json.parse(answer.body()).orElseGet(Json::object));
  }

  /// Asks until a server has a status.
  JsonNode await(String who, String id, String status) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      JsonNode it = get(who, "/servers/" + id).json().path("server");
      if (it.path("status").asString("").equals(status)
          && it.path("OS-EXT-STS:task_state").isNull()) {
        return it;
      }
      assertThat(System.nanoTime()).as(it.toString()).isLessThan(end);
    }
  }

  void awaitGone(String who, String id) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (get(who, "/servers/" + id).status() != 404) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  /// Ports of servers.
  List<JsonNode> ports(String who) throws Exception {
    return raw(who, "GET", "/network/v2.0/ports?device_owner=compute:nova")
        .json()
        .path("ports")
        .valueStream()
        .toList();
  }

  @Override
  public void close() throws Exception {
    server.close();
    compute.close();
    http.close();
    connection.close();
    Files.delete(folder.resolve("images").resolve(image));
    Files.delete(folder.resolve("images"));
    Files.delete(folder);
  }

  private static final class People implements Identity {
    private static final Map<String, Set<String>> ROLES =
        Map.of("admin", Set.of("admin"), "alice", Set.of("member"), "bob", Set.of("member"));

    @Override
    public Optional<Caller> authenticate(String token) {
      return Optional.ofNullable(ROLES.get(token))
          .map(it -> new Caller(token, new ProjectId(token), it, token));
    }

    @Override
    public String publicUrl() {
      return "http://cloud.example.org/identity";
    }
  }

  /// Ports as they are where the kernel has networks.
  private final class KernelPorts implements ServerPorts {
    private final ServerPorts ports;

    KernelPorts(ServerPorts ports) {
      this.ports = ports;
    }

    @Override
    public List<Attachment> attach(
        UUID server, Caller caller, List<Wish> wishes, List<String> securityGroups) {
      return ports.attach(server, caller, wishes, securityGroups);
    }

    @Override
    public List<Attachment> attachments(UUID server) {
      return ports.attachments(server);
    }

    @Override
    public void detach(UUID server, UUID port) {
      ports.detach(server, port);
    }

    @Override
    public void detachAll(UUID server) {
      ports.detachAll(server);
    }

    @Override
    public void addSecurityGroup(UUID server, Caller caller, String group) {
      ports.addSecurityGroup(server, caller, group);
    }

    @Override
    public void removeSecurityGroup(UUID server, Caller caller, String group) {
      ports.removeSecurityGroup(server, caller, group);
    }

    @Override
    public List<Group> securityGroups(UUID server) {
      return ports.securityGroups(server);
    }

    @Override
    public List<Group> groups(Caller caller) {
      return ports.groups(caller);
    }

    @Override
    public Optional<Path> namespace(UUID server) {
      return kernel ? Optional.of(Path.of("/nowhere")) : ports.namespace(server);
    }
  }
}
