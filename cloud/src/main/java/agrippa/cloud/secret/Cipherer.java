package agrippa.cloud.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts payloads at rest: AES-256-GCM with a nonce of its own each, bound to the secret's id,
/// so that one cannot be put in another's place.
final class Cipherer {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final SecretKeySpec key;
  private final SecureRandom random;

  private Cipherer(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /// Reads the key, or makes one that only the file's owner may read.
  ///
  /// @throws UncheckedIOException if the file can be neither read nor made
  /// @throws IllegalStateException if the file holds something else
  static Cipherer of(Path keyFile, SecureRandom random) {
    try {
      if (!Files.exists(keyFile)) {
        create(keyFile, random);
      }
      byte[] key = Files.readAllBytes(keyFile);
      if (key.length != KEY_BYTES) {
        throw new IllegalStateException(keyFile + " is not a key of " + KEY_BYTES + " bytes");
      }
      return new Cipherer(key, random);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the key file " + keyFile, e);
    }
  }

  /// Whole or not at all: half a key would lose every secret.
  private static void create(Path keyFile, SecureRandom random) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    Path folder = keyFile.toAbsolutePath().getParent();
    Path draft =
        Files.createTempFile(
            folder,
            "key",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(draft, key);
    try {
      Files.move(draft, keyFile, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      // Another process made one in the meantime: that one counts.
      Files.delete(draft);
    }
  }

  byte[] encrypt(String id, byte[] payload) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] encrypted = run(Cipher.ENCRYPT_MODE, id, nonce, payload);
    byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
    System.arraycopy(encrypted, 0, all, NONCE_BYTES, encrypted.length);
    return all;
  }

  /// @throws IllegalStateException if the key or the data is not what it was
  byte[] decrypt(String id, byte[] encrypted) {
    return run(
        Cipher.DECRYPT_MODE,
        id,
        Arrays.copyOf(encrypted, NONCE_BYTES),
        Arrays.copyOfRange(encrypted, NONCE_BYTES, encrypted.length));
  }

  private byte[] run(int mode, String id, byte[] nonce, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(id.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot en- or decrypt secret " + id, e);
    }
  }
}
