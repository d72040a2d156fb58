package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.transport.TlsInfo;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What endpoints are told of a client's TLS. The certificate and what it says come from the
/// `openssl` tool.
class InsertedFieldsTest {
  private static final String PEM =
      """
      -----BEGIN CERTIFICATE-----
      MIIB8jCCAZmgAwIBAgIUR1y2DvOZ1bsd4s0yBKuGWHALxtAwCgYIKoZIzj0EAwIw
      TzELMAkGA1UEBhMCSVQxFTATBgNVBAoMDEFxdWEgIlZpcmdvIjETMBEGA1UEAwwK
      Y2xpZW50IG9uZTEUMBIGCSqGSIb3DQEJARYFYUBiLmMwHhcNMjYxMTIzMDkyMTQz
      WhcNMzYxMTIwMDkyMTQzWjBPMQswCQYDVQQGEwJJVDEVMBMGA1UECgwMQXF1YSAi
      VmlyZ28iMRMwEQYDVQQDDApjbGllbnQgb25lMRQwEgYJKoZIhvcNAQkBFgVhQGIu
      YzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNtijNIlDDmQ/WKHVLs+QcfGPGPB
      5mY26Ys6rdYbvWF282eqo3cNBnCKUZrfjW+G9OWlVxlIOuv9y9o0ml0IrL+jUzBR
      MB0GA1UdDgQWBBRM2rYcbZXzvgisGExArIUNHPq3DTAfBgNVHSMEGDAWgBRM2rYc
      bZXzvgisGExArIUNHPq3DTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cA
      MEQCICMbSMTHPMnxXrv1QhrqIn1djluBw5bQiGsLwpf3T6nfAiAvK9O26xPhFSjm
      my2uP8B2fdbXDXFCue4RrJzCL2Z1vA==
      -----END CERTIFICATE-----
      """;

  private final Scene scene = new Scene();

  private static X509Certificate certificate() throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(PEM.getBytes(US_ASCII)));
  }

  private String forwarded(TlsInfo tls, String request) {
    scene.headers = List.of(HeaderInsert.values());
    FakeChannel client = scene.loop.accept();
    client.tls(tls);
    scene.endpoints("a");
    new HttpSession(client, () -> scene.snapshot, scene.stats.local(0), scene.http, () -> {})
        .start();
    client.receive(request);
    return scene.endpoint().sent();
  }

  @Test
  void everythingOfACertificateIsToldAndNothingOfTheClientsOwnWords() throws Exception {
    String request =
        """
        GET / HTTP/1.1\r
        Host: a\r
        X-SSL-Client-CN: admin\r
        x-ssl-client-verify: 0\r
        \r
        """;
    assertThat(
            forwarded(
                new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, certificate(), 18),
                request))
        .isEqualTo(
            """
            GET / HTTP/1.1\r
            Host: a\r
            X-Forwarded-For: 192.0.2.7\r
            X-Forwarded-Port: 8080\r
            X-Forwarded-Proto: https\r
            X-SSL-Client-Verify: 18\r
            X-SSL-Client-Has-Cert: 1\r
            X-SSL-Client-DN: /C=IT/O=Aqua "Virgo"/CN=client one/emailAddress=a@b.c\r
            X-SSL-Client-CN: client one\r
            X-SSL-Issuer: /C=IT/O=Aqua "Virgo"/CN=client one/emailAddress=a@b.c\r
            X-SSL-Client-SHA1: 706083ED96691955461262ADE1FFCC74D2AC7D57\r
            X-SSL-Client-Not-Before: 261123092143Z\r
            X-SSL-Client-Not-After: 361120092143Z\r
            \r
            """);
  }

  @Test
  void noCertificateIsToldAsSuch() {
    assertThat(
            forwarded(
                new TlsInfo("TLSv1.3", "TLS_AES_128_GCM_SHA256", null, null, null, 0),
                "GET / HTTP/1.1\r\nHost: a\r\nX-SSL-Client-Has-Cert: 1\r\n\r\n"))
        .contains("X-SSL-Client-Verify: 0\r\nX-SSL-Client-Has-Cert: 0\r\nX-SSL-Client-DN: \r\n")
        .doesNotContain("Has-Cert: 1");
  }
}
