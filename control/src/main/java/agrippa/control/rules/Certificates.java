package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;

import agrippa.control.Refusal;
import agrippa.control.spi.Secrets.KeyPair;
import agrippa.control.spi.Secrets.Lookup;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Whether references lead to certificates that can be used.
final class Certificates {
  private static final int DNS_NAME = 2;
  // An unescaped attribute of RFC 2253 text.
  private static final Pattern COMMON_NAME = Pattern.compile("(^|[^\\\\][,+])CN=.");

  private static final String AUTHORITIES =
      "The client authentication CA certificate is invalid. It must be a valid x509 PEM format"
          + " certificate. Error: ";
  private static final String REVOCATIONS =
      "The client authentication certificate revocation list is invalid. It must be a valid x509"
          + " PEM format certificate revocation list. Error: ";

  private final World world;

  Certificates(World world) {
    this.world = world;
  }

  /// Every reference leads to a certificate with its key. All that cannot be read are told of at
  /// once.
  void requireKeyPairs(List<String> references) {
    var unreadable = new ArrayList<String>();
    var found = new ArrayList<KeyPair>();
    for (var reference : references) {
      switch (world.keyPair(reference)) {
        case Lookup.Found<KeyPair>(var pair) -> found.add(pair);
        case Lookup.Missing<KeyPair>() -> unreadable.add(reference);
        case Lookup.Unreadable<KeyPair>(var bundle, var detail) -> {
          if (bundle) {
            throw new RefusedException(new Refusal.BundleUnreadable(detail));
          }
          unreadable.add(reference);
        }
      }
    }
    requireNone(unreadable);
    found.forEach(it -> requireNames(it.chain().getFirst()));
  }

  /// A reference to authorities and one to their revocations, if any, can be used together.
  void requireAuthorities(String authorities, @Nullable String revocations) {
    var missing = new ArrayList<String>();
    var issuers = world.authorities(authorities);
    if (issuers instanceof Lookup.Missing) {
      missing.add(authorities);
    }
    Lookup<List<X509CRL>> crls =
        revocations == null ? new Lookup.Found<>(List.of()) : world.revocations(revocations);
    if (revocations != null && crls instanceof Lookup.Missing) {
      missing.add(revocations);
    }
    requireNone(missing);
    requireSigned(understood(crls, REVOCATIONS), understood(issuers, AUTHORITIES));
  }

  private static <T> T understood(Lookup<T> lookup, String complaint) {
    return switch (lookup) {
      case Lookup.Found<T>(T value) -> value;
      case Lookup.Unreadable<T>(var bundle, var detail) -> throw invalid(complaint + detail);
      case Lookup.Missing<T>() -> throw new IllegalStateException("told of before");
    };
  }

  private static void requireNone(List<String> unreadable) {
    if (!unreadable.isEmpty()) {
      throw new RefusedException(new Refusal.CertificatesUnreadable(List.copyOf(unreadable)));
    }
  }

  private static void requireSigned(List<X509CRL> crls, List<X509Certificate> issuers) {
    for (var crl : crls) {
      if (issuers.stream().noneMatch(issuer -> signed(crl, issuer))) {
        throw invalid(
            "The CRL specified is not valid for client certificate authority reference supplied.");
      }
    }
  }

  private static boolean signed(X509CRL crl, X509Certificate issuer) {
    try {
      crl.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void requireNames(X509Certificate certificate) {
    var subject = certificate.getSubjectX500Principal().getName(X500Principal.RFC2253);
    if (!COMMON_NAME.matcher(subject).find() && !hasDnsName(certificate)) {
      throw new RefusedException(new Refusal.CertificateWithoutNames());
    }
  }

  private static boolean hasDnsName(X509Certificate certificate) {
    try {
      var names = certificate.getSubjectAlternativeNames();
      return names != null && names.stream().anyMatch(it -> it.getFirst().equals(DNS_NAME));
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
