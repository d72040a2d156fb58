package agrippa.provider.builtin;

import agrippa.control.Caller;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.ServiceUnavailableException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A secret service whose references say what they refer to: `certificate…`, `authority…`,
/// `broken…`, `unavailable…`; all else is missing. Only the load balancers' own look-ups are
/// answered.
final class FakeSecrets implements Secrets {
  /// For www.example.com, good for a hundred years.
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBizCCATGgAwIBAgIUI5ygdoMCbTrwth83kxWhDiRsECkwCgYIKoZIzj0EAwIw
      GjEYMBYGA1UEAwwPd3d3LmV4YW1wbGUuY29tMCAXDTI2MTEyMzA4NDgyNVoYDzIx
      MjYxMDMwMDg0ODI1WjAaMRgwFgYDVQQDDA93d3cuZXhhbXBsZS5jb20wWTATBgcq
      hkjOPQIBBggqhkjOPQMBBwNCAATPGKUcz5Ysvcll6dULwqqgw2XI9j+cyhxtdZQJ
      qM/bDxu8dvFUcjRy9AykHLSfDDjIrBJXynjiMpkNx1MXFsVFo1MwUTAdBgNVHQ4E
      FgQUyLradD+bJVa3YFh3097bJCu/dm4wHwYDVR0jBBgwFoAUyLradD+bJVa3YFh3
      097bJCu/dm4wDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA6lid
      +jTZazxIbCKT+2Oo6FiggA9R7WUixeeicpHBveECIDGPzFgq5U3HX6ng4hrLIxsa
      nfBEWNHwuFSQRc1V83l0
      -----END CERTIFICATE-----
      """;

  private static final String KEY =
      """
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQIJfZycaFu9W2lF/
      bgM+QU3kw4E+QW5HVy4SZVKvUF2hRANCAATPGKUcz5Ysvcll6dULwqqgw2XI9j+c
      yhxtdZQJqM/bDxu8dvFUcjRy9AykHLSfDDjIrBJXynjiMpkNx1MXFsVF
      """;

  @Override
  public Lookup<KeyPair> keyPair(@Nullable Caller caller, String reference) {
    return look(caller, reference, "certificate", new KeyPair(List.of(certificate()), key()));
  }

  @Override
  public Lookup<List<X509Certificate>> authorities(@Nullable Caller caller, String reference) {
    return look(caller, reference, "authority", List.of(certificate()));
  }

  @Override
  public Lookup<List<X509CRL>> revocations(@Nullable Caller caller, String reference) {
    return look(caller, reference, "revocation", List.of());
  }

  private static <T> Lookup<T> look(
      @Nullable Caller caller, String reference, String kind, T value) {
    if (reference.startsWith("unavailable")) {
      throw new ServiceUnavailableException("the secret service sleeps");
    }
    if (reference.startsWith("broken")) {
      return new Lookup.Unreadable<>(true, "it is broken");
    }
    return caller == null && reference.startsWith(kind)
        ? new Lookup.Found<>(value)
        : new Lookup.Missing<>();
  }

  private static X509Certificate certificate() {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PrivateKey key() {
    try {
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(KEY)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
