package agrippa.proxy.plan;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How connections to endpoints are encrypted. The client's own SNI, if any, is passed on.
///
/// @param certificate shown to endpoints that ask, or null
/// @param issuers who may have issued an endpoint's certificate; empty accepts any
/// @param revoked issuers' revocation lists
/// @param ciphers OpenSSL cipher list (TLS 1.2 and older)
/// @param versions of `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`
/// @param alpn offered protocols, most wanted first; empty offers none. With `h2` among them,
///     endpoints that choose it are asked in HTTP/2: not for upstreams of byte streams, nor with a
///     PROXY header
public record TlsClient(
    @Nullable Certificate certificate,
    List<X509Certificate> issuers,
    List<X509CRL> revoked,
    String ciphers,
    List<String> versions,
    List<String> alpn) {

  public TlsClient {
    issuers = List.copyOf(issuers);
    revoked = List.copyOf(revoked);
    versions = List.copyOf(versions);
    alpn = List.copyOf(alpn);
  }
}
