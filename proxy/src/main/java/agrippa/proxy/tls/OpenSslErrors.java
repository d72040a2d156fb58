package agrippa.proxy.tls;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.StringJoiner;

/// The library's error queue of the calling thread.
final class OpenSslErrors {
  private static final int LONGEST = 256;
  private static final int MOST = 8;

  private OpenSslErrors() {}

  /// Empties the queue and tells what was in it, in the library's own words.
  static String drain() {
    long error = LibCrypto.nextError();
    if (error == 0) {
      return "no reason given";
    }
    StringJoiner texts = new StringJoiner("; ");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(LONGEST);
      for (int i = 0; error != 0 && i < MOST; i++) {
        LibCrypto.errorText(error, text.address(), LONGEST);
        texts.add(text.getString(0));
        error = LibCrypto.nextError();
      }
    }
    LibCrypto.clearErrors();
    return texts.toString();
  }
}
