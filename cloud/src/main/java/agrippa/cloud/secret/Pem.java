package agrippa.cloud.secret;

import java.nio.charset.StandardCharsets;

/// PEM (RFC 7468) as it comes: with text around it, and several things in one.
final class Pem {
  private static final String BEGIN = "-----BEGIN ";

  private Pem() {}

  /// Whether these bytes are PEM rather than DER. A DER structure that is worth reading begins with
  /// a byte that is a digit in ASCII and one that is no ASCII at all, and may hold any text.
  static boolean is(byte[] bytes) {
    boolean der = bytes.length > 1 && bytes[0] == '0' && bytes[1] < 0;
    return !der && new String(bytes, StandardCharsets.ISO_8859_1).contains(BEGIN);
  }

  /// The certificates alone, one after the other.
  static byte[] certificates(byte[] bytes) {
    StringBuilder kept = new StringBuilder();
    boolean inside = false;
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).lines().toList()) {
      String text = line.strip();
      boolean begins =
          text.equals("-----BEGIN CERTIFICATE-----") || text.equals("-----BEGIN PKCS7-----");
      inside |= begins;
      if (inside) {
        kept.append(text).append('\n');
      }
      inside &= !text.startsWith("-----END ");
    }
    return kept.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
