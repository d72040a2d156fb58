package agrippa.cloud.secret;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;

/// Whether a public and a private key belong together.
final class Halves {
  private static final byte[] MESSAGE = {1, 2, 3};

  private Halves() {}

  /// Signs with one and verifies with the other: the same for every kind of key.
  static boolean match(PublicKey publicKey, PrivateKey privateKey) {
    boolean rsa = privateKey instanceof RSAKey;
    if (rsa != publicKey instanceof RSAKey || (rsa && !sameModulus(publicKey, privateKey))) {
      return false;
    }
    String algorithm =
        switch (privateKey.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "EdDSA";
        };
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(privateKey);
      signer.update(MESSAGE);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(MESSAGE);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // Keys of different kinds do not fit one signature, and broken ones fit none.
      return false;
    }
  }

  /// Spares slow signatures.
  private static boolean sameModulus(PublicKey publicKey, PrivateKey privateKey) {
    return publicKey instanceof RSAKey one
        && privateKey instanceof RSAKey other
        && one.getModulus().equals(other.getModulus());
  }
}
