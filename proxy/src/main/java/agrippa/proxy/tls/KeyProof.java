package agrippa.proxy.tls;

import agrippa.proxy.plan.Certificate;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;

/// Finds out before the first client does whether a key belongs to its certificate, which the JDK
/// does not ask.
final class KeyProof {
  private static final byte[] SIGNED = {1, 2, 3, 4, 5, 6, 7, 8};

  private KeyProof() {}

  /// @throws GeneralSecurityException if the key does not fit, or is of a kind that is not known
  static void check(Certificate certificate) throws GeneralSecurityException {
    String algorithm = signature(certificate.key());
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(certificate.key());
    signature.update(SIGNED);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.chain().getFirst().getPublicKey());
    signature.update(SIGNED);
    if (!verifies(signature, signed)) {
      throw new GeneralSecurityException("the key does not fit " + certificate);
    }
  }

  private static boolean verifies(Signature signature, byte[] signed) {
    try {
      return signature.verify(signed);
    } catch (SignatureException e) {
      // Of another length, say.
      return false;
    }
  }

  private static String signature(PrivateKey key) throws GeneralSecurityException {
    return switch (key.getAlgorithm()) {
      case "RSA" -> "SHA256withRSA";
      case "EC", "ECDSA" -> "SHA256withECDSA";
      case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
      case String other -> throw new GeneralSecurityException("no key for TLS: " + other);
    };
  }
}
