package agrippa.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortCertificateTest {
  // Strong: a logger that nobody holds may be another one soon.
  private static final Logger LOGGER = Logger.getLogger(PortCertificate.class.getName());

  @TempDir private Path folder;
  private final Told told = new Told();
  private Pem first;
  private PortCertificate port;

  @BeforeEach
  void start() throws Exception {
    LOGGER.addHandler(told);
    first = Pem.of("EC", 1);
    write(first.certificate, first.key);
    port = new PortCertificate(files());
  }

  @AfterEach
  void stop() {
    port.close();
    LOGGER.removeHandler(told);
  }

  private CertificateFiles files() {
    return new CertificateFiles(folder.resolve("api.pem"), folder.resolve("key.pem"));
  }

  private void write(String certificate, String key) throws IOException {
    Files.writeString(folder.resolve("api.pem"), certificate);
    Files.writeString(folder.resolve("key.pem"), key);
  }

  @Test
  void anotherCertificateIsForTheNextHandshakeAndNobodyElse() throws Exception {
    try (Connection old = new Connection()) {
      Pem second = Pem.of("RSA", 2);
      write(second.certificate, second.key);
      assertThat(shown()).isEqualTo(1);
      port.look();
      assertThat(shown()).isEqualTo(2);
      assertThat(old.echo('x')).isEqualTo('x');
      Pem third = Pem.of("EC", 3);
      write(third.certificate, third.key);
      port.look();
      assertThat(shown()).isEqualTo(3);
      assertThat(old.echo('y')).isEqualTo('y');
    }
    assertThat(told.at(Level.INFO)).hasSize(2).last().asString().contains("serial number 3");
    assertThat(told.at(Level.WARNING)).isEmpty();
  }

  @Test
  void filesThatCannotBeUsedChangeNothingAndAreToldOnce() throws Exception {
    Pem second = Pem.of("EC", 2);
    write(second.certificate, first.key);
    port.look();
    assertThat(told.at(Level.WARNING)).as("the other file may be on its way").isEmpty();
    for (int i = 0; i < 3; i++) {
      port.look();
    }
    assertThat(shown()).isEqualTo(1);
    assertThat(told.at(Level.WARNING))
        .singleElement()
        .asString()
        .contains("keeps the certificate", "api.pem", "key.pem", "the private key fits none");
    // Told anew when it is another story.
    Files.delete(folder.resolve("key.pem"));
    port.look();
    port.look();
    assertThat(told.at(Level.WARNING)).hasSize(2).last().asString().contains("there is no file");
    write(second.certificate.substring(0, 200), second.key);
    port.look();
    port.look();
    assertThat(told.at(Level.WARNING)).hasSize(3);
    assertThat(shown()).isEqualTo(1);
    write(second.certificate, second.key);
    port.look();
    assertThat(shown()).isEqualTo(2);
  }

  @Test
  void aHandshakeEndsWithTheKeyThatItChose() throws Exception {
    RenewedKeys keys = new RenewedKeys(files().pair(files().content()));
    String chosen = keys.chooseEngineServerAlias("EC", null, null);
    Pem second = Pem.of("EC", 2);
    write(second.certificate, second.key);
    keys.renew(files().pair(files().content()));
    assertThat(keys.getCertificateChain(chosen)[0].getSerialNumber()).isEqualTo(1);
    assertThat(keys.getPrivateKey(chosen)).isNotNull();
    String next = keys.chooseEngineServerAlias("EC", null, null);
    assertThat(keys.getCertificateChain(next)[0].getSerialNumber()).isEqualTo(2);
    assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
  }

  @Test
  void aStartNeedsFilesThatFit() throws Exception {
    write(first.certificate, Pem.of("EC", 2).key);
    assertThatThrownBy(() -> new PortCertificate(files()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot serve TLS with api.certificate_file");
  }

  /// The serial number of what a client is shown that was never here before.
  private long shown() throws Exception {
    try (Connection connection = new Connection()) {
      X509Certificate leaf =
          (X509Certificate) connection.client.getSession().getPeerCertificates()[0];
      return leaf.getSerialNumber().longValueExact();
    }
  }

  /// A client of the port and what answers it.
  private final class Connection implements AutoCloseable {
    private final SSLSocket client;
    private final SSLSocket server;
    // Read by nobody but the person who debugs.
    private volatile IOException broken;

    Connection() throws Exception {
      SSLContext trusting = SSLContext.getInstance("TLS");
      trusting.init(null, new TrustManager[] {new TrustingAnybody()}, null);
      InetAddress here = InetAddress.ofLiteral("127.0.0.1");
      try (SSLServerSocket listening =
          (SSLServerSocket)
              port.context().getServerSocketFactory().createServerSocket(0, 1, here)) {
        client =
            (SSLSocket) trusting.getSocketFactory().createSocket(here, listening.getLocalPort());
        server = (SSLSocket) listening.accept();
      }
      Thread.ofPlatform().daemon().start(this::answer);
      client.startHandshake();
    }

    private void answer() {
      try {
        server.getInputStream().transferTo(server.getOutputStream());
      } catch (IOException e) {
        // The client sees it.
        broken = e;
      }
    }

    int echo(char letter) throws IOException {
      client.getOutputStream().write(letter);
      return client.getInputStream().read();
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  /// A certificate that is its own authority, and its key.
  private record Pem(String certificate, String key) {
    static Pem of(String algorithm, int serial) throws Exception {
      KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
      X500Name name = new X500Name("CN=agrippa");
      Instant now = Instant.now();
      byte[] certificate =
          new JcaX509v3CertificateBuilder(
                  name,
                  BigInteger.valueOf(serial),
                  Date.from(now.minusSeconds(60)),
                  Date.from(now.plusSeconds(3_600)),
                  name,
                  keys.getPublic())
              .build(
                  new JcaContentSignerBuilder(
                          algorithm.equals("EC") ? "SHA256withECDSA" : "SHA256withRSA")
                      .build(keys.getPrivate()))
              .getEncoded();
      return new Pem(
          pem("CERTIFICATE", certificate), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
      String text =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(content);
      return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind);
    }
  }

  private static final class TrustingAnybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  /// What the log was told.
  private static final class Told extends Handler {
    private final List<LogRecord> records = new ArrayList<>();

    List<String> at(Level level) {
      return records.stream()
          .filter(it -> it.getLevel().equals(level))
          .map(new SimpleFormatter()::formatMessage)
          .toList();
    }

    @Override
    public void publish(LogRecord record) {
      records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
