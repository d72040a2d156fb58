package agrippa.cloud.secret;

import static agrippa.cloud.secret.SecretServer.caller;
import static agrippa.cloud.secret.SecretServer.json;
import static agrippa.cloud.secret.SecretServer.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.cloud.openstack.ServiceClient;
import agrippa.cloud.openstack.TestKeystone;
import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.model.LoadBalancerId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The client of a Barbican, before the embedded one, which answers as the real one does. The
/// service user is bob, who is a stranger to alice's project.
class BarbicanSecretsTest {
  private static final Duration FRESHNESS = Duration.ofMinutes(5);
  private static final LoadBalancerId BALANCER =
      new LoadBalancerId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
  private static Authority root;
  private static Authority leaf;

  @TempDir private Path folder;
  private SecretServer server;
  private URI url;
  private TestKeystone keystone;
  private BarbicanSecrets secrets;

  @BeforeAll
  static void sign() throws Exception {
    root = Authority.root("root", "EC 256");
    leaf = root.sign("www.example.org", "EC 256");
  }

  @BeforeEach
  void start() throws Exception {
    server = new SecretServer(folder.resolve("secrets.key"));
    url = server.url();
    keystone = new TestKeystone();
    keystone.next.set("bob");
    secrets = open();
  }

  @AfterEach
  void stop() throws Exception {
    keystone.close();
    server.close();
  }

  private BarbicanSecrets open() {
    ServiceClient barbican =
        new ServiceClient(keystone.session(), ServiceClient.Kind.KEY_MANAGER, url);
    return new BarbicanSecrets(barbican, server.documents(), keystone.now::get, FRESHNESS);
  }

