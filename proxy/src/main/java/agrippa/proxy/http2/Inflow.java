package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.BufferStore;
import org.jspecify.annotations.Nullable;

/// What came in on one stream and has not been read yet, as text of HTTP/1.1: a head, then a body
/// as it is or in chunks. Used for message after message. Bounded by the stream's window.
final class Inflow {
  /// What a chunk costs besides its data: at most eight digits and two line ends.
  private static final int CHUNK = 12;

  private static final byte[] LINE_END = Ascii.bytes("\r\n");
  private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n");

  private final BufferStore buffers;
  private @Nullable Buffer heads;
  private @Nullable Buffer body;
  private @Nullable Buffer trailers;
  private boolean chunked;
  private boolean ended;
  // Whether the end is still to be read.
  private boolean owesEnd;
  private long expected;

  Inflow(BufferStore buffers) {
    this.buffers = buffers;
  }

  /// Another message is to come.
  void begin() {
    ended = false;
  }

  /// A head has come; the buffer is this one's from now on.
  ///
  /// @param length of the body if it is told, else -1
  /// @param ends whether no body follows
  void head(Buffer text, long length, boolean ends) {
    Buffer before = heads;
    heads = before == null ? text : joined(before, text);
    chunked = !ends && length < 0;
    expected = ends ? -1 : length;
    ended = ends;
    owesEnd = chunked;
  }

  /// An interim head has come: another one follows.
  void interim(Buffer text) {
    head(text, -1, true);
    ended = false;
  }

  private Buffer joined(Buffer first, Buffer second) {
    Buffer both = buffers.take(first.length() + second.length());
    both.append(first);
    both.append(second);
    buffers.give(first);
    buffers.give(second);
    return both;
  }

  /// A part of the body has come.
  ///
  /// @return whether it fits what the head says
  boolean data(Buffer in, int from, int to, boolean ends) {
    int count = to - from;
    if (expected >= 0) {
      expected -= count;
      if (expected < 0 || (ends && expected > 0)) {
        return false;
      }
    }
    if (count > 0) {
      Buffer into = room(count);
      int start = in.start();
      int end = in.end();
      in.window(from, to);
      into.append(in);
      in.window(start, end);
    }
    ended |= ends;
    return true;
  }

  /// The message ends, perhaps with trailers, whose buffer is this one's from now on.
  ///
  /// @return whether that fits what the head says
  boolean trailers(Buffer text) {
    ended = true;
    if (expected > 0) {
      buffers.give(text);
      return false;
    }
    if (chunked) {
      trailers = text;
    } else {
      // There is no place for them behind a body of known length; nobody may rely on them.
      buffers.give(text);
    }
    return true;
  }

  /// The body's buffer with room for so much more at its end.
  private Buffer room(int count) {
    Buffer now = body;
    if (now == null) {
      now = buffers.take(count);
    } else if (now.room() < count) {
      Buffer larger = buffers.take(now.length() + count);
      larger.append(now);
      buffers.give(now);
      now = larger;
    }
    body = now;
    return now;
  }

  /// Whether the message is complete, read or not.
  boolean ended() {
    return ended;
  }

  /// Whether there is something to read.
  boolean readable() {
    return heads != null || body != null || (ended && owesEnd);
  }

  /// Reads on.
  ///
  /// @return how many bytes of the body are among what was read
  int read(Buffer into) {
    Buffer first = heads;
    if (first != null) {
      first.consume(into.append(first));
      if (!first.isEmpty()) {
        return 0;
      }
      buffers.give(first);
      heads = null;
    }
    int count = readBody(into);
    if (body == null && ended && owesEnd) {
      readEnd(into);
    }
    return count;
  }

  private int readBody(Buffer into) {
    Buffer from = body;
    int room = chunked ? into.room() - CHUNK : into.room();
    if (from == null || room <= 0) {
      return 0;
    }
    int count = Math.min(from.length(), room);
    if (chunked) {
      write(into, Ascii.bytes(Integer.toHexString(count)));
      write(into, LINE_END);
    }
    int end = from.end();
    from.window(from.start(), from.start() + count);
    into.append(from);
    from.window(from.start() + count, end);
    if (chunked) {
      write(into, LINE_END);
    }
    if (from.isEmpty()) {
      buffers.give(from);
      body = null;
    }
    return count;
  }

  private void readEnd(Buffer into) {
    Buffer lines = trailers;
    int length = lines == null ? 0 : lines.length();
    if (into.room() < LAST_CHUNK.length + length + LINE_END.length) {
      return;
    }
    write(into, LAST_CHUNK);
    if (lines != null) {
      into.append(lines);
      buffers.give(lines);
      trailers = null;
    }
    write(into, LINE_END);
    owesEnd = false;
  }

  private static void write(Buffer into, byte[] bytes) {
    into.put(into.end(), bytes, 0, bytes.length);
    into.produced(bytes.length);
  }

  /// Forgets what was not read.
  ///
  /// @return bytes of the body that were forgotten
  int clear() {
    int forgotten = body == null ? 0 : body.length();
    for (Buffer held : new Buffer[] {heads, body, trailers}) {
      if (held != null) {
        buffers.give(held);
      }
    }
    heads = null;
    body = null;
    trailers = null;
    owesEnd = false;
    return forgotten;
  }
}
