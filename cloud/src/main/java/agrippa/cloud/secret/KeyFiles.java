package agrippa.cloud.secret;

import agrippa.control.spi.Secrets.KeyPair;
import java.util.Optional;

/// Reads an operator's certificates and keys in the forms, and with the care, of those of tenants.
public final class KeyFiles {
  private KeyFiles() {}

  /// @param certificates in PEM or DER: the leaf and those between it and its authority
  /// @param key in PEM or DER, without passphrase
  /// @throws IllegalArgumentException saying what is wrong, and nothing of the content
  public static KeyPair read(byte[] certificates, byte[] key) {
    try {
      return new KeyMaterial().keyPair(certificates, key, Optional.empty(), Optional.empty());
    } catch (UnreadableException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
