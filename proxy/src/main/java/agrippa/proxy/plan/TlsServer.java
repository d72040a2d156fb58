package agrippa.proxy.plan;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/// How TLS is ended at a frontend.
///
/// @param certificates the first serves clients whose SNI matches none by common name or DNS SAN,
///     wildcards included
/// @param ciphers OpenSSL cipher list (TLS 1.2 and older)
/// @param versions of `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`
/// @param alpn protocols that the frontend speaks, most wanted first; empty offers none
/// @param clientAuth whether clients are asked for a certificate
/// @param clientIssuers who may have issued it
/// @param revoked issuers' revocation lists
public record TlsServer(
    List<Certificate> certificates,
    String ciphers,
    List<String> versions,
    List<String> alpn,
    ClientAuth clientAuth,
    List<X509Certificate> clientIssuers,
    List<X509CRL> revoked) {

  public TlsServer {
    certificates = List.copyOf(certificates);
    versions = List.copyOf(versions);
    alpn = List.copyOf(alpn);
    clientIssuers = List.copyOf(clientIssuers);
    revoked = List.copyOf(revoked);
  }

  /// Whether a client must show a certificate.
  public enum ClientAuth {
    NONE,
    OPTIONAL,
    MANDATORY
  }
}
