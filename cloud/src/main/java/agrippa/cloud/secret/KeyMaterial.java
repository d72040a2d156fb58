package agrippa.cloud.secret;

import agrippa.control.spi.Secrets.KeyPair;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/// Reads certificates and keys in the forms that clients store: PKCS#12 of any age without a
/// passphrase, PEM, DER. What comes out are the JDK's own types.
final class KeyMaterial {
  /// Opens what the JDK no longer does, such as RC2; never installed for the whole process.
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private static final String PEM = "-----BEGIN ";

  private KeyMaterial() {}

  /// Says what is wrong with some material, and nothing of its content.
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean bundle;

    UnreadableException(boolean bundle, String message) {
      super(message);
      this.bundle = bundle;
    }

    boolean bundle() {
      return bundle;
    }
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
  static KeyPair keyPair(byte[] bytes) throws UnreadableException {
    if (isPem(bytes)) {
      return keyPair(bytes, bytes, Optional.empty(), Optional.empty());
    }
    UnreadableException first;
    try {
      return bundle(BOUNCY_CASTLE, bytes, new char[0]);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      first = new UnreadableException(true, reason(e));
    }
    // The JDK knows forms of its own, such as bundles without any password or MAC.
    for (boolean none : new boolean[] {true, false}) {
      try {
        return bundle(null, bytes, none ? null : new char[0]);
      } catch (GeneralSecurityException | IOException | RuntimeException e) {
        first.addSuppressed(e);
      }
    }
    throw first;
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? "it is not a PKCS#12 bundle" : message;
  }

