package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Memory that the TLS connections of one loop share, so that a connection at rest owns none: one
/// buffer that ciphertext is received into, and spare ones for what must wait, ciphertext that the
/// peer does not take or whose plaintext the session has no room for.
final class TlsBuffers {
  /// The longest record that TLS knows, with its head: RFC 5246 allows 2 KiB of expansion.
  static final int RECORD = 5 + 16_384 + 2_048;

  private static final int INPUT = 64 * 1024;
  private static final int SMALL = 20 * 1024;
  private static final int LARGE = 128 * 1024;
  private static final int SPARE_SMALL = 256;
  private static final int SPARE_LARGE = 16;

  private final Buffer input = Buffer.allocate(INPUT);
  private final ArrayDeque<Buffer> small = new ArrayDeque<>();
  private final ArrayDeque<Buffer> large = new ArrayDeque<>();

  /// The shared receive buffer, emptied. Nothing may be left in it when the loop's turn goes on.
  Buffer input() {
    input.window(0, 0);
    return input;
  }

  /// An empty buffer that holds `bytes`, or null if no connection may keep that much.
  @Nullable Buffer take(int bytes) {
    if (bytes > LARGE) {
      return null;
    }
    boolean fits = bytes <= SMALL;
    Buffer spare = (fits ? small : large).pollLast();
    return spare != null ? spare : Buffer.allocate(fits ? SMALL : LARGE);
  }

  /// Takes back what [#take] gave.
  void give(Buffer buffer) {
    buffer.window(0, 0);
    ArrayDeque<Buffer> spare = buffer.capacity() == SMALL ? small : large;
    if (spare.size() < (spare == small ? SPARE_SMALL : SPARE_LARGE)) {
      spare.addLast(buffer);
    } else {
      buffer.free();
    }
  }

  /// Appends `bytes` to what already waits, in a larger buffer if need be.
  ///
  /// @param waiting what waits so far, or null; not to be used any more
  /// @return what waits now, or null if that is more than a connection may keep; nothing waits then
  @Nullable Buffer keep(@Nullable Buffer waiting, Buffer bytes) {
    Buffer into = waiting;
    if (waiting == null) {
      into = take(bytes.length());
    } else if (waiting.room() < bytes.length()) {
      into = take(waiting.length() + bytes.length());
      if (into != null) {
        into.append(waiting);
      }
      give(waiting);
    }
    if (into != null) {
      into.append(bytes);
    }
    return into;
  }

  void free() {
    input.free();
    small.forEach(Buffer::free);
    large.forEach(Buffer::free);
    small.clear();
    large.clear();
  }
}
