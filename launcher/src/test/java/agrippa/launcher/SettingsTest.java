package agrippa.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.cloud.network.NeutronNetworks;
import agrippa.cloud.openstack.ServiceUser;
import agrippa.control.Caller;
import agrippa.control.ControlSettings;
import agrippa.control.access.Action;
import agrippa.control.access.Policy;
import agrippa.model.Countable;
import agrippa.model.NetworkId;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.provider.accesslog.AccessLogSettings;
import agrippa.provider.accesslog.Format;
import agrippa.provider.otlp.OtlpSettings;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Cidr;
import agrippa.web.Cors;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
                    stop_grace: 3
                    api:
                      certificate_file: api.pem
                      key_file: /etc/agrippa/key.pem
                      behind_proxy: true
                      cors_origins: [https://dashboard.example.org, "http://localhost:8080"]
                      cors_max_age: 60
                      max_limit: 50
                      healthcheck_details: true
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
                      ocsp_responders: [192.0.2.0/24, '2001:db8::1']
                    metrics: admins
                    access_log:
                      to: octavia:file:logs/access.log
                      sample: 5
                      file_size: 2
                      old_files: 3
                    opentelemetry:
                      endpoint: http://127.0.0.1:4318
                      interval: 0.5
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
                Duration.ofSeconds(3),
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
                List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::1")),
                CloudSettings.EMBEDDED,
                new ApiSettings(
                    Optional.of(
                        new CertificateFiles(
                            folder.resolve("api.pem"), Path.of("/etc/agrippa/key.pem"))),
                    true,
                    new Cors(
                        Set.of("https://dashboard.example.org", "http://localhost:8080"),
                        Duration.ofMinutes(1)),
                    50,
                    true),
                new WatchSettings(
                    Optional.of(
                        new AccessLogSettings(
                            Format.OCTAVIA,
                            new AccessLogSettings.Place.File(
                                folder.resolve("logs/access.log"), 2 << 20, 3),
                            5)),
                    MetricsSite.Readers.ADMINS,
                    Optional.of(
                        new OtlpSettings(
                            URI.create("http://127.0.0.1:4318"),
                            Duration.ofMillis(500),
                            Map.of(),
                            Optional.empty())))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "api: {certificate_file: a.pem} | api.certificate_file and api.key_file go together",
        "api: {key_file: a.pem} | api.certificate_file and api.key_file go together",
        "api: {max_limit: 0} | '0' is no value for api.max_limit: use a number from 1",
        "api: {max_limit: many} | is no value for api.max_limit",
        "api: {behind_proxy: perhaps} | is no value for api.behind_proxy: use true or false",
        "api: {cors_origins: https://a.org/} | is no value for api.cors_origins: use origins",
        "api: {cors_origins: [https://a.org, a.org]} | 'a.org' is no value for api.cors_origins",
        "api: {cors_origins: [null]} | is no value for api.cors_origins"
      })
  void badSettingsOfTheApiAreNamed(String yaml, String complaint) throws IOException {
    Path file = file(yaml);
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(complaint)
        .hasMessageContaining(file.toString());
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
        "access_log: {to: syslog} | 'syslog' is no value for access_log.to: use FORMAT:TARGET",
        "access_log: {to: 'json:stdout', sample: 0} | '0' is no value for access_log.sample",
        "opentelemetry: {endpoint: 'udp://c'} | is no value for opentelemetry.endpoint: use an http",
        "opentelemetry: {endpoint: 'http://u:p@c'} | opentelemetry.endpoint must hold no password",
        "opentelemetry: {interval: 5} | opentelemetry.interval has no effect without",
        "opentelemetry: {headers_file: h} | opentelemetry.headers_file has no effect without",
        "opentelemetry: {endpoint: 'http://c', interval: 0} | use 0.1 to 3600 seconds",
        "opentelemetry: {endpoint: 'http://c', interval: 3601} | use 0.1 to 3600 seconds",
        "opentelemetry: {endpoint: 'http://c', certificate_file: a} | has no effect unless",
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
        "data_plane: {ocsp_responders: any} | use networks such as 192.0.2.0/24",
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
  void headersForCollectorsAreInAFileOfTheirOwnAndNeverShown() throws IOException {
    Files.writeString(
        folder.resolve("headers"),
        "# of the collector\n\nAuthorization: Bearer se cret\nX-Scope: a\n");
    Path file = file("opentelemetry: {endpoint: 'http://c:4318', headers_file: headers}");
    Optional<OtlpSettings> read = standard().with(file, Map.of()).watch().otlp();
    assertThat(read.map(OtlpSettings::headers))
        .contains(Map.of("Authorization", "Bearer se cret", "X-Scope", "a"));
    assertThat(read.toString()).contains("http://c:4318").doesNotContain("se cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "token-alone | line 1 of",
        "A: b\\nc d: secret | line 2 of",
        "A: b\\nA: secret | sets A, which is set already",
        "Content-Type: secret | sets Content-Type, which is set already",
        "A: sécret | line 1 of"
      })
  void badHeadersAreNamedWithoutTheirValues(String lines, String complaint) throws IOException {
    Files.writeString(folder.resolve("headers"), lines.replace("\\n", "\n"));
    Path file = file("opentelemetry: {endpoint: 'http://c:4318', headers_file: headers}");
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("opentelemetry.headers_file")
        .hasMessageContaining(complaint)
        .hasMessageNotContainingAny("secret", "sécret", "token-alone");
  }

  @Test
  void missingFilesForCollectorsAreNamed() throws IOException {
    for (String key : List.of("headers_file", "certificate_file")) {
      Path file = file("opentelemetry: {endpoint: 'https://c', " + key + ": absent}");
      assertThatThrownBy(() -> standard().with(file, Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining(folder.resolve("absent").toString());
    }
  }

  @Test
  void aMissingPolicyFileIsNamed() throws IOException {
    Path file = file("policy: {file: absent.yaml}");
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot read the policy file " + folder.resolve("absent.yaml"));
  }

  private static final String KEYSTONE =
      "identity: {service: keystone, url: 'http://k/v3', user: octavia, password: pw}\n";

  @Test
  void everyKeyOfARealCloudIsRead() throws IOException {
    Path file =
        file(
            """
            identity:
              service: keystone
              url: http://keystone.example.org/v3
              public_url: https://public.example.org/v3
              region: RegionTwo
              interface: internal
              user: octavia
              user_domain: services
              project: infrastructure
              project_domain: operators
              password_file: secret.txt
              ca_file: /etc/ca.pem
              timeout: 3
              cache: 60
            network:
              service: neutron
              url: http://neutron.example.org:9696
              vip_networks: [8d1b6e6c-0e0b-4a5e-9f39-6d5d3a1f3c55]
              own_machine: true
            secret:
              service: barbican
              url: http://barbican.example.org:9311
              cache: 0.5
            """);
    Files.writeString(folder.resolve("secret.txt"), "pa ss\n");
    assertThat(standard().with(file, Map.of()).cloud())
        .isEqualTo(
            new CloudSettings(
                Optional.of(
                    new CloudSettings.Keystone(
                        URI.create("http://keystone.example.org/v3"),
                        URI.create("https://public.example.org/v3"),
                        "RegionTwo",
                        CloudSettings.Interface.INTERNAL,
                        new ServiceUser(
                            "octavia", "services", "infrastructure", "operators", "pa ss"),
                        Path.of("/etc/ca.pem"),
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1))),
                Optional.of(
                    new CloudSettings.Neutron(
                        URI.create("http://neutron.example.org:9696"),
                        new NeutronNetworks.Reach(
                            Set.of(
                                new NetworkId(
                                    UUID.fromString("8d1b6e6c-0e0b-4a5e-9f39-6d5d3a1f3c55"))),
                            true))),
                Optional.of(
                    new CloudSettings.Barbican(
                        URI.create("http://barbican.example.org:9311"), Duration.ofMillis(500))),
                Optional.empty()));
  }

  @Test
  void theFileDecidesOnTheDriverOfTheNetworks() throws IOException {
    Settings linux = standard().with(new CloudSettings.Kernel(true));
    assertThat(standard().cloud().kernel()).isEmpty();
    assertThat(linux.with(file("write_hold: 1"), Map.of()).cloud().kernel())
        .contains(new CloudSettings.Kernel(true));
    assertThat(
            linux
                .with(file("network: {driver: mirror, host_access: false}"), Map.of())
                .cloud()
                .kernel())
        .isEmpty();
    assertThat(standard().with(file("network: {driver: linux}"), Map.of()).cloud().kernel())
        .contains(new CloudSettings.Kernel(false));
  }

  @Test
  void thePasswordMayBeInTheEnvironment() throws IOException {
    Path file = file("identity: {service: keystone, url: 'http://k', user: octavia}");
    Settings read =
        standard().with(file, Map.of("AGRIPPA_IDENTITY_PASSWORD", "of the environment"));
    CloudSettings.Keystone keystone = read.cloud().identity().orElseThrow();
    assertThat(keystone.user())
        .isEqualTo(
            new ServiceUser("octavia", "Default", "service", "Default", "of the environment"));
    assertThat(read.toString()).doesNotContain("of the environment");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "network: {service: neutron, vip_networks: any} | a real Neutron needs the Keystone",
        "network: {driver: tokenring} | 'tokenring' is no value for network.driver: use one of [mirror, linux]",
        "network: {host_access: true} | network.host_access has no effect unless network.driver is linux",
        "secret: {service: barbican} | a real Barbican needs the Keystone",
        "identity: {service: ldap} | use one of [embedded, keystone]",
        "identity: {url: 'http://k'} | identity.url has no effect unless identity.service is keystone",
        "secret: {cache: 1} | secret.cache has no effect unless secret.service is barbican",
        "identity: {service: keystone} | needs identity.url",
        "identity: {service: keystone, url: 'http://k'} | needs identity.user",
        "identity: {service: keystone, url: 'http://k', user: o} | in exactly one of identity.password",
        "identity: {service: keystone, url: 'http://k', user: o, password: x, password_file: y} | cannot read identity.password_file",
        "identity: {service: keystone, url: 'http://k', user: o, password: x, timeout: 0} | identity.timeout",
      })
  void whatIsWrongWithARealCloudIsNamed(String yaml, String complaint) throws IOException {
    Path file = file(yaml);
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "network: {service: neutron} | needs network.vip_networks",
        "network: {service: neutron, vip_networks: []} | use a list of ids of networks, or any",
        "network: {service: neutron, vip_networks: [x]} | 'x' is no value for network.vip_networks",
        "network: {service: neutron, vip_networks: any, own_machine: 3} | use true or false",
      })
  void whatIsWrongWithARealNeutronIsNamed(String yaml, String complaint) throws IOException {
    Path file = file(KEYSTONE + yaml);
    assertThatThrownBy(() -> standard().with(file, Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void thePasswordIsSaidOnce() throws IOException {
    Path file = file(KEYSTONE);
    assertThatThrownBy(() -> standard().with(file, Map.of("AGRIPPA_IDENTITY_PASSWORD", "other")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("in exactly one of")
        .hasMessageNotContaining("other");
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
