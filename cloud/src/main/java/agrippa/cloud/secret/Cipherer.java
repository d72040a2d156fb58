package agrippa.cloud.secret;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts payloads at rest: AES-256-GCM with a nonce of its own each, bound to the secret's id,
/// so that one cannot be put in another's place.
final class Cipherer {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final System.Logger LOG = System.getLogger("agrippa.cloud.secret");

  private final SecretKeySpec key;
  private final SecureRandom random;

  private Cipherer(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /// Reads the key, or makes one that only the file's owner may read.
  ///
  /// @param needed whether something is encrypted already: then a new key would be of no use
  /// @throws UncheckedIOException if the file can be neither read nor made
  /// @throws IllegalStateException if the file holds something else, or is needed and missing
  static Cipherer of(Path keyFile, boolean needed, SecureRandom random) {
    try {
      if (!Files.exists(keyFile)) {
        if (needed) {
          throw new IllegalStateException(
              "the key file " + keyFile + " is missing, without which no secret can be read");
        }
        create(keyFile, random);
      }
      // A copy from elsewhere may have come with weaker rights.
      Files.setPosixFilePermissions(keyFile, OWNER_ONLY);
      byte[] key = Files.readAllBytes(keyFile);
      if (key.length != KEY_BYTES) {
        throw new IllegalStateException(keyFile + " is not a key of " + KEY_BYTES + " bytes");
      }
      return new Cipherer(key, random);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the key file " + keyFile, e);
    }
  }

  /// On disk whole before it is used, or not at all: half a key would lose every secret.
  private static void create(Path keyFile, SecureRandom random) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    Path folder = keyFile.toAbsolutePath().getParent();
    Path draft =
        Files.createTempFile(
            folder, "key", ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(key);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      // Unlike a move, a link never replaces a key that another process made in the meantime.
      Files.createLink(keyFile, draft);
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    } catch (FileAlreadyExistsException e) {
      LOG.log(DEBUG, "another process made the key file, which counts");
    } finally {
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
