package agrippa.cloud.secret;

import agrippa.control.spi.Secrets.KeyPair;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/// Reads certificates and keys in the forms that clients store: PKCS#12 of any age without a
/// passphrase, PEM, DER. What comes out are the JDK's own types.
final class KeyMaterial {
  private final Pkcs12 bundles;
  private final PrivateKeys keys;

  KeyMaterial() {
    // Never installed for the whole process.
    Provider provider = new BouncyCastleProvider();
    this.bundles = new Pkcs12(provider);
    this.keys = new PrivateKeys(provider);
  }

  @FunctionalInterface
  interface Parser<T> {
    T parse(byte[] bytes) throws UnreadableException;
  }

  @FunctionalInterface
  interface Source<T> {
    T read() throws UnreadableException;
  }

  /// A PKCS#12 bundle, or PEM with certificates and a key in any order.
  KeyPair keyPair(byte[] bytes) throws UnreadableException {
    if (Pem.is(bytes)) {
      return keyPair(bytes, bytes, Optional.empty(), Optional.empty());
    }
    Pkcs12.Content content = bundles.read(bytes);
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] each : content.certificates()) {
      addNew(certificates, bundled(each));
    }
    if (content.keys().isEmpty()) {
      throw new UnreadableException(true, "it holds no private key");
    }
    List<PrivateKey> found = new ArrayList<>();
    for (PrivateKeyInfo each : content.keys()) {
      found.add(PrivateKeys.standard(each, true));
    }
    return Chain.of(certificates, found, true);
  }

  private static X509Certificate bundled(byte[] encoded) throws UnreadableException {
    try {
      return certificates(encoded).getFirst();
    } catch (UnreadableException e) {
      throw new UnreadableException(true, "it holds a certificate that is broken");
    }
  }

  private static void addNew(List<X509Certificate> all, X509Certificate certificate) {
    if (!all.contains(certificate)) {
      all.add(certificate);
    }
  }

  /// The parts of a certificate container.
  KeyPair keyPair(
      byte[] certificate, byte[] key, Optional<byte[]> passphrase, Optional<byte[]> intermediates)
      throws UnreadableException {
    List<X509Certificate> all = new ArrayList<>();
    for (X509Certificate each : certificates(certificate)) {
      addNew(all, each);
    }
    if (intermediates.isPresent()) {
      for (X509Certificate each : certificates(intermediates.get())) {
        addNew(all, each);
      }
    }
    char[] secret =
        passphrase
            .map(it -> new String(it, StandardCharsets.UTF_8).toCharArray())
            .orElseGet(() -> new char[0]);
    return Chain.of(all, List.of(keys.read(key, secret)), false);
  }

  /// Certificates in PEM, in DER, or in PKCS#7.
  static List<X509Certificate> certificates(byte[] bytes) throws UnreadableException {
    // Other things, such as a key, may stand between the certificates of a PEM file.
    byte[] input = Pem.is(bytes) ? Pem.certificates(bytes) : bytes;
    try {
      List<X509Certificate> all = new ArrayList<>();
      for (var each : x509().generateCertificates(new ByteArrayInputStream(input))) {
        all.add((X509Certificate) each);
      }
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      // The parser's own words could quote a line that is not for everybody.
      throw new UnreadableException(false, "its certificate is broken");
    }
    throw new UnreadableException(false, "it holds no certificate");
  }

  /// Revocation lists in PEM or DER.
  static List<X509CRL> revocations(byte[] bytes) throws UnreadableException {
    try {
      List<X509CRL> all = new ArrayList<>();
      for (var each : x509().generateCRLs(new ByteArrayInputStream(bytes))) {
        all.add((X509CRL) each);
      }
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new UnreadableException(false, "its certificate revocation list is broken");
    }
    throw new UnreadableException(false, "it holds no certificate revocation list");
  }

  private static CertificateFactory x509() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509");
  }
}
