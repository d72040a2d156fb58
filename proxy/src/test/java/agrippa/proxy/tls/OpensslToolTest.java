package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both engines against the `openssl` command, where there is one.
@ParameterizedClass
@MethodSource("agrippa.proxy.tls.Rig#kinds")
class OpensslToolTest {
  private final Rig.Kind kind;
  private final Certificate certificate = new Pki("authority").issue("localhost");
  @TempDir private Path folder;
  private Rig rig;
  private TlsContext tls;

  OpensslToolTest(Rig.Kind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    assumeThat(present()).as("an openssl command").isTrue();
    rig = kind.start();
    tls = rig.engine.server(Rig.server(certificate));
  }

  @AfterEach
  void stop() {
    if (rig != null) {
      tls.close();
      rig.close();
    }
  }

  private static boolean present() {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void servesItAndResumes(String version) throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    String session = folder.resolve("session").toString();
    try (Tool first = client(at, version, "-sess_out", session)) {
      first.say("hello");
      first.hears("hello");
      assertThat(first.end()).contains("New, TLSv1");
    }
    try (Tool second = client(at, version, "-sess_in", session)) {
      second.say("again");
      second.hears("again");
      assertThat(second.end()).contains("Reused, TLSv1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void speaksOldVersionsIfToldTo(String version) throws Exception {
    assumeThat(kind.engine()).as("the JDK disables them").isEqualTo("openssl");
    List<String> old = List.of("TLSv1", "TLSv1.1");
    try (TlsContext lax = rig.engine.server(Rig.speaking(Rig.server(certificate), old, ""));
        Tool client = client(rig.listen(lax, Echo::on), version, "-cipher", "DEFAULT@SECLEVEL=0")) {
      client.say("hello");
      client.hears("hello");
    }
    try (Tool client =
        client(rig.listen(tls, Echo::on), version, "-cipher", "DEFAULT@SECLEVEL=0")) {
      assertThat(client.end()).contains("alert protocol version");
      assertThat(rig.failed()).isTrue();
    }
  }

  @Test
  void goesOnAfterKeyUpdates() throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (Tool client = client(at, "-tls1_3")) {
      client.say("before");
      client.hears("before");
      for (int i = 0; i < 3; i++) {
        // Changes the client's keys and asks for a change of ours.
        client.say("K");
        client.hears("KEYUPDATE");
        client.say("after " + i);
        client.hears("after " + i);
      }
    }
  }

  @Test
  void refusesToRenegotiate() throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (Tool client = client(at, "-tls1_2")) {
      client.say("before");
      client.hears("before");
      client.say("R");
      client.hears("RENEGOTIATING");
      assertThat(client.process.waitFor(Rig.SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(client.process.exitValue()).isNotZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void asksItAsAServer(String version) throws Exception {
    Path pem = folder.resolve("server.pem");
    Files.writeString(pem, pem(certificate));
    try (Tool server =
            new Tool(
                "s_server", "-accept", "127.0.0.1:0", "-cert", pem.toString(), "-rev", version);
        TlsContext client = rig.engine.client(Rig.trusting())) {
      String line = server.hears("ACCEPT");
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      CompletableFuture<String> answer = new CompletableFuture<>();
      rig.onLoop(() -> rig.loop.connect(at, client, "localhost", new Line("abc\n", answer)));
      assertThat(Rig.await(answer)).isEqualTo("cba\n");
    }
  }

  // --- helpers ---

  private static Tool client(InetSocketAddress at, String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("s_client", "-connect", "127.0.0.1:" + at.getPort()));
    arguments.addAll(List.of(more));
    return new Tool(arguments.toArray(String[]::new));
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    return block("PRIVATE KEY", certificate.key().getEncoded())
        + block("CERTIFICATE", certificate.chain().getFirst().getEncoded());
  }

  private static String block(String what, byte[] der) {
    return """
    -----BEGIN %1$s-----
    %2$s
    -----END %1$s-----
    """
        .formatted(what, Base64.getMimeEncoder().encodeToString(der));
  }

  /// A running openssl command.
  private static final class Tool implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final StringBuilder heard = new StringBuilder();

    Tool(String... arguments) throws IOException {
      List<String> command = new ArrayList<>(List.of("openssl"));
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      output = process.inputReader(StandardCharsets.ISO_8859_1);
    }

    void say(String line) throws IOException {
      process.outputWriter().write(line + "\n");
      process.outputWriter().flush();
    }

    /// Reads up to the line that contains this.
    String hears(String text) throws IOException {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        heard.append(line).append('\n');
        if (line.contains(text)) {
          return line;
        }
      }
      throw new AssertionError("no " + text + " in: " + heard);
    }

    /// Everything that was heard in its life.
    String end() throws IOException {
      process.outputWriter().close();
      StringWriter rest = new StringWriter();
      output.transferTo(rest);
      return heard.append(rest).toString();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /// Sends a line and waits for one.
  private record Line(String text, CompletableFuture<String> answer) implements Handler {
    @Override
    public void connected(Channel channel) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      Buffer out = Buffer.allocate(bytes.length);
      out.put(0, bytes, 0, bytes.length);
      out.window(0, bytes.length);
      channel.write(out);
      out.free();
    }

    @Override
    public void readable(Channel channel) {
      Buffer in = Buffer.allocate(1024);
      if (channel.read(in) > 0) {
        byte[] bytes = new byte[in.length()];
        in.get(0, bytes, 0, bytes.length);
        answer.complete(new String(bytes, StandardCharsets.US_ASCII));
      }
      in.free();
    }

    @Override
    public void writable(Channel channel) {}

    @Override
    public void connectFailed(Channel channel, ConnectFailure why) {
      answer.completeExceptionally(new IOException(why.name()));
    }
  }
}
