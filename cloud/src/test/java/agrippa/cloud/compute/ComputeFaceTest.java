package agrippa.cloud.compute;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.compute.ComputeRig.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The compute service over HTTP, before a driver that only notes what it was told.
class ComputeFaceTest {
  private ComputeRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new ComputeRig();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private String create(String more) throws Exception {
    Answer answer =
        rig.post(
            "alice",
            "/servers",
            "{'server': {'name': 'My Server', 'imageRef': '%s', 'flavorRef': 'd4'%s}}"
                .formatted(rig.image(), more));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    return answer.json().at("/server/id").asString();
  }

  private Answer action(String id, String json) throws Exception {
    return rig.post("alice", "/servers/" + id + "/action", json);
  }

  @Test
  void aServerBuildsRunsStopsStartsAndGoes() throws Exception {
    String id = create("");
    JsonNode server = rig.await("alice", id, "ACTIVE");
    assertThat(server.path("OS-EXT-STS:vm_state").asString()).isEqualTo("active");
    assertThat(server.path("OS-EXT-STS:power_state").asInt()).isEqualTo(1);
    assertThat(server.at("/addresses/net/0/OS-EXT-IPS:type").asString()).isEqualTo("fixed");
    assertThat(server.at("/security_groups/0/name").asString()).isEqualTo("default");
    assertThat(server.has("OS-EXT-SRV-ATTR:host")).isFalse();
    assertThat(rig.driver().machine(id).hostname()).isEqualTo("my-server");
    assertThat(action(id, "{'os-start': null}").error())
        .isEqualTo("409 Cannot 'start' instance " + id + " while it is in vm_state active");
    assertThat(action(id, "{'os-stop': null}").status()).isEqualTo(202);
    rig.await("alice", id, "SHUTOFF");
    assertThat(rig.driver().runs(id)).isFalse();
    assertThat(action(id, "{'os-start': null}").status()).isEqualTo(202);
    rig.await("alice", id, "ACTIVE");
    assertThat(action(id, "{'reboot': {'type': 'HARD'}}").status()).isEqualTo(202);
    rig.await("alice", id, "ACTIVE");
    assertThat(rig.driver().runs(id)).isTrue();
    assertThat(
            action(id, "{'os-getConsoleOutput': {'length': 1}}").json().path("output").asString())
        .isEqualTo("second line\n");
    assertThat(rig.send("alice", "DELETE", "/servers/" + id, "").status()).isEqualTo(204);
    rig.awaitGone("alice", id);
    assertThat(rig.driver().servers()).isEmpty();
    assertThat(rig.ports("alice")).isEmpty();
  }

  @Test
  void aServerThatEndsByItselfIsStopped() throws Exception {
    String id = create("");
    rig.await("alice", id, "ACTIVE");
    rig.driver().endByItself(id);
    rig.await("alice", id, "SHUTOFF");
  }

  @Test
  void aServerThatCannotStartSaysWhy() throws Exception {
    rig.driver().refuse("there is no room");
    JsonNode server = rig.await("alice", create(""), "ERROR");
    assertThat(server.at("/fault/message").asString()).isEqualTo("there is no room");
    assertThat(server.at("/fault/code").asInt()).isEqualTo(500);
  }

  @Test
  void withoutKernelNetworksAServerSaysWhatItNeeds() throws Exception {
    rig.mirrorOnly();
    assertThat(rig.await("alice", create(""), "ERROR").at("/fault/message").asString())
        .contains("network driver linux");
  }

  @Test
  void afterARestartServersAreFoundAgainOrRunAgain() throws Exception {
    String kept = create("");
    String lost = create("");
    rig.await("alice", kept, "ACTIVE");
    rig.await("alice", lost, "ACTIVE");
    rig.restart(() -> rig.driver().endUnseen(lost));
    rig.driver().awaitStarts(lost, 2);
    assertThat(rig.driver().starts(kept)).isOne();
    rig.await("alice", lost, "ACTIVE");
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    String id = create("");
    rig.await("alice", id, "ACTIVE");
    for (String action : List.of("rebuild", "resize", "createImage", "pause", "os-getVNCConsole")) {
      assertThat(action(id, "{'" + action + "': {}}").error())
          .startsWith("400 The action '" + action + "' is not supported here: ");
    }
    assertThat(action(id, "{'os-stop': null, 'os-start': null}").status()).isEqualTo(400);
    assertThat(action(id, "{}").status()).isEqualTo(400);
    assertThat(action(id, "[]").status()).isEqualTo(400);
    assertThat(refused("'imageRef': 'nosuch', 'flavorRef': 'd4'"))
        .isEqualTo("400 Can not find requested image");
    assertThat(refused("'imageRef': '" + rig.image() + "', 'flavorRef': 'x'"))
        .isEqualTo("400 Flavor x could not be found.");
    String good = "'imageRef': '" + rig.image() + "', 'flavorRef': 'd4'";
    assertThat(refused(good + ", 'key_name': 'nosuch'"))
        .isEqualTo("400 Invalid key_name provided.");
    assertThat(refused(good + ", 'availability_zone': 'mars'"))
        .isEqualTo("400 The requested availability zone is not available");
    assertThat(refused(good + ", 'user_data': '!'")).startsWith("400 ");
    assertThat(refused(good + ", 'networks': [{'uuid': '00000000-0000-0000-0000-000000000000'}]"))
        .startsWith("400 Network 00000000");
    assertThat(
            refused(good + ", 'block_device_mapping_v2': [{'source_type': 'volume', 'uuid': 'x'}]"))
        .startsWith("400 Block devices are not supported here");
    assertThat(rig.get("alice", "/servers").json().path("servers")).hasSize(1);
  }

