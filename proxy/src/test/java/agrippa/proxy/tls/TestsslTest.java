package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ApplyResult;
import agrippa.proxy.ProxyServer;
import agrippa.proxy.ProxySettings;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.plan.Upstream;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What testssl.sh finds about a frontend that is set up as a TERMINATED_HTTPS listener is by
/// default, with a certificate of a known authority. Only versions, kinds of ciphers and
/// vulnerabilities are asked about: the rest takes long, or concerns the certificate.
class TestsslTest {
  private static final Path TESTSSL = Path.of("/usr/bin/testssl");
  private static final Pattern FINDING =
      Pattern.compile(
          "\"id\"\\s*:\\s*\"([^\"]+)\"[^}]*?\"severity\"\\s*:\\s*\"([A-Z]+)\"[^}]*?\"finding\"\\s*:\\s*\"([^\"]*)\"");

  private static final String CIPHERS =
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
          + ":ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
          + ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
          + ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
          + ":DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";

  /// That the openssl beside it knows no Russian ciphers: nothing about the frontend.
  private static final String ABOUT_ITSELF = "engine_problem";

  @TempDir Path folder;

  private record Finding(String id, String severity, String finding) {
    static Finding of(MatchResult match) {
      return new Finding(match.group(1), match.group(2), match.group(3));
    }
  }

  @Test
  void findsNothingWrong() throws Exception {
    assumeTrue(Files.isExecutable(TESTSSL), "testssl.sh is not installed");
    Pki authority = new Pki("authority");
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    endpoint.createContext("/", exchange -> exchange.sendResponseHeaders(200, -1));
    endpoint.start();
    try (ProxyServer proxy =
        ProxyServer.start(
            ProxySettings.standard().withLoops(2), InstantSource.system(), new SecureRandom())) {
      ApplyResult applied =
          proxy.apply(
              plan(authority.issueWith("RSA", "localhost", "localhost"), endpoint.getAddress()));
      ApplyResult.Serving serving = (ApplyResult.Serving) applied.frontends().get("web");
      List<Finding> findings = ask(serving.addresses().getFirst().getPort(), authority);
      assertThat(findings)
          .extracting(Finding::id)
          .contains(
              "TLS1_2",
              "TLS1_3",
              "heartbleed",
              "CCS",
              "ROBOT",
              "secure_renego",
              "DROWN",
              "LUCKY13");
      assertThat(findings)
          .filteredOn(it -> !it.id().equals(ABOUT_ITSELF))
          .filteredOn(it -> !Set.of("OK", "INFO").contains(it.severity()))
          .isEmpty();
    } finally {
      endpoint.stop(0);
    }
  }

  private static ProxyPlan plan(Certificate certificate, InetSocketAddress endpoint) {
    TlsServer tls =
        new TlsServer(
            List.of(certificate),
            CIPHERS,
            List.of("TLSv1.2", "TLSv1.3"),
            List.of("h2", "http/1.1", "http/1.0"),
            ClientAuth.NONE,
            List.of(),
            List.of());
    Frontend frontend =
        new Frontend(
            "web",
            Frontend.Mode.HTTP,
            List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
            tls,
            List.of(),
            1_000,
            new Frontend.Timeouts(30_000, 5_000, 30_000, 0),
            List.of(),
            null,
            List.of(),
            "pool");
    Upstream pool =
        new Upstream(
            "pool",
            Upstream.Algorithm.ROUND_ROBIN,
            null,
            List.of(new Endpoint("a", endpoint, 1, false, true, endpoint)),
            null,
            null,
            Upstream.ProxyProtocol.NONE);
    return new ProxyPlan("plan", List.of(frontend), List.of(pool));
  }

  private List<Finding> ask(int port, Pki authority) throws Exception {
    Path json = folder.resolve("findings.json");
    Path out = folder.resolve("out");
    List<String> command = new ArrayList<>(List.of(TESTSSL.toString(), "--quiet", "--color", "0"));
    command.addAll(List.of("--warnings", "batch", "--nodns", "none", "--ip", "127.0.0.1"));
    command.addAll(List.of("--add-ca", pem(authority.certificate()).toString()));
    command.addAll(List.of("--jsonfile", json.toString(), "--protocols", "--std", "--vulnerable"));
    command.add("localhost:" + port);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    if (!process.waitFor(200, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroyForcibly().waitFor();
      throw new AssertionError("no end: " + Files.readString(out));
    }
    return FINDING.matcher(Files.readString(json)).results().map(Finding::of).toList();
  }

  private Path pem(X509Certificate certificate) throws Exception {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(certificate.getEncoded());
    return Files.writeString(
        folder.resolve("authority.pem"),
        "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n");
  }
}
