package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Handler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
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
    assumeThat(OpensslTool.present()).as("an openssl command").isTrue();
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

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void servesItAndResumes(String version) throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    String session = folder.resolve("session").toString();
    try (OpensslTool first = OpensslTool.client(at, version, "-sess_out", session)) {
      first.say("hello");
      first.hears("hello");
      assertThat(first.end()).contains("New, TLSv1");
    }
    try (OpensslTool second = OpensslTool.client(at, version, "-sess_in", session)) {
      second.say("again");
      second.hears("again");
      assertThat(second.end()).contains("Reused, TLSv1");
    }
  }

  /// The certificate's own response, and none beside another.
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void showsWhatTheIssuerSays(String version) throws Exception {
    Pki authority = new Pki("authority");
    Certificate one = authority.issue("one.test", "one.test");
    Certificate two = authority.issue("two.test", "two.test");
    Certificate vouched = new Certificate(two.chain(), two.key(), authority.vouching(two));
    String none = "OCSP response: no response sent";
    try (TlsContext both = rig.engine.server(Rig.server(one, vouched))) {
      InetSocketAddress at = rig.listen(both, Echo::on);
      try (OpensslTool first =
              OpensslTool.client(at, version, "-status", "-servername", "one.test");
          OpensslTool second =
              OpensslTool.client(at, version, "-status", "-servername", "two.test")) {
        assertThat(first.end()).contains(none);
        String heard = second.end();
        if (kind.engine().equals("jdk")) {
          assertThat(heard).contains(none);
        } else {
          assertThat(heard).contains("OCSP Response Status: successful", "Cert Status: good");
        }
      }
    }
  }

  @Test
  void goesOnAfterKeyUpdates() throws Exception {
    InetSocketAddress at = rig.listen(tls, Echo::on);
    try (OpensslTool client = OpensslTool.client(at, "-tls1_3")) {
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
    try (OpensslTool client = OpensslTool.client(at, "-tls1_2")) {
      client.say("before");
      client.hears("before");
      client.say("R");
      client.hears("RENEGOTIATING");
      assertThat(client.process().waitFor(Rig.SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(client.process().exitValue()).isNotZero();
    }
  }

  /// A revoked certificate, one of another issuer, and none: only the good one is let in.
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void letsInWhoShowsACertificateThatStillCounts(String version) throws Exception {
    Pki issuer = new Pki("issuer");
    Certificate good = issuer.issue("good");
    Certificate revoked = issuer.issue("revoked");
    TlsServer withoutAny =
        Rig.asking(ClientAuth.MANDATORY, issuer, Rig.server(certificate), good, revoked);
    TlsServer plan = Rig.asking(ClientAuth.MANDATORY, issuer, Rig.server(certificate), revoked);
    try (TlsContext mandatory = rig.engine.server(plan);
        TlsContext nobody = rig.engine.server(withoutAny)) {
      InetSocketAddress at = rig.listen(mandatory, Echo::on);
      try (OpensslTool client = OpensslTool.client(at, version, "-cert", file(good))) {
        client.say("hello");
        client.hears("hello");
      }
      refuses(at, version, "-cert", file(revoked));
      refuses(at, version, "-cert", file(new Pki("issuer").issue("good")));
      refuses(at, version);
      refuses(rig.listen(nobody, Echo::on), version, "-cert", file(good));
    }
  }

  /// Tickets that made tickets would let somebody in for as long as he comes often enough,
  /// whatever became of his certificate.
  @Test
  void whoResumesHasToShowHisCertificateAgainSomeTime() throws Exception {
    assumeThat(kind.engine()).as("whose tickets of TLS 1.3 are ours").isEqualTo("openssl");
    Pki issuer = new Pki("issuer");
    String good = file(issuer.issue("good"));
    TlsServer plan =
        Rig.asking(ClientAuth.MANDATORY, issuer, Rig.server(certificate), issuer.issue("revoked"));
    try (TlsContext asking = rig.engine.server(plan)) {
      InetSocketAddress at = rig.listen(asking, Echo::on);
      String session = folder.resolve("session").toString();
      String arrived = "New Session Ticket arrived";
      try (OpensslTool first =
          OpensslTool.client(at, "-tls1_3", "-cert", good, "-sess_out", session)) {
        first.say("hello");
        first.hears("hello");
        assertThat(first.end()).contains("New, TLSv1.3").contains(arrived);
      }
      for (int i = 0; i < 2; i++) {
        try (OpensslTool again =
            OpensslTool.client(at, "-tls1_3", "-cert", good, "-sess_in", session)) {
          again.say("again");
          again.hears("again");
          assertThat(again.end()).contains("Reused, TLSv1.3").doesNotContain(arrived);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void asksItAsAServer(String version) throws Exception {
    Path pem = folder.resolve("server.pem");
    Files.writeString(pem, pem(certificate));
    try (OpensslTool server =
            new OpensslTool(
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

  private String file(Certificate certificate) throws IOException, GeneralSecurityException {
    return Files.writeString(
            folder.resolve("client" + certificate.hashCode() + ".pem"), pem(certificate))
        .toString();
  }

  /// The client is told so by an alert, and fails.
  private static void refuses(InetSocketAddress at, String... options) throws Exception {
    try (OpensslTool client = OpensslTool.client(at, options)) {
      client.hears(":SSL alert number ");
      assertThat(client.process().waitFor(Rig.SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(client.process().exitValue()).isNotZero();
    }
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
