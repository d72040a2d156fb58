package agrippa.cloud.image;

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
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The image service over HTTP. Tokens are names of people, each in a project of that name.
class ImageFaceTest {
  private static final int LIMIT = 200_000;
  private static final String PATCH = "application/openstack-images-v2.1-json-patch";
  private static final String BYTES = "application/octet-stream";

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private Connection connection;
  private WebServer server;

  @BeforeEach
  void start() throws Exception {
    connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    Documents.MIGRATIONS.forEach(DSL.using(connection, SQLDialect.SQLITE)::execute);
    server =
        WebServer.start(
            WebSettings.loopback(0, UUID::randomUUID, InstantSource.system()),
            List.of(open().site("/image", new People())));
  }

  private EmbeddedImages open() {
    return new EmbeddedImages(
        new Documents(DSL.using(connection, SQLDialect.SQLITE)),
        folder.resolve("images"),
        InstantSource.system(),
        UUID::randomUUID,
        LIMIT);
  }

  @AfterEach
  void stop() throws Exception {
    http.close();
    server.close();
    connection.close();
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

  private record Answer(int status, String text, JsonNode json) {}

  private Answer send(String who, String method, String path, String type, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/image" + path))
            .header("Content-Type", type)
            .method(method, BodyPublishers.ofByteArray(body));
    if (!who.isEmpty()) {
      request.header("X-Auth-Token", who);
    }
    HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
    return new Answer(
        answer.statusCode(),
        new String(answer.body(), StandardCharsets.UTF_8),
        Json.parse(answer.body()).orElseGet(Json::object));
  }

  private Answer get(String who, String path) throws Exception {
    return send(who, "GET", path, "application/json", new byte[0]);
  }

  private Answer send(String who, String method, String path, String type, String json)
      throws Exception {
    return send(who, method, path, type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private String create(String who, String more) throws Exception {
    Answer answer =
        send(
            who,
            "POST",
            "/v2/images",
            "application/json",
            "{'name': 'i', 'disk_format': 'raw', 'container_format': 'bare'" + more + "}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json().path("id").asString();
  }

  private List<String> ids(String who, String query) throws Exception {
    return get(who, "/v2/images" + query)
        .json()
        .path("images")
        .valueStream()
        .map(it -> it.path("id").asString())
        .toList();
  }

  @Test
  void takesContentAndGivesItBack() throws Exception {
    String id = create("alice", "");
    assertThat(get("alice", "/v2/images/" + id).json().path("status").asString())
        .isEqualTo("queued");
    assertThat(get("alice", "/v2/images/" + id + "/file").status()).isEqualTo(204);
    // More than other requests may have.
    byte[] content = "0123456789abcdef".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
    String file = "/v2/images/" + id + "/file";
    assertThat(send("alice", "PUT", file, BYTES, content).status()).isEqualTo(204);
    JsonNode image = get("alice", "/v2/images/" + id).json();
    assertThat(image.path("status").asString()).isEqualTo("active");
    assertThat(image.path("size").asInt()).isEqualTo(content.length);
    assertThat(image.path("checksum").asString()).isEqualTo(md5(content));
    assertThat(get("alice", file).text()).isEqualTo(new String(content, StandardCharsets.US_ASCII));
    assertThat(send("alice", "PUT", file, BYTES, content).status()).isEqualTo(409);
    // Also after a restart.
    assertThat(open().find(UUID.fromString(id)).orElseThrow().active()).isTrue();
    assertThat(send("alice", "DELETE", "/v2/images/" + id, BYTES, "").status()).isEqualTo(204);
    assertThat(folder.resolve("images")).isEmptyDirectory();
  }

  private static String md5(byte[] content) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("MD5").digest(content));
  }

  @Test
  void refusesContentThatIsTooLongOrUnasked() throws Exception {
    String id = create("alice", "");
    String file = "/v2/images/" + id + "/file";
    assertThat(send("alice", "PUT", file, BYTES, new byte[LIMIT + 1]).status()).isEqualTo(413);
    assertThat(get("alice", "/v2/images/" + id).json().path("status").asString())
        .isEqualTo("queued");
    assertThat(folder.resolve("images")).isEmptyDirectory();
    assertThat(send("alice", "PUT", file, "text/plain", new byte[1]).status()).isEqualTo(415);
    assertThat(send("bob", "PUT", file, BYTES, new byte[1]).status()).isEqualTo(404);
    assertThat(send("", "PUT", file, BYTES, new byte[LIMIT]).status()).isEqualTo(401);
    assertThat(send("alice", "PUT", file, BYTES, new byte[LIMIT]).status()).isEqualTo(204);
  }

  @Test
  void showsImagesToThoseWhoMaySeeThem() throws Exception {
    String mine = create("alice", "");
    String all = create("admin", ", 'visibility': 'public'");
    assertThat(ids("alice", "")).containsExactly(all, mine);
    assertThat(ids("bob", "")).containsExactly(all);
    assertThat(get("bob", "/v2/images/" + mine).status()).isEqualTo(404);
    assertThat(send("bob", "DELETE", "/v2/images/" + all, BYTES, "").status()).isEqualTo(403);
    assertThat(
            send("alice", "POST", "/v2/images", "application/json", "{'visibility': 'public'}")
                .status())
        .isEqualTo(403);
    assertThat(get("", "/v2/images").status()).isEqualTo(401);
    assertThat(get("mallory", "/v2/images").status()).isEqualTo(401);
  }

  @Test
  void changesByJsonPatch() throws Exception {
    String path = "/v2/images/" + create("alice", ", 'os_distro': 'x', 'tags': ['t']");
    Answer changed =
        send(
            "alice",
            "PATCH",
            path,
            PATCH,
            "[{'op': 'replace', 'path': '/name', 'value': 'new'},"
                + "{'op': 'add', 'path': '/colour', 'value': 'red'},"
                + "{'op': 'remove', 'path': '/os_distro'}]");
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(changed.json().path("name").asString()).isEqualTo("new");
    assertThat(changed.json().path("colour").asString()).isEqualTo("red");
    assertThat(changed.json().has("os_distro")).isFalse();
    assertThat(patch(path, "[{'op': 'replace', 'path': '/status', 'value': 'active'}]"))
        .isEqualTo(403);
    assertThat(patch(path, "[{'op': 'remove', 'path': '/nothing'}]")).isEqualTo(409);
    assertThat(patch(path, "[{'op': 'replace', 'path': '/min_ram', 'value': -1}]")).isEqualTo(400);
    assertThat(patch(path, "[{'op': 'add', 'path': '/a/b', 'value': 'x'}]")).isEqualTo(400);
    assertThat(patch(path, "{}")).isEqualTo(400);
    assertThat(send("alice", "PATCH", path, "application/json", "[]").status()).isEqualTo(415);
    assertThat(patch(path, "[{'op': 'replace', 'path': '/protected', 'value': true}]"))
        .isEqualTo(200);
    assertThat(send("alice", "DELETE", path, BYTES, "").text())
        .contains("is protected and cannot be deleted");
    assertThat(send("alice", "PUT", path + "/tags/u", BYTES, "").status()).isEqualTo(204);
    assertThat(send("alice", "DELETE", path + "/tags/t", BYTES, "").status()).isEqualTo(204);
    assertThat(send("alice", "DELETE", path + "/tags/t", BYTES, "").status()).isEqualTo(404);
    assertThat(get("alice", path).json().path("tags").toString()).isEqualTo("[\"u\"]");
  }

  private int patch(String path, String steps) throws Exception {
    return send("alice", "PATCH", path, PATCH, steps).status();
  }

  @Test
  void listsInPages() throws Exception {
    String first = create("alice", "");
    String second = create("alice", "");
    Answer page = get("alice", "/v2/images?limit=1&sort=created_at:asc");
    assertThat(page.json().at("/images/0/id").asString()).isEqualTo(first);
    Answer next = get("alice", page.json().path("next").asString());
    assertThat(next.json().at("/images/0/id").asString()).isEqualTo(second);
    assertThat(ids("alice", "?id=in:" + first + "," + second)).hasSize(2);
    assertThat(ids("alice", "?status=active")).isEmpty();
    assertThat(get("alice", "/v2/images?limit=x").status()).isEqualTo(400);
    assertThat(get("alice", "/v2/images?sort_key=x").status()).isEqualTo(400);
  }

  @Test
  void escapesWhatItQuotes() throws Exception {
    Answer answer = get("alice", "/v2/images/%3Cscript%3E");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text())
        .contains("<title>404 Not Found</title>", "&lt;script&gt;")
        .doesNotContain("<script>");
  }
}
