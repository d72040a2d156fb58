package agrippa.cloud.identity;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// Hashes of passwords and secrets. Checking one is slow on purpose, so only a few are checked at a
/// time, and guesses are slowed down further, wherever they come in.
final class Passwords {
  /// About 60 ms on a current processor.
  private static final int COST = 10;

  /// bcrypt looks at no more.
  static final int MOST_BYTES = 72;

  private static final int SALT_BYTES = 16;
  private static final int AT_A_TIME = 2;

  private final SecureRandom random;
  private final Throttle throttle;
  private final Semaphore turns = new Semaphore(AT_A_TIME, true);

  /// What is checked for users that do not exist, so that the answer takes as long.
  private final String nobody;

  Passwords(SecureRandom random, Throttle throttle) {
    this.random = random;
    this.throttle = throttle;
    this.nobody = hash("nobody");
  }

  /// @param password of at most [#MOST_BYTES]
  String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    char[] characters = password.toCharArray();
    turns.acquireUninterruptibly();
    try {
      return OpenBSDBCrypt.generate(characters, salt, COST);
    } finally {
      turns.release();
      Arrays.fill(characters, '\0');
    }
  }

  /// Whether somebody knows a password.
  ///
  /// @param guess whose it should be, and who tries
  /// @param hash empty if there is nothing to compare with, which takes as long
  /// @throws Refused if there were too many wrong ones
  boolean proves(Throttle.Guess guess, String password, String hash) {
    throttle.begin(guess);
    try {
      turns.acquireUninterruptibly();
      try {
        return looked(guess, password, hash);
      } finally {
        turns.release();
      }
    } finally {
      throttle.end(guess);
    }
  }

  private boolean looked(Throttle.Guess guess, String password, String hash) {
    // Once more: many guesses may have waited for their turn together.
    throttle.require(guess);
    boolean same = matches(password, hash.isEmpty() ? nobody : hash) && !hash.isEmpty();
    if (same) {
      throttle.succeeded(guess);
    } else {
      throttle.failed(guess);
    }
    return same;
  }

  /// What is longer than bcrypt looks at was never hashed.
  private static boolean matches(String password, String hash) {
    if (!fits(password)) {
      return false;
    }
    char[] characters = password.toCharArray();
    try {
      return OpenBSDBCrypt.checkPassword(hash, characters);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  /// Whether all of a password counts.
  static boolean fits(String password) {
    return password.getBytes(StandardCharsets.UTF_8).length <= MOST_BYTES;
  }
}
