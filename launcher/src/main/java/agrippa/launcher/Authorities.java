package agrippa.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Trust in certificates of authorities that an operator names.
final class Authorities {
  private Authorities() {}

  /// @param file PEM, one certificate or several
  /// @throws UserError if it cannot be read
  static SSLContext trusted(Path file) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      CertificateFactory x509 = CertificateFactory.getInstance("X.509");
      for (Certificate each :
          x509.generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
        store.setCertificateEntry("ca" + store.size(), each);
      }
      if (store.size() == 0) {
        throw new UserError("there is no certificate in " + file);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new UserError("cannot read certificates from " + file + ": " + e.getMessage(), e);
    }
  }
}
