package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.BufferStore;
import org.jspecify.annotations.Nullable;

/// Takes frames apart and checks their form (RFC 9113, sections 4 and 6); puts header blocks
/// together that come in several frames. What they mean for a connection is not its business.
final class FrameReader {
  /// Told of frames of a right form.
  interface Sink {
    /// Whether more frames are wanted.
    boolean live();

    /// Whether a stream of this number has never been.
    boolean idle(int stream);

    /// The peer did something that costs us and helps nobody.
    void disturbed() throws Violation;

    /// @param size what it takes of the windows, which is more than what it has if it is padded
    void data(Buffer in, int stream, int from, int to, int size, boolean ends) throws Violation;

    /// A whole header block has come; it must be decoded, whatever becomes of it.
    void headers(int stream, Buffer in, int from, int to, boolean ends) throws Violation;

    void reset(int stream) throws Violation;

    /// Any number of whole settings.
    void settings(Buffer in, int from, int to) throws Violation;

    /// @param at where the eight bytes of the ping are
    void ping(Buffer in, int at) throws Violation;

    void windowUpdate(int stream, int bytes) throws Violation;

    /// The peer will take no streams beyond this one.
    void goesAway(int lastStream) throws Violation;
  }

  /// Continuations smaller than this serve nobody but those who want to be a burden.
  private static final int SMALL_CONTINUATION = 1_024;

  private final Sink sink;
  private final BufferStore buffers;
  private final byte[] greeting;
  private int greeted;
  // Whether the first settings have come.
  private boolean settled;

  // A header block that comes in several frames.
  private @Nullable Buffer block;
  private int blockStream;
  private boolean blockEnds;

  /// @param greeting what the peer sends before its first frame
  FrameReader(Sink sink, BufferStore buffers, byte[] greeting) {
    this.sink = sink;
    this.buffers = buffers;
    this.greeting = greeting;
  }

  /// Takes the whole frames at the front of the content.
  void read(Buffer in) throws Violation {
    while (greeted < greeting.length && !in.isEmpty()) {
      require(in.at(in.start()) == greeting[greeted++], "no client of HTTP/2");
      in.consume(1);
    }
    while (sink.live() && in.length() >= Frame.HEADER) {
      int at = in.start();
      int length = Frame.length(in, at);
      int type = in.at(at + 3) & 0xff;
      int flags = in.at(at + 4);
      if (length > Frame.SIZE) {
        throw new Violation(ErrorCode.FRAME_SIZE_ERROR, "a frame too long");
      }
      boolean settings = type == Frame.SETTINGS && (flags & Frame.ACK) == 0;
      require(settled || settings, "settings must come first");
      int payload = at + Frame.HEADER;
      if (in.end() - payload < length) {
        return;
      }
      settled = true;
      frame(in, type, flags, Frame.shortNumber(in, at + 5), payload, payload + length);
      in.window(payload + length, in.end());
    }
  }

  private void frame(Buffer in, int type, int flags, int stream, int from, int to)
      throws Violation {
    if (blockStream != 0 && (type != Frame.CONTINUATION || stream != blockStream)) {
      throw new Violation(ErrorCode.PROTOCOL_ERROR, "a header block is interrupted");
    }
    int length = to - from;
    switch (type) {
      case Frame.DATA -> data(in, flags, stream, from, to);
      case Frame.HEADERS -> headers(in, flags, stream, from, to);
      case Frame.PRIORITY -> {
        require(stream != 0, "a priority of no stream");
        requireSize(length == 5);
        sink.disturbed();
        require(Frame.shortNumber(in, from) != stream, "a stream depends on itself");
      }
      case Frame.RST_STREAM -> {
        require(stream != 0 && !sink.idle(stream), "a reset of no stream");
        requireSize(length == 4);
        sink.reset(stream);
      }
      case Frame.SETTINGS -> settings(in, flags, stream, from, to);
      case Frame.PUSH_PROMISE -> require(false, "a push that nobody wants");
      case Frame.PING -> {
        require(stream == 0, "a ping of a stream");
        requireSize(length == 8);
        if ((flags & Frame.ACK) == 0) {
          sink.ping(in, from);
        }
      }
      case Frame.GOAWAY -> {
        require(stream == 0, "a stream goes away");
        requireSize(length >= 8);
        sink.goesAway(Frame.shortNumber(in, from));
      }
      case Frame.WINDOW_UPDATE -> {
        requireSize(length == 4);
        require(stream == 0 || !sink.idle(stream), "a window of no stream");
        sink.windowUpdate(stream, Frame.shortNumber(in, from));
      }
      case Frame.CONTINUATION -> continuation(in, flags, from, to);
      default -> sink.disturbed();
    }
  }

