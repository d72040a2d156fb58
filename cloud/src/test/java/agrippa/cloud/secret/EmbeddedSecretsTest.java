package agrippa.cloud.secret;

import static agrippa.cloud.secret.SecretServer.caller;
import static agrippa.cloud.secret.SecretServer.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What load balancers find in the secret service.
class EmbeddedSecretsTest {
  private static Authority root;
  private static Authority leaf;

  @TempDir private Path folder;
  private SecretServer server;

  @BeforeAll
  static void sign() throws Exception {
    root = Authority.root("root", "EC 256");
    leaf = root.sign("www.example.org", "EC 256");
  }

  @BeforeEach
  void start() throws Exception {
    server = new SecretServer(folder.resolve("secrets.key"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private String pem(Object... things) throws Exception {
    return server.stored("alice", "pem", Texts.pem(things));
  }

  private String container(String secrets) throws Exception {
    var answer =
        server.send(
            "alice",
            "POST",
            "/v1/containers",
            "{\"type\": \"certificate\", \"secret_refs\": [" + secrets + "]}");
    assertThat(answer.statusCode()).as(SecretServer.text(answer)).isEqualTo(201);
    return SecretServer.json(answer).path("container_ref").asString();
  }

  private static String part(String name, String reference) {
    return "{\"name\": \"%s\", \"secret_ref\": \"%s\"}".formatted(name, reference);
  }

  private static void assertFound(Lookup<KeyPair> lookup) {
    assertThat(lookup)
        .isInstanceOfSatisfying(
            Lookup.Found.class,
            found ->
                assertThat(found.value())
                    .isEqualTo(
                        new KeyPair(List.of(leaf.certificate(), root.certificate()), leaf.key())));
  }

  @Test
  void findsWhatTheCallerMayReadAndTheLoadBalancersAll() throws Exception {
    String reference = pem(leaf.key(), root.certificate(), leaf.certificate());
    assertFound(server.secrets.keyPair(caller("alice"), reference));
    assertFound(server.secrets.keyPair(caller("ann"), reference));
    assertFound(server.secrets.keyPair(null, reference));
    for (String stranger : List.of("bob", "root", "rita")) {
      assertThat(server.secrets.keyPair(caller(stranger), reference))
          .isInstanceOf(Lookup.Missing.class);
    }
    server.send("alice", "PUT", path(reference) + "/acl", "{\"read\": {\"users\": [\"bob\"]}}");
    assertFound(server.secrets.keyPair(caller("bob"), reference));
  }

  @Test
  void findsPairsInContainers() throws Exception {
    String certificate = pem(leaf.certificate());
    String key = pem(leaf.key());
    String others = pem(root.certificate());
    String reference =
        container(
            part("certificate", certificate)
                + ","
                + part("private_key", key)
                + ","
                + part("intermediates", others));
    assertFound(server.secrets.keyPair(caller("alice"), reference));
    assertFound(server.secrets.keyPair(null, reference));
    assertThat(server.secrets.keyPair(caller("bob"), reference)).isInstanceOf(Lookup.Missing.class);
    // Its secrets count, too.
    server.send("alice", "PUT", path(reference) + "/acl", "{\"read\": {\"users\": [\"bob\"]}}");
    assertThat(server.secrets.keyPair(caller("bob"), reference)).isInstanceOf(Lookup.Missing.class);
    server.send("alice", "DELETE", path(key), "");
    assertThat(server.secrets.keyPair(null, reference)).isInstanceOf(Lookup.Missing.class);
    assertThat(server.secrets.keyPair(null, container(part("certificate", certificate))))
        .isInstanceOf(Lookup.Missing.class);
  }

  @Test
  void findsAuthoritiesAndRevocations() throws Exception {
    assertThat(server.secrets.authorities(caller("alice"), pem(root.certificate())))
        .isEqualTo(new Lookup.Found<>(List.of(root.certificate())));
    var list = root.revoke(leaf.certificate());
    assertThat(server.secrets.revocations(caller("alice"), pem(list)))
        .isEqualTo(new Lookup.Found<>(List.of(list)));
    assertThat(server.secrets.authorities(caller("bob"), pem(root.certificate())))
        .isInstanceOf(Lookup.Missing.class);
  }

  @Test
  void saysWhatIsWrongButNotWhatIsInside() throws Exception {
    String hidden = "MIIhidden";
    String reference = server.stored("alice", "x", hidden.getBytes(StandardCharsets.UTF_8));
    assertThat(server.secrets.keyPair(null, reference))
        .isEqualTo(new Lookup.Unreadable<>(true, "it is broken, or no PKCS#12 bundle"));
    String key = pem(leaf.key());
    assertThat(server.secrets.keyPair(null, key))
        .isEqualTo(new Lookup.Unreadable<>(false, "it holds no certificate"));
    assertThat(server.secrets.authorities(null, key))
        .isEqualTo(new Lookup.Unreadable<>(false, "it holds no certificate"));
    assertThat(server.secrets.keyPair(null, pem(leaf.key(), leaf.certificate())).toString())
        .doesNotContain(leaf.key().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ID",
        "x/secrets/ID",
        "http://host/secrets/",
        "http://host/secrets/ID/payload",
        "http://host/orders/ID",
        "http://host/secrets/ID\n",
        "http://host/secrets/00000000-0000-0000-0000-000000000000",
        "http://host/secrets/------------------------------------",
        "http://host/containers/ID",
      })
  void findsNothingByWhatIsNoReference(String form) throws Exception {
    String reference = pem(leaf.key(), leaf.certificate());
    String id = reference.substring(reference.lastIndexOf('/') + 1);
    assertThat(server.secrets.keyPair(null, form.replace("ID", id)))
        .isInstanceOf(Lookup.Missing.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://host/secrets/ID",
        "https://keys.example.org:9311/v1/secrets/ID",
        "http://[::1]/deep/er/key-manager/v1/secrets/ID/",
      })
  void findsSecretsByAnyNameOfTheHost(String form) throws Exception {
    String reference = pem(leaf.key(), root.certificate(), leaf.certificate());
    String id = reference.substring(reference.lastIndexOf('/') + 1);
    assertFound(server.secrets.keyPair(caller("alice"), form.replace("ID", id)));
  }

  @Test
  void remembersOverARestart() throws Exception {
    String reference = pem(leaf.key(), root.certificate(), leaf.certificate());
    assertFound(server.open().keyPair(caller("alice"), reference));
  }

  @Test
  void doesNotStartWithoutItsKey() throws Exception {
    pem(leaf.key());
    Path keyFile = folder.resolve("secrets.key");
    Files.write(keyFile, new byte[32]);
    assertThatThrownBy(server::open).isInstanceOf(IllegalStateException.class);
    Files.delete(keyFile);
    assertThatThrownBy(server::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("missing");
  }

  /// Users stop seeing what has expired; a listener that serves it goes on.
  @Test
  void expiryConcernsUsersOnly() throws Exception {
    String payload =
        new String(
                Texts.pem(leaf.key(), root.certificate(), leaf.certificate()),
                StandardCharsets.US_ASCII)
            .replace("\n", "\\n");
    var made =
        server.send(
            "alice",
            "POST",
            "/v1/secrets",
            """
            {"payload": "%s", "payload_content_type": "application/x-pem-file",
              "expiration": "2026-11-23T14:00:00+01:00"}
            """
                .formatted(payload));
    String reference = SecretServer.json(made).path("secret_ref").asString();
    assertFound(server.secrets.keyPair(caller("alice"), reference));
    server.now.set(server.now.get().plusSeconds(3600));
    assertThat(server.secrets.keyPair(caller("alice"), reference))
        .isInstanceOf(Lookup.Missing.class);
    assertThat(server.get("alice", path(reference)).statusCode()).isEqualTo(404);
    assertFound(server.secrets.keyPair(null, reference));
  }
}
