package agrippa.proxy.tls;

import agrippa.proxy.plan.TlsServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;

/// What both engines take for granted.
final class TlsDefaults {
  /// Versions if a plan names none.
  static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  private static final int LONGEST_PROTOCOL = 255;

  private TlsDefaults() {}

  /// Whether clients are asked for a certificate: only where somebody may have issued it.
  ///
  /// @throws GeneralSecurityException if they must show one, but of no issuer
  static boolean asksClients(TlsServer plan) throws GeneralSecurityException {
    boolean issuers = !plan.clientIssuers().isEmpty();
    return switch (plan.clientAuth()) {
      case NONE -> false;
      case OPTIONAL -> issuers;
      case MANDATORY -> {
        if (!issuers) {
          throw new GeneralSecurityException("clients must show a certificate, of no issuer");
        }
        yield true;
      }
    };
  }

  /// Protocol names as ALPN writes them: each behind its length in one byte (RFC 7301, 3.1).
  static byte[] alpnWire(List<String> protocols) throws GeneralSecurityException {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (String protocol : protocols) {
      byte[] name = protocol.getBytes(StandardCharsets.US_ASCII);
      if (name.length == 0 || name.length > LONGEST_PROTOCOL) {
        throw new GeneralSecurityException("no name of an application protocol: " + protocol);
      }
      wire.write(name.length);
      wire.writeBytes(name);
    }
    return wire.toByteArray();
  }
}
