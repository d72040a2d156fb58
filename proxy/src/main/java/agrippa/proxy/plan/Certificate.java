package agrippa.proxy.plan;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate that the proxy can prove to own.
///
/// @param chain the leaf first, then its issuers
/// @param key the leaf's private key; its encoded form must be available
public record Certificate(List<X509Certificate> chain, PrivateKey key) {
  public Certificate {
    chain = List.copyOf(chain);
  }

  /// Says nothing of the key.
  @Override
  public String toString() {
    return "Certificate[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
