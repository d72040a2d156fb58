package agrippa.cloud.identity;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// Hashes of passwords. Checking one is slow on purpose, so only a few are checked at a time.
final class Passwords {
  /// About 60 ms on a current processor.
  private static final int COST = 10;

  /// bcrypt looks at no more.
  static final int MOST_BYTES = 72;

  private static final int SALT_BYTES = 16;
  private static final int AT_A_TIME = 2;

  private final SecureRandom random;
  private final Semaphore turns = new Semaphore(AT_A_TIME, true);

  /// What is checked for users that do not exist, so that the answer takes as long.
  private final String nobody;

  Passwords(SecureRandom random) {
    this.random = random;
    this.nobody = hash("nobody");
  }

  String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    char[] characters = password.toCharArray();
    try {
      return OpenBSDBCrypt.generate(characters, salt, COST);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  /// @param hash empty if there is nothing to compare with
  boolean matches(String password, String hash) {
    char[] characters = password.toCharArray();
    turns.acquireUninterruptibly();
    try {
      boolean same = OpenBSDBCrypt.checkPassword(hash.isEmpty() ? nobody : hash, characters);
      return same && !hash.isEmpty();
    } finally {
      turns.release();
      Arrays.fill(characters, '\0');
    }
  }
}
