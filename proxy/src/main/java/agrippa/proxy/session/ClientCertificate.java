package agrippa.proxy.session;

import agrippa.proxy.route.DistinguishedName;
import agrippa.proxy.transport.TlsInfo;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What X-SSL-Client fields say of the certificate that a client showed, as HAProxy says it; empty
/// where there is none. Names come from whoever made the certificate: control
/// characters, which could end a field, are masked, and length is bounded.
record ClientCertificate(@Nullable X509Certificate certificate, int verifyResult) {
  /// In octets of UTF-8.
  private static final int LONGEST = 1_024;

  private static final DateTimeFormatter ASN1_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static ClientCertificate of(@Nullable TlsInfo tls) {
    return tls == null
        ? new ClientCertificate(null, 0)
        : new ClientCertificate(tls.peer(), tls.verifyResult());
  }

  String subject() {
    return certificate == null ? "" : masked(subjectOf(certificate).oneLine());
  }

  String commonName() {
    return certificate == null ? "" : masked(subjectOf(certificate).first("CN").orElse(""));
  }

  String issuer() {
    return certificate == null
        ? ""
        : masked(DistinguishedName.of(certificate.getIssuerX500Principal()).oneLine());
  }

  String notBefore() {
    return certificate == null ? "" : time(certificate.getNotBefore());
  }

  String notAfter() {
    return certificate == null ? "" : time(certificate.getNotAfter());
  }

  String sha1() {
    if (certificate == null) {
      return "";
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
      return HexFormat.of().withUpperCase().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1, and a parsed certificate its bytes", e);
    }
  }

  private static DistinguishedName subjectOf(X509Certificate certificate) {
    return DistinguishedName.of(certificate.getSubjectX500Principal());
  }

  private static String time(Date date) {
    return ASN1_TIME.format(Instant.ofEpochMilli(date.getTime()));
  }

  private static String masked(String text) {
    StringBuilder safe = new StringBuilder();
    int room = LONGEST;
    for (int c : text.codePoints().toArray()) {
      room -= octets(c);
      if (room < 0) {
        break;
      }
      safe.appendCodePoint(Character.isISOControl(c) ? '?' : c);
    }
    return safe.toString();
  }

  private static int octets(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}
