package agrippa.provider.builtin.ocsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import agrippa.proxy.plan.Cidr;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers are the `openssl` command's; what carries them is a server of the test.
class StaplingTest {
  private static final String GOOD = "V\t401231235959Z\t\t%s\tunknown\t/CN=one.test\n";
  private static final String REVOKED = "R\t401231235959Z\t250101000000Z\t%s\tunknown\t/CN=x\n";

  @TempDir Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private Instant now = Instant.now();
  private KeyPair authorityKeys;
  private X509Certificate authority;
  private ServerSocket server;
  private List<X509Certificate> chain;
  private volatile String index = GOOD;
  private volatile KeyPair signer;

  @BeforeEach
  void start() throws Exception {
    assumeThat(Files.isExecutable(Path.of("/usr/bin/openssl"))).as("openssl").isTrue();
    authorityKeys = keys();
    authority = certificate("authority", 1, authorityKeys, authorityKeys, null);
    signer = authorityKeys;
    server = new ServerSocket(0, 8, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::serve);
    String responder = "http://127.0.0.1:" + server.getLocalPort() + "/ocsp";
    chain = List.of(certificate("one.test", 0x1001, keys(), authorityKeys, responder), authority);
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  private Stapling allowing(String... networks) {
    return new Stapling(
        List.of(networks).stream().map(Cidr::parse).toList(), () -> now, Runnable::run);
  }

  @Test
  void asksOnceAndRenewsInTime() {
    Stapling stapling = allowing("127.0.0.0/8");
    var first = stapling.of(chain).orElseThrow();
    assertThat(stapling.of(chain)).contains(first);
    assertThat(asked).hasValue(1);
    // The answer is good for an hour.
    now = now.plus(Duration.ofMinutes(31));
    assertThat(stapling.of(chain)).isPresent();
    assertThat(asked).hasValue(2);
  }

  @Test
  void usesAnAnswerNoLongerThanItSays() throws IOException {
    Stapling stapling = allowing("127.0.0.0/8");
    assertThat(stapling.of(chain)).isPresent();
    server.close();
    now = now.plus(Duration.ofMinutes(59));
    assertThat(stapling.of(chain)).isPresent();
    now = now.plus(Duration.ofMinutes(2));
    assertThat(stapling.of(chain)).isEmpty();
  }

  @Test
  void asksNobodyWhoIsNotAllowed() {
    assertThat(allowing().of(chain)).isEmpty();
    assertThat(allowing("192.0.2.0/24", "::/0").of(chain)).isEmpty();
    assertThat(asked).hasValue(0);
  }

  @Test
  void doesNotShowThatItIsRevoked() {
    index = REVOKED;
    Stapling stapling = allowing("127.0.0.0/8");
    assertThat(stapling.of(chain)).isEmpty();
    assertThat(stapling.of(chain)).isEmpty();
    assertThat(asked).hasValue(1);
    index = GOOD;
    now = now.plus(Duration.ofMinutes(5));
    assertThat(stapling.of(chain)).isPresent();
  }

  @Test
  void doesNotBelieveOthers() throws Exception {
    signer = keys();
    assertThat(allowing("127.0.0.0/8").of(chain)).isEmpty();
    assertThat(asked).hasValue(1);
  }

  @Test
  void doesNotAskAboutWhatNamesNobody() throws Exception {
    var silent = certificate("silent", 0x1002, keys(), authorityKeys, null);
    assertThat(allowing("0.0.0.0/0").of(List.of(silent, authority))).isEmpty();
    assertThat(allowing("0.0.0.0/0").of(List.of(chain.getFirst()))).isEmpty();
    assertThat(asked).hasValue(0);
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        asked.incrementAndGet();
        InputStream in = new BufferedInputStream(client.getInputStream());
        byte[] answer = answer(in.readNBytes(length(in)));
        String head = "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(ISO_8859_1));
        out.writeBytes(answer);
        client.getOutputStream().write(out.toByteArray());
      } catch (Exception e) {
        if (!server.isClosed()) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private static int length(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return Integer.parseInt(head.toString().replaceAll("(?s).*Content-Length: (\\d+)\r.*", "$1"));
  }

  private byte[] answer(byte[] question) throws Exception {
    Path signing =
        pem(
            "signer",
            certificate("authority", 1, signer, signer, null),
            new PemObject("PRIVATE KEY", signer.getPrivate().getEncoded()));
    Files.writeString(folder.resolve("index"), index.formatted("1001"));
    Files.write(folder.resolve("question"), question);
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "ocsp",
                "-index",
                "index",
                "-CA",
                pem("ca", authority).toString(),
                "-rsigner",
                signing.toString(),
                "-rkey",
                signing.toString(),
                "-nmin",
                "60",
                "-reqin",
                "question",
                "-respout",
                "answer",
                "-noverify")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(openssl.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
    return Files.readAllBytes(folder.resolve("answer"));
  }

  private Path pem(String name, Object... content) throws IOException {
    Path file = folder.resolve(name);
    try (Writer to = Files.newBufferedWriter(file);
        JcaPEMWriter writer = new JcaPEMWriter(to)) {
      for (Object each : content) {
        writer.writeObject(each);
      }
    }
    return file;
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(
      String name, long serial, KeyPair own, KeyPair issuer, String responder) throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=authority"),
            BigInteger.valueOf(serial),
            Date.from(Instant.now().minus(Duration.ofDays(1))),
            Date.from(Instant.now().plus(Duration.ofDays(30))),
            new X500Name("CN=" + name),
            own.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(own == issuer));
    if (responder != null) {
      builder.addExtension(
          Extension.authorityInfoAccess,
          false,
          new AuthorityInformationAccess(
              AccessDescription.id_ad_ocsp,
              new GeneralName(GeneralName.uniformResourceIdentifier, responder)));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
  }
}
