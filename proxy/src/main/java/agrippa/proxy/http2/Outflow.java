package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import org.jspecify.annotations.Nullable;

/// The body that leaves on one stream: takes HTTP/1.1 framing off and sends frames instead, as many
/// as the windows allow. Used for message after message.
final class Outflow {
  private enum Part {
    HEAD,
    LENGTH,
    CHUNKS,
    UNTIL_CLOSE,
    DONE
  }

  private final Connection connection;
  private @Nullable ChunkReader chunks;
  private Part part = Part.HEAD;
  private long left;
  private long window;

  Outflow(Connection connection) {
    this.connection = connection;
  }

  /// Begins another message.
  ///
  /// @param window how much the peer takes of it for now
  void begin(long window) {
    this.window = window;
    part = Part.HEAD;
  }

  /// The head is sent.
  ///
  /// @param length of the body if it is known, else -1
  void head(boolean ends, boolean chunked, long length) {
    if (ends) {
      part = Part.DONE;
    } else if (chunked) {
      if (chunks == null) {
        chunks = new ChunkReader();
      }
      chunks.begin();
      part = Part.CHUNKS;
    } else {
      part = length < 0 ? Part.UNTIL_CLOSE : Part.LENGTH;
      left = length;
    }
  }

  boolean atHead() {
    return part == Part.HEAD;
  }

  boolean done() {
    return part == Part.DONE;
  }

  /// Whether the body ends when its sender says so, and by nothing else.
  boolean untilClose() {
    return part == Part.UNTIL_CLOSE;
  }

  /// The peer takes this much more, or less if negative.
  ///
  /// @return whether that is a window that can be
  boolean widen(long bytes) {
    window += bytes;
    return window <= Integer.MAX_VALUE;
  }

  boolean hasWindow() {
    return window > 0;
  }

  /// Sends what can be sent of the body at the front of the content.
  ///
  /// @return whether something was taken
  boolean send(int stream, Buffer from) {
    return switch (part) {
      case LENGTH -> frame(stream, from, (int) Math.min(left, from.length()));
      case CHUNKS -> chunk(stream, from);
      case UNTIL_CLOSE -> frame(stream, from, from.length());
      case HEAD, DONE -> false;
    };
  }

  private boolean chunk(int stream, Buffer from) {
    ChunkReader reader = chunks;
    if (reader == null) {
      return false;
    }
    int before = from.length();
    int count = reader.data(from);
    if (reader.done()) {
      part = Part.DONE;
      connection.outflow().end(stream, reader);
      return true;
    }
    return count > 0 ? frame(stream, from, count) : from.length() < before;
  }

  private boolean frame(int stream, Buffer from, int wanted) {
    int most = (int) Math.min(window, connection.outflow().room());
    int count = Math.min(Math.min(wanted, Frame.SIZE), most);
    if (count <= 0) {
      return false;
    }
    window -= count;
    if (part == Part.LENGTH) {
      left -= count;
      part = left == 0 ? Part.DONE : part;
    } else if (part == Part.CHUNKS && chunks != null) {
      chunks.took(count);
    }
    connection.outflow().data(stream, from, count, part == Part.DONE);
    return true;
  }
}
