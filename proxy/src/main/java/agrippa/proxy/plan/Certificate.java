package agrippa.proxy.plan;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate that the proxy can prove to own.
///
/// @param chain the leaf first, then its issuers
/// @param key the leaf's private key; its encoded form must be available
/// @param status what the issuer says of it, or null; the JDK's TLS cannot show it
public record Certificate(
    List<X509Certificate> chain, PrivateKey key, @Nullable OcspResponse status) {
  public Certificate {
    chain = List.copyOf(chain);
  }

  /// One of which nothing is said.
  public Certificate(List<X509Certificate> chain, PrivateKey key) {
    this(chain, key, null);
  }

  /// Says nothing of the key.
  @Override
  public String toString() {
    return "Certificate[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
