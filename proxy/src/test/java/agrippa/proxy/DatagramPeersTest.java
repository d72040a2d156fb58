package agrippa.proxy;

import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// DTLS between two programs of OpenSSL: it does not bear that datagrams are changed, joined or
// cut.
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
class DatagramPeersTest {
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");
  private static final int LINES = 200;
  private static final int SECONDS = 60;

  @TempDir private Path folder;
  @Parameter TransportKind transport;
  private final List<Process> processes = new ArrayList<>();
  private Fixture fixture;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Files.isExecutable(OPENSSL), "openssl is not there");
    fixture = new Fixture(transport);
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : processes) {
      process.destroy();
      process.waitFor();
    }
    if (fixture != null) {
      fixture.close();
    }
  }

  private Process openssl(String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.command().addFirst(OPENSSL.toString());
    Process process =
        builder.directory(folder.toFile()).redirectError(folder.resolve("log").toFile()).start();
    processes.add(process);
    return process;
  }

  private static InetSocketAddress free() throws IOException {
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }

  private static List<String> lines(String who) {
    return IntStream.range(0, LINES).mapToObj(i -> who + " " + i + " " + "-".repeat(i)).toList();
  }

  private static void say(Process process, String who) throws IOException {
    OutputStream out = process.getOutputStream();
    for (String line : lines(who)) {
      out.write((line + "\n").getBytes(ISO_8859_1));
      out.flush();
    }
  }

  /// The lines that another says, which may stand between others.
  private static List<String> heard(BufferedReader in, String who) throws IOException {
    List<String> heard = new ArrayList<>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith(who + " ")) {
        heard.add(line);
        if (heard.size() == LINES) {
          break;
        }
      }
    }
    return heard;
  }

  @Test
  void dtlsPasses() throws Exception {
    Process certificate =
        openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
            "-days",
            "2",
            "-subj",
            "/CN=dtls");
    assertThat(certificate.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    InetSocketAddress member = free();
    Process server =
        openssl(
            "s_server",
            "-dtls1_2",
            "-accept",
            "127.0.0.1:" + member.getPort(),
            "-cert",
            "certificate.pem",
            "-key",
            "key.pem");
    BufferedReader serversOutput = server.inputReader(ISO_8859_1);
    String line = serversOutput.readLine();
    while (line != null && !line.equals("ACCEPT")) {
      line = serversOutput.readLine();
    }
    InetSocketAddress at =
        fixture.serve(
            plan(
                frontend("dns", Mode.UDP),
                pool(new Endpoint("dtls", member, 1, false, true, member))));

    Process client =
        openssl("s_client", "-dtls1_2", "-connect", "127.0.0.1:" + at.getPort(), "-quiet");
    say(client, "client");
    assertThat(heard(serversOutput, "client")).isEqualTo(lines("client"));
    say(server, "server");
    assertThat(heard(client.inputReader(ISO_8859_1), "server")).isEqualTo(lines("server"));
    assertThat(fixture.counters("dns").connectionsTotal()).isOne();
  }
}
