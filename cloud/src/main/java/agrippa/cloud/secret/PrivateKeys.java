package agrippa.cloud.secret;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/// Reads private keys in PEM or DER, with or without passphrase. What comes out are the JDK's own
/// types, of kinds and sizes that TLS can use.
final class PrivateKeys {
  /// A handshake with a longer one takes longer than all others together.
  private static final int MOST_RSA_BITS = 8192;

  private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS =
      Map.of(
          PKCSObjectIdentifiers.rsaEncryption, "RSA",
          X9ObjectIdentifiers.id_ecPublicKey, "EC",
          EdECObjectIdentifiers.id_Ed25519, "Ed25519",
          EdECObjectIdentifiers.id_Ed448, "Ed448");

  private final Provider provider;

  /// @param provider knows what the JDK does not
  PrivateKeys(Provider provider) {
    this.provider = provider;
  }

  /// @param passphrase empty for a key that is not encrypted
  PrivateKey read(byte[] bytes, char[] passphrase) throws UnreadableException {
    try {
      PrivateKeyInfo info =
          Pem.is(bytes) ? fromPem(bytes, passphrase) : PrivateKeyInfo.getInstance(bytes);
      return standard(info, false);
    } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
      throw new UnreadableException(
          false, "its private key cannot be read, or the passphrase is wrong");
    }
  }

  private PrivateKeyInfo fromPem(byte[] bytes, char[] passphrase)
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
                    new JcePEMDecryptorProviderBuilder().setProvider(provider).build(passphrase))
                .getPrivateKeyInfo();
          }
          case PKCS8EncryptedPrivateKeyInfo encrypted -> {
            return encrypted.decryptPrivateKeyInfo(
                new Effort()
                    .limit(
                        new JceOpenSSLPKCS8DecryptorProviderBuilder()
                            .setProvider(provider)
                            .build(passphrase)));
          }
          default -> {
            // Certificates and parameters stand beside keys.
          }
        }
      }
    }
    throw new PEMException("no private key");
  }

  /// A key as the JDK has it.
  ///
  /// @param bundle whether it is from a PKCS#12 bundle
  static PrivateKey standard(PrivateKeyInfo info, boolean bundle) throws UnreadableException {
    String algorithm = ALGORITHMS.get(info.getPrivateKeyAlgorithm().getAlgorithm());
    if (algorithm == null) {
      throw new UnreadableException(bundle, "its private key is neither RSA, EC nor EdDSA");
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance(algorithm)
              .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
      if (key instanceof RSAPrivateKey rsa && !plausible(rsa)) {
        throw new UnreadableException(
            bundle, "its RSA key is broken, or has more than " + MOST_RSA_BITS + " bits");
      }
      return key;
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new UnreadableException(bundle, "its private key is broken");
    }
  }

  /// Whether using the key takes no longer than its size says: the numbers in it may be anything.
  private static boolean plausible(RSAPrivateKey key) {
    BigInteger modulus = key.getModulus();
    if (modulus.bitLength() > MOST_RSA_BITS
        || key.getPrivateExponent().bitLength() > modulus.bitLength()) {
      return false;
    }
    return !(key instanceof RSAPrivateCrtKey crt)
        || (crt.getPrimeP().multiply(crt.getPrimeQ()).equals(modulus)
            && within(crt.getPrimeExponentP(), crt.getPrimeP())
            && within(crt.getPrimeExponentQ(), crt.getPrimeQ())
            && within(crt.getCrtCoefficient(), crt.getPrimeP())
            && crt.getPublicExponent().bitLength() <= modulus.bitLength());
  }

  private static boolean within(BigInteger number, BigInteger bound) {
    return number.signum() > 0 && number.compareTo(bound) < 0;
  }
}
