package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Every case of h2spec, the strict ones included: what RFC 9113's forerunner and RFC 7541 say of
/// frames, streams, settings, messages and header blocks. It is a program for Linux on x86-64.
@Cells
class H2specTest {
  private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private Fixture fixture;
  private Path program;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "h2spec runs on x86-64 only");
    Path archive = folder.resolve("h2spec.tar.gz");
    try (InputStream in = H2specTest.class.getResourceAsStream(ARCHIVE)) {
      Files.copy(Objects.requireNonNull(in), archive, StandardCopyOption.REPLACE_EXISTING);
    }
    run("tar", "-xzf", archive.toString(), "-C", folder.toString());
    program = folder.resolve("h2spec");
    fixture = new Fixture(transport, tls);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void passesOverTls() throws Exception {
    TlsServer server =
        new TlsServer(
            List.of(SelfSigned.of("localhost").certificate()),
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            List.of("TLSv1.2"),
            List.of("h2", "http/1.1"),
            ClientAuth.NONE,
            List.of(),
            List.of());
    passes(encrypted(frontend(), server), "-t", "-k");
  }

  @Test
  void passesWithoutTls() throws Exception {
    passes(frontend());
  }

  private void passes(Frontend frontend, String... options) throws Exception {
    Backend backend = fixture.add(Backend.http("a", _ -> Backend.ok("some text for windows")));
    InetSocketAddress at = fixture.serve(plan(frontend, pool(endpoint(backend))));
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(List.of("-S", "-h", "127.0.0.1", "-p", String.valueOf(at.getPort())));
    command.addAll(List.of(options));
    assertThat(run(command.toArray(String[]::new)))
        .containsPattern("14\\d tests, 14\\d passed, [01] skipped, 0 failed");
  }

  private String run(String... command) throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(String.join(" ", command) + ": no end");
    }
    return Files.readString(out, StandardCharsets.UTF_8);
  }
}
