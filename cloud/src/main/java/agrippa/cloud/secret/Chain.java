package agrippa.cloud.secret;

import agrippa.control.spi.Secrets.KeyPair;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts certificates in order: the leaf, which has the key's other half, first; then each one's
/// issuer. What is not in that line is left out.
final class Chain {
  /// More would only make finding the line slow.
  private static final int MOST_CERTIFICATES = 20;

  private static final int MOST_KEYS = 20;

  private Chain() {}

  /// @param keys the first that fits a certificate counts
  /// @param bundle whether they are from a PKCS#12 bundle
  static KeyPair of(List<X509Certificate> all, List<PrivateKey> keys, boolean bundle)
      throws UnreadableException {
    if (all.size() > MOST_CERTIFICATES || keys.size() > MOST_KEYS) {
      throw new UnreadableException(bundle, "it holds too many certificates or keys");
    }
    for (PrivateKey key : keys) {
      for (X509Certificate leaf : all) {
        if (Halves.match(leaf.getPublicKey(), key)) {
          return new KeyPair(from(leaf, all), key);
        }
      }
    }
    throw new UnreadableException(bundle, "the private key fits none of its certificates");
  }

  private static List<X509Certificate> from(X509Certificate leaf, List<X509Certificate> all) {
    List<X509Certificate> rest = new ArrayList<>(all);
    List<X509Certificate> chain = new ArrayList<>();
    Optional<X509Certificate> next = Optional.of(leaf);
    while (next.isPresent()) {
      chain.add(next.get());
      rest.remove(next.get());
      next = issuer(next.get(), rest);
    }
    return chain;
  }

  /// One whose key signed it, if several have the issuer's name: an authority may have renewed its
  /// key.
  private static Optional<X509Certificate> issuer(
      X509Certificate certificate, List<X509Certificate> rest) {
    List<X509Certificate> named =
        rest.stream()
            .filter(it -> it.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()))
            .toList();
    return named.stream()
        .filter(it -> signed(certificate, it))
        .findFirst()
        .or(() -> named.stream().findFirst());
  }

  private static boolean signed(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      // Nobody's fault: it is another's, or of a kind that cannot be told.
      return false;
    }
  }
}
