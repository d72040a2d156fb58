package agrippa.control.spi;

import agrippa.control.Caller;
import agrippa.model.LoadBalancerId;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The secret service: certificates and keys by reference. References come from tenants and may
/// be any text. Failures to reach the service are [ServiceUnavailableException].
public interface Secrets {
  /// A certificate with its key: a PKCS#12 bundle, PEM, or a certificate container.
  ///
  /// @param caller whose right to read it counts, and who lets the load balancers read it from
  ///     now on; null to read it as the load balancers' own
  Lookup<KeyPair> keyPair(@Nullable Caller caller, String reference);

  /// Certificates of authorities, PEM.
  Lookup<List<X509Certificate>> authorities(@Nullable Caller caller, String reference);

  /// Revocation lists, PEM.
  Lookup<List<X509CRL>> revocations(@Nullable Caller caller, String reference);

  /// Says which secrets a load balancer uses, all of them, so that the service can tell people who
  /// want to delete one. Cheap if nothing changed; idempotent; never fails because the service is
  /// away.
  ///
  /// @param references empty for a load balancer that is gone
  default void use(LoadBalancerId id, Set<String> references) {}

  /// A certificate chain, the leaf first, with the leaf's key.
  record KeyPair(List<X509Certificate> chain, PrivateKey key) {
    public KeyPair {
      chain = List.copyOf(chain);
    }

    /// Says nothing of the key.
    @Override
    public String toString() {
      return "KeyPair[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
  }

  /// What became of a look-up.
  sealed interface Lookup<T> {
    record Found<T>(T value) implements Lookup<T> {}

    /// There is no such secret, or the caller may not read it.
    record Missing<T>() implements Lookup<T> {}

    /// It is there, but cannot be understood.
    ///
    /// @param bundle whether it is a PKCS#12 bundle
    record Unreadable<T>(boolean bundle, String detail) implements Lookup<T> {}
  }
}
