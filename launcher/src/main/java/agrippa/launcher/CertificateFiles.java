package agrippa.launcher;

import agrippa.cloud.secret.KeyFiles;
import agrippa.control.spi.Secrets.KeyPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// Where the API's certificate and key are.
///
/// @param certificate PEM, the leaf and those between it and its authority
/// @param key PEM, without passphrase
record CertificateFiles(Path certificate, Path key) {
  /// TLS 1.2 and 1.3 with this certificate.
  ///
  /// @throws UserError if the files cannot be read, or do not fit each other
  SSLContext context() {
    byte[] certificates = content("api.certificate_file", certificate);
    byte[] secret = content("api.key_file", key);
    try {
      return context(KeyFiles.read(certificates, secret));
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "cannot serve TLS with api.certificate_file "
              + certificate
              + " and api.key_file "
              + key
              + ": "
              + e.getMessage()
              + "; give a PEM certificate, with those of its issuers behind it, and its PEM key"
              + " without passphrase",
          e);
    }
  }

  private static byte[] content(String setting, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UserError(setting + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new UserError(setting + ": cannot read " + file + ": " + e, e);
    }
  }

  private static SSLContext context(KeyPair pair) {
    char[] none = new char[0];
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("api", pair.key(), none, pair.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, none);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the JDK's TLS does not take them: " + e.getMessage(), e);
    }
  }
}