  static void require(boolean met, String what) throws Violation {
    if (!met) {
      throw new Violation(ErrorCode.PROTOCOL_ERROR, what);
    }
  }

  private static void requireSize(boolean right) throws Violation {
    if (!right) {
      throw new Violation(ErrorCode.FRAME_SIZE_ERROR, "a frame of a size that it cannot have");
    }
  }

  private void data(Buffer in, int flags, int stream, int from, int to) throws Violation {
    require(stream != 0 && !sink.idle(stream), "data of no stream");
    int start = from;
    int end = to;
    if ((flags & Frame.PADDED) != 0) {
      require(to > from && (in.at(from) & 0xff) < to - from, "more padding than frame");
      end -= in.at(from) & 0xff;
      start++;
    }
    boolean ends = (flags & Frame.END_STREAM) != 0;
    if (start == end && !ends) {
      sink.disturbed();
    }
    sink.data(in, stream, start, end, to - from, ends);
  }

  private void headers(Buffer in, int flags, int stream, int from, int to) throws Violation {
    require(stream != 0, "headers of no stream");
    int start = from;
    int end = to;
    if ((flags & Frame.PADDED) != 0) {
      require(to > from && (in.at(from) & 0xff) < to - from, "more padding than frame");
      end -= in.at(from) & 0xff;
      start++;
    }
    if ((flags & Frame.WITH_PRIORITY) != 0) {
      requireSize(end - start >= 5);
      require(Frame.shortNumber(in, start) != stream, "a stream depends on itself");
      start += 5;
    }
    boolean ends = (flags & Frame.END_STREAM) != 0;
    if ((flags & Frame.END_HEADERS) != 0) {
      sink.headers(stream, in, start, end, ends);
    } else {
      blockStream = stream;
      blockEnds = ends;
      block = buffers.take(HpackDecoder.LONGEST_BLOCK);
      append(block, in, start, end);
    }
  }

  private void continuation(Buffer in, int flags, int from, int to) throws Violation {
    Buffer whole = block;
    if (whole == null) {
      throw new Violation(ErrorCode.PROTOCOL_ERROR, "a continuation of nothing");
    }
    if (whole.length() + to - from > HpackDecoder.LONGEST_BLOCK) {
      throw new Violation(ErrorCode.ENHANCE_YOUR_CALM, "a header block without end");
    }
    append(whole, in, from, to);
    if ((flags & Frame.END_HEADERS) != 0) {
      int stream = blockStream;
      dropBlock();
      try {
        sink.headers(stream, whole, whole.start(), whole.end(), blockEnds);
      } finally {
        buffers.give(whole);
      }
    } else if (to - from < SMALL_CONTINUATION) {
      sink.disturbed();
    }
  }

  private void settings(Buffer in, int flags, int stream, int from, int to) throws Violation {
    require(stream == 0, "settings of a stream");
    if ((flags & Frame.ACK) != 0) {
      requireSize(to == from);
      return;
    }
    requireSize((to - from) % Settings.ENTRY == 0);
    sink.settings(in, from, to);
  }

  private void dropBlock() {
    block = null;
    blockStream = 0;
  }

  /// Gives everything back.
  void close() {
    if (block != null) {
      buffers.give(block);
      dropBlock();
    }
  }

  private static void append(Buffer to, Buffer in, int from, int end) {
    int start = in.start();
    int behind = in.end();
    in.window(from, end);
    to.append(in);
    in.window(start, behind);
  }
}