  private static KeyPair bundle(
      @Nullable Provider provider, byte[] bytes, char @Nullable [] password)
      throws GeneralSecurityException, IOException, UnreadableException {
    KeyStore store =
        provider == null
            ? KeyStore.getInstance("PKCS12")
            : KeyStore.getInstance("PKCS12", provider);
    store.load(new ByteArrayInputStream(bytes), password);
    List<X509Certificate> all = new ArrayList<>();
    PrivateKey key = null;
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)
          && store.getKey(alias, password == null ? new char[0] : password)
              instanceof PrivateKey found) {
        key = found;
        for (Certificate each : store.getCertificateChain(alias)) {
          addNew(all, standard(each.getEncoded()));
        }
      } else if (store.getCertificate(alias) != null) {
        addNew(all, standard(store.getCertificate(alias).getEncoded()));
      }
    }
    if (key == null) {
      throw new UnreadableException(true, "it holds no private key");
    }
    return ordered(all, standard(key.getAlgorithm(), key.getEncoded()), true);
  }

  private static void addNew(List<X509Certificate> all, X509Certificate certificate) {
    if (!all.contains(certificate)) {
      all.add(certificate);
    }
  }

  /// The parts of a certificate container.
  static KeyPair keyPair(
      byte[] certificate, byte[] key, Optional<byte[]> passphrase, Optional<byte[]> intermediates)
      throws UnreadableException {
    List<X509Certificate> all = new ArrayList<>(certificates(certificate));
    if (intermediates.isPresent()) {
      for (X509Certificate each : certificates(intermediates.get())) {
        addNew(all, each);
      }
    }
    char[] secret =
        passphrase
            .map(it -> new String(it, StandardCharsets.UTF_8).toCharArray())
            .orElseGet(() -> new char[0]);
    return ordered(all, privateKey(key, secret), false);
  }

  /// Certificates in PEM, in DER, or in PKCS#7.
  static List<X509Certificate> certificates(byte[] bytes) throws UnreadableException {
    try {
      List<X509Certificate> all = new ArrayList<>();
      // Other things, such as a key, may stand between the certificates of a PEM file.
      byte[] input = isPem(bytes) ? onlyCertificates(bytes) : bytes;
      for (Certificate each : x509().generateCertificates(new ByteArrayInputStream(input))) {
        all.add((X509Certificate) each);
      }
      if (!all.isEmpty()) {
        return all;
      }
    } catch (GeneralSecurityException e) {
      throw new UnreadableException(false, reason(e));
    }
    throw new UnreadableException(false, "it holds no certificate");
  }

  private static byte[] onlyCertificates(byte[] bytes) {
    StringBuilder kept = new StringBuilder();
    boolean inside = false;
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).lines().toList()) {
      String text = line.strip();
      boolean begins =
          text.equals("-----BEGIN CERTIFICATE-----") || text.equals("-----BEGIN PKCS7-----");
      inside |= begins;
      if (inside) {
        kept.append(text).append('\n');
      }
      inside &= !text.startsWith("-----END ");
    }
    return kept.toString().getBytes(StandardCharsets.ISO_8859_1);
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
    } catch (GeneralSecurityException e) {
      throw new UnreadableException(false, reason(e));
    }
    throw new UnreadableException(false, "it holds no certificate revocation list");
  }

  private static PrivateKey privateKey(byte[] bytes, char[] passphrase) throws UnreadableException {
    try {
      PrivateKeyInfo info =
          isPem(bytes) ? fromPem(bytes, passphrase) : PrivateKeyInfo.getInstance(bytes);
      PrivateKey key = BouncyCastleProvider.getPrivateKey(info);
      if (key != null) {
        return standard(key.getAlgorithm(), info.getEncoded());
      }
    } catch (IOException
        | OperatorCreationException
        | PKCSException
        | GeneralSecurityException
        | RuntimeException e) {
      throw new UnreadableException(
          false, "its private key cannot be read, or the passphrase is wrong");
    }
    throw new UnreadableException(false, "its private key is of an unknown kind");
  }

  private static PrivateKeyInfo fromPem(byte[] bytes, char[] passphrase)
      throws IOException, OperatorCreationException, PKCSException {
    try (PEMParser parser =
        new PEMParser(new StringReader(new String(bytes, StandardCharsets.ISO_8859_1)))) {
      for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
        switch (each) {
          case PrivateKeyInfo info -> {
            return info;
          }
          case PEMKeyPair pair -> {
            return pair.getPrivateKeyInfo();
          }
          case PEMEncryptedKeyPair encrypted -> {
            return encrypted
                .decryptKeyPair(
                    new JcePEMDecryptorProviderBuilder()
                        .setProvider(BOUNCY_CASTLE)
                        .build(passphrase))
                .getPrivateKeyInfo();
          }
          case PKCS8EncryptedPrivateKeyInfo encrypted -> {
            return encrypted.decryptPrivateKeyInfo(
                new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(BOUNCY_CASTLE)
                    .build(passphrase));
          }
          default -> {
            // Certificates and parameters stand beside keys.
          }
        }
      }
    }
    throw new PEMException("no private key");
  }

  /// The leaf, which has the key's other half, first; then each one's issuer.
  private static KeyPair ordered(List<X509Certificate> all, PrivateKey key, boolean bundle)
      throws UnreadableException {
    X509Certificate leaf = null;
    for (X509Certificate each : all) {
      if (leaf == null && Halves.match(each.getPublicKey(), key)) {
        leaf = each;
      }
    }
    if (leaf == null) {
      throw new UnreadableException(bundle, "the private key fits none of its certificates");
    }
    List<X509Certificate> rest = new ArrayList<>(all);
    rest.remove(leaf);
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    for (X509Certificate next = issuer(chain, rest); next != null; next = issuer(chain, rest)) {
      chain.add(next);
      rest.remove(next);
    }
    return new KeyPair(chain, key);
  }

  private static @Nullable X509Certificate issuer(
      List<X509Certificate> chain, List<X509Certificate> rest) {
    X509Certificate last = chain.getLast();
    for (X509Certificate each : rest) {
      if (each.getSubjectX500Principal().equals(last.getIssuerX500Principal())) {
        return each;
      }
    }
    return null;
  }

  private static boolean isPem(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM);
  }

  private static CertificateFactory x509() throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509");
  }

  private static X509Certificate standard(byte[] encoded) throws GeneralSecurityException {
    return (X509Certificate) x509().generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static PrivateKey standard(String algorithm, byte[] encoded)
      throws GeneralSecurityException {
    String name = algorithm.equals("ECDSA") ? "EC" : algorithm;
    return KeyFactory.getInstance(name).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }
}
