package agrippa.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.Caller;
import agrippa.control.ControlSettings;
import agrippa.control.access.Action;
import agrippa.control.access.Policy;
import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  @TempDir Path folder;

  @Test
  void everyKeyIsRead() throws IOException {
    Settings read =
        standard()
            .with(
                file(
                    """
                    public_url: https://cloud.example.org/
                    write_hold: 0.5
                    token_lifetime: 60
                    quotas:
                      loadbalancer: 1
                      listener: 2
                      pool: 3
                      member: 4
                      healthmonitor: 5
                      l7policy: 0
                      l7rule: -1
                    data_plane:
                      loops: 3
                      transport: nio
                      tls: jdk
                    """),
                Map.of());
    assertThat(read)
        .isEqualTo(
            new Settings(
                folder,
                "127.0.0.1",
                9876,
                Optional.of(URI.create("https://cloud.example.org/")),
                Duration.ofMillis(500),
                Duration.ofMinutes(1),
                new Quota(
                    Map.of(
                        Countable.LOAD_BALANCER,
                        1,
                        Countable.LISTENER,
                        2,
                        Countable.POOL,
                        3,
                        Countable.MEMBER,
                        4,
                        Countable.HEALTH_MONITOR,
                        5,
                        Countable.L7_POLICY,
                        0,
                        Countable.L7_RULE,
                        -1)),
                ControlSettings.DEFAULT.policy(),
                3,
                TransportKind.NIO,
                TlsKind.JDK,
                CloudSettings.EMBEDDED));
  }

  @Test
  void anOperatorsRulesReplaceOctavias() throws IOException {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        # Only auditors look at load balancers, and the owners of any.
        os_load-balancer_api:loadbalancer:get_one: role:auditor or rule:mine
        mine: [["role:member", "project_id:%(project_id)s"], ["user_id:root"]]
        """);
    Policy policy = standard().with(file("policy: {file: policy.yaml}"), Map.of()).policy();
    Action look = Action.Subject.LOAD_BALANCER.to(Action.Verb.GET_ONE);
    ProjectId project = new ProjectId("p");
    assertThat(policy.allows(caller("u", "q", "auditor"), look, project)).isTrue();
    assertThat(policy.allows(caller("u", "p", "member"), look, project)).isTrue();
    assertThat(policy.allows(caller("root", "q", "nothing"), look, project)).isTrue();
    assertThat(policy.allows(caller("u", "q", "admin"), look, project)).isFalse();
  }

  private static Caller caller(String user, String project, String role) {
    return new Caller(user, new ProjectId(project), Set.of(role), "token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "os_load-balancer_api:pool:eat: role:admin | rule 'os_load-balancer_api:pool:eat'",
        "mine: role:a or | rule 'mine': it ends too early",
        "mine: rule:yours | rule 'mine' names 'yours', which is none",
        "mine: {a: b} | rule 'mine' is neither a text nor a list of lists",
        "[a] | expected a mapping of names to rules",
      })
  void rulesThatCannotBeUsedAreNamed(String yaml, String complaint) throws IOException {
    Files.writeString(folder.resolve("policy.yaml"), yaml);
    Path file = file("policy: {file: policy.yaml}");
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining("policy.yaml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "write_hold:\n", "data_plane: {}\n"})
  void whatIsNotSaidStaysAsItWas(String yaml) throws IOException {
    assertThat(standard().with(file(yaml), Map.of())).isEqualTo(standard());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "colour: red | unknown setting 'colour'",
        "data_plane: {loop: 1} | unknown setting 'data_plane.loop'",
        "data_plane: 3 | unknown setting 'data_plane'",
        "public_url: ftp://x | 'ftp://x' is no value for public_url: use an http or https URL",
        "public_url: not a url | is no value for public_url",
        "write_hold: soon | 'soon' is no value for write_hold: use a number of seconds",
        "write_hold: -1 | '-1' is no value for write_hold",
        "token_lifetime: .nan | is no value for token_lifetime",
        "quotas: {pool: -2} | '-2' is no value for quotas.pool: use a number from 0 to 2000000000",
        "quotas: {pool: many} | 'many' is no value for quotas.pool",
        "quotas: {load_balancer: 1} | unknown setting 'quotas.load_balancer'",
        "policy: {roles: all of them} | use one of [all, keystone, advanced, owner]",
        "data_plane: {loops: 1.5} | '1.5' is no value for data_plane.loops",
        "data_plane: {loops: 1025} | use a number from 0 to 1024",
        "data_plane: {transport: carrier pigeon} | use one of [best, epoll, nio]",
        "data_plane: {tls: none} | use one of [best, openssl, jdk]",
        "[1, 2] | expected a mapping",
        "write_hold: [1 | is not valid YAML",
      })
  void whatIsWrongIsNamed(String yaml, String complaint) throws IOException {
    Path file = file(yaml);
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(complaint);
  }

  @Test
  void aMissingPolicyFileIsNamed() throws IOException {
    Path file = file("policy: {file: absent.yaml}");
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot read the policy file " + folder.resolve("absent.yaml"));
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("none.yaml");
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessage("there is no configuration file " + file);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void thereIsNoSuchPort(int port) {
    assertThatThrownBy(() -> Settings.of(folder, "127.0.0.1", port))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(port + " is no port");
  }

  @Test
  void thereIsNoSuchAddress() {
    assertThatThrownBy(() -> Settings.of(folder, "127.0.0.1.5.6", 0))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'127.0.0.1.5.6' is no address");
  }

  private Settings standard() {
    return Settings.of(folder, "127.0.0.1", 9876);
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("agrippa.yaml"), yaml);
  }
}
