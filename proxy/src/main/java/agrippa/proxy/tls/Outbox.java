package agrippa.proxy.tls;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import org.jspecify.annotations.Nullable;

/// Ciphertext on its way out, in order: what the channel does not take waits, within bounds.
final class Outbox {
  private final TlsBuffers buffers;
  private final Channel channel;
  private @Nullable Buffer waiting;
  private boolean broken;

  Outbox(TlsBuffers buffers, Channel channel) {
    this.buffers = buffers;
    this.channel = channel;
  }

  boolean isEmpty() {
    return waiting == null;
  }

  /// Whether nothing can be sent any more: the channel failed, or too much waits for a peer that
  /// makes us say more without ever listening.
  boolean isBroken() {
    return broken;
  }

  /// Sends bytes behind what waits, and empties their buffer.
  ///
  /// @return whether the channel still works
  boolean send(Buffer bytes) {
    if (bytes.isEmpty() || broken) {
      return !broken;
    }
    if (waiting == null) {
      broken = channel.write(bytes) == Channel.FAILED;
    }
    if (!broken && !bytes.isEmpty()) {
      waiting = buffers.keep(waiting, bytes);
      broken = waiting == null;
    }
    bytes.window(0, 0);
    return !broken;
  }

  /// Sends what waits.
  ///
  /// @return whether nothing waits any more
  boolean flush() {
    Buffer bytes = waiting;
    if (bytes == null) {
      return true;
    }
    broken |= channel.write(bytes) == Channel.FAILED;
    if (broken || !bytes.isEmpty()) {
      return false;
    }
    free();
    return true;
  }

  void free() {
    if (waiting != null) {
      buffers.give(waiting);
      waiting = null;
    }
  }
}