  private String stored(String who) throws Exception {
    return server.stored(who, "pem", Texts.pem(leaf.key(), root.certificate(), leaf.certificate()));
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

  private List<String> readers(String reference) throws Exception {
    JsonNode users = json(server.get("alice", path(reference) + "/acl")).at("/read/users");
    return users.valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void whoMayReadItLetsTheLoadBalancersReadIt() throws Exception {
    String reference = stored("alice");
    assertThat(secrets.keyPair(null, reference)).isInstanceOf(Lookup.Missing.class);
    assertFound(secrets.keyPair(caller("alice"), reference));
    assertThat(readers(reference)).containsExactly("bob");
    assertFound(open().keyPair(null, reference));
  }

  @Test
  void othersInTheAccessListStayInIt() throws Exception {
    String reference = stored("alice");
    server.send(
        "alice",
        "PUT",
        path(reference) + "/acl",
        "{\"read\": {\"users\": [\"eve\"], \"project-access\": false}}");
    assertFound(secrets.keyPair(caller("alice"), reference));
    assertFound(secrets.keyPair(caller("alice"), reference));
    assertThat(readers(reference)).containsExactlyInAnyOrder("bob", "eve");
    JsonNode acl = json(server.get("alice", path(reference) + "/acl"));
    assertThat(acl.at("/read/project-access").asBoolean(true)).isFalse();
  }

  @Test
  void strangersGetNothing() throws Exception {
    String reference = stored("alice");
    assertThat(secrets.keyPair(caller("bob"), reference)).isInstanceOf(Lookup.Missing.class);
    assertFound(secrets.keyPair(caller("alice"), reference));
    // Now bob himself may, since he is the service user here.
    assertFound(secrets.keyPair(caller("bob"), reference));
  }

  @Test
  void theHostInAReferenceIsNeverAsked() throws Exception {
    String reference = "http://127.0.0.1:1/x" + path(stored("alice"));
    assertFound(secrets.keyPair(caller("alice"), reference));
    assertThat(secrets.keyPair(caller("alice"), "http://127.0.0.1:1/v1/secrets/../x"))
        .isInstanceOf(Lookup.Missing.class);
  }

  @Test
  void containersAreReadWithAllThatIsInThem() throws Exception {
    String body =
        """
        {"type": "certificate", "secret_refs": [
          {"name": "certificate", "secret_ref": "%s"},
          {"name": "private_key", "secret_ref": "%s"},
          {"name": "intermediates", "secret_ref": "%s"}]}
        """
            .formatted(
                server.stored("alice", "c", Texts.pem(leaf.certificate())),
                server.stored("alice", "k", Texts.pem(leaf.key())),
                server.stored("alice", "i", Texts.pem(root.certificate())));
    String reference =
        json(server.send("alice", "POST", "/v1/containers", body)).path("container_ref").asString();
    assertThat(secrets.keyPair(null, reference)).isInstanceOf(Lookup.Missing.class);
    assertFound(secrets.keyPair(caller("alice"), reference));
    assertFound(open().keyPair(null, reference));
    assertThat(secrets.authorities(caller("alice"), reference)).isInstanceOf(Lookup.Missing.class);
  }

  @Test
  void authoritiesAreFound() throws Exception {
    String reference = server.stored("alice", "ca", Texts.pem(root.certificate()));
    assertThat(secrets.authorities(caller("alice"), reference))
        .isEqualTo(new Lookup.Found<>(List.of(root.certificate())));
    assertThat(secrets.revocations(caller("alice"), reference))
        .isInstanceOf(Lookup.Unreadable.class);
  }

  @Test
  void whatWasReadServesWhileBarbicanIsAway() throws Exception {
    String reference = stored("alice");
    secrets.keyPair(caller("alice"), reference);
    server.stop();
    keystone.now.set(keystone.now.get().plus(FRESHNESS).plus(Duration.ofDays(3)));
    assertFound(secrets.keyPair(null, reference));
    assertThatThrownBy(() -> secrets.keyPair(caller("alice"), reference))
        .isInstanceOf(ServiceUnavailableException.class);
    assertThatThrownBy(() -> open().keyPair(null, reference))
        .isInstanceOf(ServiceUnavailableException.class);
  }

  @Test
  void aSecretThatIsTakenBackIsNoticed() throws Exception {
    String reference = stored("alice");
    secrets.keyPair(caller("alice"), reference);
    server.send("alice", "DELETE", path(reference), "");
    assertFound(secrets.keyPair(null, reference));
    keystone.now.set(keystone.now.get().plus(FRESHNESS));
    assertThat(secrets.keyPair(null, reference)).isInstanceOf(Lookup.Missing.class);
  }

  @Test
  void loadBalancersAreRegisteredAsConsumersAndTakenOutAgain() throws Exception {
    String first = stored("alice");
    String second = stored("alice");
    secrets.keyPair(caller("alice"), first);
    secrets.keyPair(caller("alice"), second);
    secrets.use(BALANCER, Set.of(first, second));
    secrets.use(BALANCER, Set.of(first, second));
    assertThat(consumers(first)).containsExactly(BALANCER.toString());
    assertThat(consumers(second)).containsExactly(BALANCER.toString());
    open().use(BALANCER, Set.of(second));
    assertThat(consumers(first)).isEmpty();
    open().use(BALANCER, Set.of());
    assertThat(consumers(second)).isEmpty();
    assertThat(server.documents().load("barbican_consumers")).isEmpty();
  }

  @Test
  void consumersAreRegisteredLaterIfKeystoneIsAway() throws Exception {
    String reference = stored("alice");
    secrets.keyPair(caller("alice"), reference);
    BarbicanSecrets restarted = open();
    keystone.fault.set(503);
    restarted.use(BALANCER, Set.of(reference));
    assertThat(consumers(reference)).isEmpty();
    keystone.fault.set(0);
    // Whatever load balancer comes next does it, after a restart as well.
    open().use(new LoadBalancerId(UUID.randomUUID()), Set.of());
    assertThat(consumers(reference)).containsExactly(BALANCER.toString());
  }

  private List<String> consumers(String reference) throws Exception {
    return json(server.get("alice", path(reference) + "/consumers"))
        .path("consumers")
        .valueStream()
        .map(it -> it.path("resource_id").asString())
        .toList();
  }
}
