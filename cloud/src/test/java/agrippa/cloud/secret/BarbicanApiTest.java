package agrippa.cloud.secret;

import static agrippa.cloud.secret.SecretServer.json;
import static agrippa.cloud.secret.SecretServer.path;
import static agrippa.cloud.secret.SecretServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class BarbicanApiTest {
  private static final byte[] BYTES = {0, 1, 2, (byte) 0xff};
  private static final String MISSING = "/v1/secrets/00000000-0000-0000-0000-000000000000";

  @TempDir private Path folder;
  private SecretServer server;

  @BeforeEach
  void start() throws Exception {
    server = new SecretServer(folder.resolve("secrets.key"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private int status(String who, String method, String path, String body) throws Exception {
    return server.send(who, method, path, body).statusCode();
  }

  @Test
  void tellsItsVersionToEverybody() throws Exception {
    HttpResponse<byte[]> root = server.get("", "/");
    assertThat(root.statusCode()).isEqualTo(300);
    assertThat(json(root).at("/versions/0/status").asString()).isEqualTo("CURRENT");
    assertThat(json(root).at("/versions/0/links/0/href").asString())
        .isEqualTo("http://cloud.example.org/key-manager/v1/");
    assertThat(server.get("", "/v1/").statusCode()).isEqualTo(200);
  }

  @Test
  void keepsBytesAsTheyAre() throws Exception {
    String reference = server.stored("alice", "s", BYTES);
    assertThat(reference).startsWith("http://cloud.example.org/key-manager/v1/secrets/");
    HttpResponse<byte[]> payload =
        server.get("alice", path(reference) + "/payload", "Accept", "application/octet-stream");
    assertThat(payload.body()).isEqualTo(BYTES);
    assertThat(payload.headers().firstValue("Content-Type")).contains("application/octet-stream");
    HttpResponse<byte[]> metadata = server.get("alice", path(reference));
    assertThat(text(metadata))
        .isEqualTo(
            """
            {"status":"ACTIVE","name":"s","created":"2026-11-23T12:00:00",\
            "updated":"2026-11-23T12:00:00","creator_id":"alice","secret_type":"opaque",\
            "algorithm":"aes","mode":"cbc","bit_length":256,"expiration":null,\
            "content_types":{"default":"application/octet-stream"},"secret_ref":"%s"}\
            """
                .formatted(reference));
    assertThat(
            server.get("alice", path(reference) + "/payload", "Accept", "text/plain").statusCode())
        .isEqualTo(406);
    assertThat(server.stored()).doesNotContain("AAEC/w").contains("s");
  }

  @Test
  void tellsConsumersOnlyToClientsThatKnowThem() throws Exception {
    String path = path(server.stored("alice", "s", BYTES));
    assertThat(json(server.get("alice", path)).has("consumers")).isFalse();
    assertThat(json(server.get("alice", "/v1/secrets")).at("/secrets/0").has("consumers"))
        .isFalse();
    assertThat(
            json(server.get("alice", path, "OpenStack-API-Version", "key-manager 1.1"))
                .has("consumers"))
        .isTrue();
  }

  @Test
  void takesThePayloadLater() throws Exception {
    HttpResponse<byte[]> made = server.send("alice", "POST", "/v1/secrets", "{\"name\": \"s\"}");
    String path = path(json(made).path("secret_ref").asString());
    assertThat(server.get("alice", path + "/payload").statusCode()).isEqualTo(404);
    assertThat(json(server.get("alice", path)).has("content_types")).isFalse();
    HttpResponse<byte[]> empty =
        server.send("alice", "PUT", path, new byte[0], "Content-Type", "text/plain");
    assertThat(empty.statusCode()).isEqualTo(400);
    HttpResponse<byte[]> stored =
        server.send(
            "alice",
            "PUT",
            path,
            "AAEC/w==".getBytes(StandardCharsets.US_ASCII),
            "Content-Type",
            "application/octet-stream",
            "Content-Encoding",
            "base64");
    assertThat(stored.statusCode()).isEqualTo(204);
    assertThat(server.get("alice", path + "/payload").body()).isEqualTo(BYTES);
    HttpResponse<byte[]> again =
        server.send("alice", "PUT", path, BYTES, "Content-Type", "application/octet-stream");
    assertThat(again.statusCode()).isEqualTo(409);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                                                       | 400
          {"payload": "x"}                                                         | 400
          {"payload": "", "payload_content_type": "text/plain"}                    | 400
          {"payload_content_type": "text/plain"}                                   | 400
          {"payload": "x", "payload_content_type": "image/png"}                    | 400
          {"payload": "x", "payload_content_type": "application/octet-stream"}     | 400
          {"payload": "x", "payload_content_type": "text/plain", "payload_content_encoding": "gzip"} | 400
          {"secret_type": "gold"}                                                  | 400
          {"name": "a\\u0007"}                                                     | 400
          {"expiration": "2026-11-23T11:59:59"}                                    | 400
          {"expiration": "tomorrow"}                                               | 400
          {}                                                                       | 201
          {"payload": "x", "payload_content_type": "text/plain; charset=utf-8"}    | 201
          {"payload": "x", "payload_content_type": "application/x-pem-file"}       | 201
          """)
  void looksAtWhatItIsGiven(String body, int status) throws Exception {
    HttpResponse<byte[]> answer = server.send("alice", "POST", "/v1/secrets", body);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    if (status == 400) {
      assertThat(json(answer).path("code").asInt()).isEqualTo(400);
      assertThat(json(answer).path("title").asString()).isEqualTo("Bad Request");
      assertThat(json(answer).path("description").asString()).isNotBlank();
    }
  }

  @Test
  void limitsPayloads() throws Exception {
    String body = "{\"payload\": \"%s\", \"payload_content_type\": \"text/plain\"}";
    String most = body.formatted("x".repeat(20_000));
    assertThat(status("alice", "POST", "/v1/secrets", most)).isEqualTo(201);
    String more = body.formatted("x".repeat(20_001));
    assertThat(status("alice", "POST", "/v1/secrets", more)).isEqualTo(413);
  }

  @Test
  void listsAPageOfTheProjectsOwn() throws Exception {
    for (String name : new String[] {"a", "b", "c"}) {
      server.stored("alice", name, BYTES);
      server.now.set(server.now.get().plusSeconds(1));
    }
    server.stored("bob", "a", BYTES);
    JsonNode first = json(server.get("ann", "/v1/secrets?limit=2&secret_type=opaque"));
    assertThat(first.path("total").asInt()).isEqualTo(3);
    assertThat(first.path("secrets"))
        .extracting(it -> it.path("name").asString())
        .containsExactly("a", "b");
    String next = first.path("next").asString();
    assertThat(next).endsWith("/v1/secrets?secret_type=opaque&limit=2&offset=2");
    JsonNode second = json(server.get("ann", path(next)));
    assertThat(second.path("secrets"))
        .extracting(it -> it.path("name").asString())
        .containsExactly("c");
    assertThat(second.has("next")).isFalse();
    assertThat(second.has("previous")).isTrue();
    assertThat(json(server.get("ann", "/v1/secrets?name=b")).path("total").asInt()).isEqualTo(1);
    assertThat(json(server.get("ann", "/v1/secrets?secret_type=private")).path("total").asInt())
        .isZero();
    assertThat(json(server.get("root", "/v1/secrets")).path("total").asInt()).isZero();
  }

  /// Who may what with a secret of alice's: open to the project, private, shared with bob.
  @ParameterizedTest
  @CsvSource({
    // acl,    who,   metadata, payload, acl-change, delete
    "open,    alice, 200, 200, 200, 204",
    "open,    ann,   200, 200, 403, 204",
    "open,    rita,  200, 403, 403, 403",
    "open,    boss,  200, 200, 200, 204",
    "open,    bob,   403, 403, 403, 403",
    "open,    root,  403, 403, 403, 403",
    "private, alice, 200, 200, 200, 204",
    "private, ann,   403, 403, 403, 403",
    "private, rita,  403, 403, 403, 403",
    "private, boss,  200, 200, 200, 204",
    "private, bob,   403, 403, 403, 403",
    "shared,  bob,   200, 200, 403, 403",
    "shared,  rita,  200, 403, 403, 403",
    "open,    '',    401, 401, 401, 401",
    "open,    eve,   401, 401, 401, 401",
  })
  void letsPeopleDoWhatBarbicanWould(
      String acl, String who, int metadata, int payload, int change, int delete) throws Exception {
    String path = path(server.stored("alice", "s", BYTES));
    String rules =
        Map.of(
                "open", "{}",
                "private", "{\"project-access\": false}",
                "shared", "{\"users\": [\"bob\"]}")
            .get(acl);
    assertThat(status("alice", "PUT", path + "/acl", "{\"read\": " + rules + "}")).isEqualTo(200);
    assertThat(server.get(who, path).statusCode()).isEqualTo(metadata);
    assertThat(server.get(who, path + "/payload").statusCode()).isEqualTo(payload);
    assertThat(server.get(who, path, "Accept", "application/octet-stream").statusCode())
        .isEqualTo(payload);
    assertThat(status(who, "PATCH", path + "/acl", "{\"read\": " + rules + "}")).isEqualTo(change);
    assertThat(status(who, "DELETE", path, "")).isEqualTo(delete);
    assertThat(server.get("alice", path).statusCode()).isEqualTo(delete == 204 ? 404 : 200);
  }

  @Test
  void readersMakeNothing() throws Exception {
    assertThat(status("rita", "POST", "/v1/secrets", "{}")).isEqualTo(403);
    assertThat(status("rita", "POST", "/v1/containers", "{\"type\": \"generic\"}")).isEqualTo(403);
  }

  @Test
  void changesAccessLists() throws Exception {
    String path = path(server.stored("alice", "s", BYTES)) + "/acl";
    assertThat(text(server.get("alice", path)))
        .isEqualTo("{\"read\":{\"users\":[],\"project-access\":true}}");
    String private1 = "{\"read\": {\"users\": [\"u\"], \"project-access\": false}}";
    assertThat(text(server.send("alice", "PUT", path, private1)))
        .contains("\"acl_ref\":\"http://cloud.example.org/key-manager/v1/secrets/");
    assertThat(status("alice", "PATCH", path, "{\"read\": {\"users\": [\"v\"]}}")).isEqualTo(200);
    assertThat(text(server.get("alice", path)))
        .isEqualTo("{\"read\":{\"users\":[\"v\"],\"project-access\":false}}");
    for (String wrong :
        new String[] {
          "{}",
          "{\"read\": {\"users\": \"u\"}}",
          "{\"read\": {\"users\": [5, {}]}}",
          "{\"read\": {\"project-access\": \"no\"}}"
        }) {
      assertThat(status("alice", "PUT", path, wrong)).as(wrong).isEqualTo(400);
    }
    assertThat(status("alice", "DELETE", path, "")).isEqualTo(200);
    assertThat(text(server.get("alice", path)))
        .isEqualTo("{\"read\":{\"users\":[],\"project-access\":true}}");
  }

  @Test
  void keepsContainersAndTheirConsumers() throws Exception {
    String secret = server.stored("alice", "s", BYTES);
    String parts = "[{\"name\": \"certificate\", \"secret_ref\": \"%s\"}]".formatted(secret);
    String body = "{\"name\": \"c\", \"type\": \"certificate\", \"secret_refs\": " + parts + "}";
    HttpResponse<byte[]> made = server.send("alice", "POST", "/v1/containers", body);
    assertThat(made.statusCode()).isEqualTo(201);
    String path = path(json(made).path("container_ref").asString());
    assertThat(json(server.get("ann", path)).at("/secret_refs/0/secret_ref").asString())
        .isEqualTo(secret);
    assertThat(server.get("bob", path).statusCode()).isEqualTo(403);
    JsonNode listed = json(server.get("ann", "/v1/containers?type=certificate&name=c"));
    assertThat(listed.path("total").asInt()).isEqualTo(1);

    String consumer = "{\"name\": \"octavia\", \"URL\": \"lb\"}";
    HttpResponse<byte[]> added = server.send("ann", "POST", path + "/consumers", consumer);
    assertThat(added.statusCode()).isEqualTo(200);
    assertThat(json(added).at("/consumers/0/name").asString()).isEqualTo("octavia");
    assertThat(status("ann", "POST", path + "/consumers", consumer)).isEqualTo(200);
    assertThat(json(server.get("ann", path + "/consumers")).path("total").asInt()).isEqualTo(1);
    assertThat(status("bob", "POST", path + "/consumers", consumer)).isEqualTo(403);
    assertThat(status("ann", "POST", path + "/consumers", "{\"name\": \"x\"}")).isEqualTo(400);
    assertThat(status("ann", "DELETE", path + "/consumers", consumer)).isEqualTo(200);
    assertThat(status("ann", "DELETE", path + "/consumers", consumer)).isEqualTo(404);

    assertThat(status("ann", "DELETE", path, "")).isEqualTo(204);
    assertThat(server.get("alice", path).statusCode()).isEqualTo(404);
    assertThat(server.get("alice", path(secret)).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"type": "box"}                                                         | 400
          {"type": "certificate"}                                                 | 400
          {"type": "certificate", "secret_refs": {"a": 1}}                        | 400
          {"type": "rsa", "secret_refs": [{"name": "gold", "secret_ref": "REF"}]} | 400
          {"type": "generic", "secret_refs": [{"name": "a", "secret_ref": "x"}]}  | 404
          {"type": "generic", "secret_refs": [{"name": "a", "secret_ref": "BOBS"}]} | 404
          {"type": "generic", "secret_refs": [{"name": "a", "secret_ref": "REF"}, {"name": "a", "secret_ref": "REF"}]} | 400
          {"type": "generic", "secret_refs": [{"name": "a", "secret_ref": "REF"}]} | 201
          {"type": "generic"}                                                     | 201
          """)
  void looksAtWhatIsPutIntoContainers(String body, int status) throws Exception {
    String own = server.stored("alice", "s", BYTES);
    String bobs = server.stored("bob", "s", BYTES);
    String filled = body.replace("REF", own).replace("BOBS", bobs);
    assertThat(status("alice", "POST", "/v1/containers", filled)).isEqualTo(status);
  }

  @Test
  void keepsConsumersOfSecrets() throws Exception {
    String path = path(server.stored("alice", "s", BYTES)) + "/consumers";
    String consumer =
        """
        {"service": "octavia", "resource_type": "listener", "resource_id": "x"}
        """;
    HttpResponse<byte[]> added =
        server.send(
            "alice",
            "POST",
            path,
            consumer.getBytes(StandardCharsets.UTF_8),
            "OpenStack-API-Version",
            "key-manager 1.1");
    assertThat(json(added).at("/consumers/0/service").asString()).isEqualTo("octavia");
    assertThat(json(server.get("alice", path)).path("total").asInt()).isEqualTo(1);
    assertThat(status("alice", "DELETE", path, consumer)).isEqualTo(200);
    assertThat(json(server.get("alice", path)).path("total").asInt()).isZero();
  }

  @Test
  void answersErrorsAsBarbicanDoes() throws Exception {
    HttpResponse<byte[]> nobody = server.get("", "/v1/secrets");
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("WWW-Authenticate"))
        .contains("Keystone uri=\"http://cloud.example.org/identity\"");
    HttpResponse<byte[]> missing = server.get("alice", MISSING);
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(json(missing).path("title").asString()).isEqualTo("Not Found");
    assertThat(status("alice", "PATCH", MISSING, "")).isEqualTo(405);
    assertThat(status("alice", "GET", "/v1/nowhere", "")).isEqualTo(404);
    assertThat(status("alice", "DELETE", MISSING, "")).isEqualTo(404);
  }
}
