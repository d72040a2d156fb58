package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import org.jspecify.annotations.Nullable;

/// Ciphertext that came in and is not decrypted yet.
final class Inbox {
  private final TlsBuffers buffers;
  private @Nullable Buffer waiting;

  Inbox(TlsBuffers buffers) {
    this.buffers = buffers;
  }

  /// The loop's receive buffer with what waits in it, and room for about as much ciphertext as
  /// there is room for its plaintext. It goes back by [#keep] before anything else is received.
  Buffer open(int plaintextRoom) {
    Buffer in = buffers.input();
    Buffer before = waiting;
    if (before != null) {
      in.append(before);
      free();
      return in;
    }
    // A part of a record may be inside the engine already: its plaintext needs room too.
    int room = plaintextRoom - TlsBuffers.RECORD;
    int limit = Math.min(in.capacity(), Math.max(room, TlsBuffers.RECORD));
    in.window(in.capacity() - limit, in.capacity() - limit);
    return in;
  }

  /// Keeps what is left of an opened buffer.
  void keep(Buffer in) {
    if (!in.isEmpty()) {
      waiting = buffers.keep(null, in);
    }
  }

  void free() {
    if (waiting != null) {
      buffers.give(waiting);
      waiting = null;
    }
  }
}
