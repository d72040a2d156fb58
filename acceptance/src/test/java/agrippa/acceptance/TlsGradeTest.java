package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What testssl.sh finds about a TERMINATED_HTTPS listener for which nothing but a certificate of a
/// known authority was said.
class TlsGradeTest {
  private static final Pattern FINDING =
      Pattern.compile(
          "\"id\"\\s*:\\s*\"([^\"]+)\"[^}]*?\"severity\"\\s*:\\s*\"([A-Z]+)\"[^}]*?\"finding\"\\s*:\\s*\"([^\"]*)\"");

  /// Warnings are none: they tell of checks that the tool could not do, as on a busy machine.
  private static final Set<String> WEAK = Set.of("LOW", "MEDIUM", "HIGH", "CRITICAL");

  /// Strict-Transport-Security, and what else tells browsers to be careful, are for the listener's
  /// owner or the members to send.
  private static final Set<String> EXPECTED = Set.of("HSTS", "security_headers");

  @TempDir private Path folder;

  private record Finding(String id, String severity, String finding) {
    static Finding of(MatchResult match) {
      return new Finding(match.group(1), match.group(2), match.group(3));
    }
  }

  @Test
  void isAnAWithoutAnyWeakness() throws Exception {
    Path tool = DebianThirteen.testssl();
    try (Program program = Program.start(folder.resolve("state"));
        Backend backend = Backend.start("web", "127.20.0.11", 0)) {
      List<Finding> findings = findings(tool, serve(Api.of(program), backend));

      assertThat(findings)
          .filteredOn(it -> it.severity().equals("OK"))
          .extracting(Finding::id)
          .contains(
              "TLS1_2",
              "TLS1_3",
              "heartbleed",
              "CCS",
              "ticketbleed",
              "ROBOT",
              "secure_renego",
              "SWEET32",
              "DROWN",
              "LUCKY13");
      assertThat(findings)
          .filteredOn(it -> !EXPECTED.contains(it.id()))
          .filteredOn(it -> WEAK.contains(it.severity()))
          .isEmpty();
      assertThat(findings)
          .filteredOn(it -> it.id().equals("overall_grade"))
          .singleElement()
          .satisfies(it -> assertThat(it.finding()).startsWith("A"));
    }
  }

  /// @return its address and port
  private String serve(Api api, Backend backend) throws Exception {
    int port = FreePorts.next();
    JsonNode created =
        api.post(
                Api.LB + "/loadbalancers",
                """
                {"loadbalancer": {"vip_subnet_id": "%s", "listeners": [
                  {"protocol": "TERMINATED_HTTPS", "protocol_port": %d,
                   "default_tls_container_ref": "%s", "default_pool":
                    {"name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
                      {"address": "10.20.0.11", "protocol_port": %d}]}}]}}
                """
                    .formatted(
                        api.subnet("10.20.0.0/24"), port, api.secret(bundle()), backend.port()))
            .expect(201)
            .body()
            .path("loadbalancer");
    api.active(created.path("id").asString());
    return created.path("vip_address").asString().replaceFirst("^10", "127") + ":" + port;
  }

  /// A certificate as public authorities issue them; theirs is `ca.pem`.
  private byte[] bundle() throws Exception {
    String commands =
        """
        cd '%s'
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 300 -subj /CN=ca
        openssl req -newkey rsa:2048 -nodes -keyout own.key -out own.csr -subj /CN=localhost
        openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 200 \\
          -out own.pem -extfile extensions
        openssl pkcs12 -export -in own.pem -inkey own.key -certfile ca.pem -passout pass: -out own.p12
        """
            .formatted(folder);
    Files.writeString(
        folder.resolve("extensions"),
        """
        subjectAltName=DNS:localhost
        keyUsage=digitalSignature,keyEncipherment
        extendedKeyUsage=serverAuth
        crlDistributionPoints=URI:http://revoked.invalid/
        """);
    Program.Result made = Program.run(Map.of(), List.of("sh", "-ec", commands));
    assertThat(made.status()).as(made.errors()).isZero();
    return Files.readAllBytes(folder.resolve("own.p12"));
  }

  /// All that it looks for but what it knows of clients, which are many, and of no consequence to
  /// the grade.
  private List<Finding> findings(Path tool, String at) throws Exception {
    Path json = folder.resolve("findings.json");
    String address = at.substring(0, at.indexOf(':'));
    String port = at.substring(at.indexOf(':') + 1);
    Program.Result result =
        Program.run(
            Map.of("TESTSSL_INSTALL_DIR", tool.resolve("etc/testssl").toString()),
            List.of(
                "timeout",
                "300",
                tool.resolve("usr/bin/testssl").toString(),
                "--quiet",
                "--warnings=batch",
                "--nodns=none",
                "--ip=" + address,
                "--add-ca=" + folder.resolve("ca.pem"),
                "--jsonfile=" + json,
                "--openssl=/usr/bin/openssl",
                "--protocols",
                "--std",
                "--fs",
                "--server-defaults",
                "--server-preference",
                "--headers",
                "--vulnerable",
                "localhost:" + port));
    assertThat(json).as(result.output() + result.errors()).exists();
    return FINDING.matcher(Files.readString(json)).results().map(Finding::of).toList();
  }
}