  private String refused(String attributes) throws Exception {
    return rig.post("alice", "/servers", "{'server': {'name': 's', " + attributes + "}}").error();
  }

  @Test
  void serversAreOfTheirProjects() throws Exception {
    String id = create("");
    assertThat(rig.get("bob", "/servers/" + id).error())
        .isEqualTo("404 Instance " + id + " could not be found.");
    assertThat(rig.get("bob", "/servers").json().path("servers")).isEmpty();
    assertThat(rig.get("bob", "/servers?all_tenants=1").status()).isEqualTo(403);
    assertThat(rig.get("admin", "/servers?all_tenants=1").json().path("servers")).hasSize(1);
    assertThat(rig.get("", "/servers").status()).isEqualTo(401);
    assertThat(rig.get("mallory", "/servers").status()).isEqualTo(401);
  }

  @Test
  void listsFilterAndPage() throws Exception {
    String first = create("");
    String second = create(", 'metadata': {'a': 'b'}");
    assertThat(rig.get("alice", "/servers?limit=1").json().at("/servers/0/id").asString())
        .isEqualTo(second);
    assertThat(
            rig.get("alice", "/servers?limit=1&marker=" + second)
                .json()
                .at("/servers/0/id")
                .asString())
        .isEqualTo(first);
    assertThat(rig.get("alice", "/servers?name=My").json().path("servers")).hasSize(2);
    assertThat(rig.get("alice", "/servers?name=^Server").json().path("servers")).isEmpty();
    assertThat(rig.get("alice", "/servers?flavor=d3").json().path("servers")).isEmpty();
    assertThat(rig.get("alice", "/servers?marker=x").status()).isEqualTo(400);
    assertThat(rig.get("alice", "/servers?sort_key=x").status()).isEqualTo(400);
    assertThat(
            rig.get("alice", "/servers/" + second + "/metadata/a").json().at("/meta/a").asString())
        .isEqualTo("b");
  }

  @Test
  void makesAndChecksKeyPairs() throws Exception {
    JsonNode made =
        rig.post("alice", "/os-keypairs", "{'keypair': {'name': 'k'}}").json().path("keypair");
    assertThat(made.path("private_key").asString())
        .startsWith("-----BEGIN RSA PRIVATE KEY-----\n")
        .endsWith("-----END RSA PRIVATE KEY-----\n");
    assertThat(made.path("fingerprint").asString()).matches("([0-9a-f]{2}:){15}[0-9a-f]{2}");
    String line = made.path("public_key").asString();
    assertThat(keyPair("again", line + " me@home").json().at("/keypair/fingerprint").asString())
        .isEqualTo(made.path("fingerprint").asString());
    assertThat(keyPair("again", line).status()).isEqualTo(409);
    for (String bad :
        List.of("x", "ssh-ed25519 " + line.split(" ")[1], line + "\\nssh-rsa x", "ssh-rsa AAAA")) {
      assertThat(keyPair("bad", bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(keyPair("../x", line).status()).isEqualTo(400);
    assertThat(rig.get("bob", "/os-keypairs").json().path("keypairs")).isEmpty();
    create(", 'key_name': 'k'");
    assertThat(rig.send("alice", "DELETE", "/os-keypairs/k", "").status()).isEqualTo(202);
    assertThat(rig.get("alice", "/os-keypairs/k").status()).isEqualTo(404);
  }

  private Answer keyPair(String name, String line) throws Exception {
    return rig.post(
        "alice",
        "/os-keypairs",
        "{'keypair': {'name': '" + name + "', 'public_key': '" + line + "'}}");
  }

  @Test
  void answersInTheMicroversionThatIsAskedFor() throws Exception {
    String id = create("");
    JsonNode old = rig.get("alice", "/servers/" + id).json().path("server");
    assertThat(old.at("/flavor/id").asString()).isEqualTo("d4");
    assertThat(old.has("tags")).isFalse();
    JsonNode recent = rig.getAs("alice", "/servers/" + id, "compute 2.90").json().path("server");
    assertThat(recent.at("/flavor/original_name").asString()).isEqualTo("ds4G");
    assertThat(recent.path("tags").isArray()).isTrue();
    assertThat(recent.path("locked").isBoolean()).isTrue();
    assertThat(rig.getAs("alice", "/servers", "compute 2.999").error())
        .isEqualTo(
            "406 Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.90.");
    assertThat(rig.getAs("alice", "/servers", "compute x").status()).isEqualTo(400);
  }

  @Test
  void onlyAdminsMakeFlavors() throws Exception {
    String body = "{'flavor': {'name': 'f', 'ram': 64, 'vcpus': 1, 'disk': 0, 'id': 'f1'}}";
    assertThat(rig.post("alice", "/flavors", body).status()).isEqualTo(403);
    assertThat(rig.post("admin", "/flavors", body).status()).isEqualTo(200);
    assertThat(rig.post("admin", "/flavors", body).status()).isEqualTo(409);
    assertThat(rig.get("alice", "/flavors/f1").json().at("/flavor/ram").asInt()).isEqualTo(64);
    assertThat(rig.get("alice", "/flavors").json().path("flavors").toString()).contains("ds4G");
    assertThat(rig.send("admin", "DELETE", "/flavors/f1", "").status()).isEqualTo(202);
    assertThat(rig.get("alice", "/flavors/f1").status()).isEqualTo(404);
  }
}
