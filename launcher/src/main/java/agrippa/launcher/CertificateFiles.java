package agrippa.launcher;

import agrippa.cloud.secret.KeyFiles;
import agrippa.control.spi.Secrets.KeyPair;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Where the API's certificate and key are.
///
/// @param certificate PEM, the leaf and those between it and its authority
/// @param key PEM, without passphrase
record CertificateFiles(Path certificate, Path key) {
  /// What is in them at a time.
  record Content(ByteBuffer certificate, ByteBuffer key) {}

  /// @throws UserError if one cannot be read
  Content content() {
    return new Content(content("api.certificate_file", certificate), content("api.key_file", key));
  }

  private static ByteBuffer content(String setting, Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new UserError(setting + ": there is no file " + file, e);
    } catch (IOException e) {
      throw new UserError(setting + ": cannot read " + file + ": " + e, e);
    }
  }

  /// @throws UserError if it is no certificate and its key
  KeyPair pair(Content content) {
    try {
      return KeyFiles.read(content.certificate.array(), content.key.array());
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
}
