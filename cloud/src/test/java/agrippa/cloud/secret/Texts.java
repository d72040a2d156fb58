package agrippa.cloud.secret;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/// PEM for tests.
final class Texts {
  private Texts() {}

  /// Certificates, lists and keys, one after the other.
  static byte[] pem(Object... things) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object each : List.of(things)) {
        writer.writeObject(
            each instanceof PrivateKey key ? new JcaPKCS8Generator(key, null) : each);
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
