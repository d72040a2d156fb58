package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import org.jspecify.annotations.Nullable;

/// The frames that wait to be sent on a connection. What is written in one turn of the loop leaves
/// together at its end, or earlier once it is much. Bounded: streams are told to wait when it is
/// full, and a peer that reads nothing while it provokes answers loses its connection.
final class Output {
  private static final int CAPACITY = EventLoop.SCRATCH_ROOM;

  /// Kept free for frames that cannot wait: answers to pings, resets, the end of a stream.
  private static final int RESERVE = 16 << 10;

  /// As much as is worth a system call.
  private static final int MUCH = 32 << 10;

  private final Channel channel;
  private final EventLoop loop;
  private final Runnable turnEnds;
  private final Runnable atTurnsEnd = this::scheduled;
  private @Nullable Buffer out;
  private boolean scheduled;
  private boolean broken;
  private boolean stopped;

  /// @param turnEnds called at the end of a turn in which something was written
  Output(Channel channel, Runnable turnEnds) {
    this.channel = channel;
    this.loop = channel.loop();
    this.turnEnds = turnEnds;
  }

  /// Bytes that a stream may write now.
  int room() {
    if (length() > CAPACITY - RESERVE - MUCH) {
      flush();
    }
    return broken ? 0 : CAPACITY - RESERVE - length();
  }

  private int length() {
    return out == null ? 0 : out.length();
  }

  /// Whether the connection takes nothing any more.
  boolean broken() {
    return broken;
  }

  boolean isEmpty() {
    return out == null;
  }

  // ---- frames

  void data(int stream, Buffer from, int count, boolean end) {
    Buffer to = space(Frame.HEADER + count);
    Frame.begin(to, count, Frame.DATA, end ? Frame.END_STREAM : 0, stream);
    append(to, from, count);
    from.consume(count);
  }

  void end(int stream) {
    Frame.begin(space(Frame.HEADER), 0, Frame.DATA, Frame.END_STREAM, stream);
  }

  /// Bytes that a header block takes in frames.
  static int framed(Buffer block) {
    return block.length() + Frame.HEADER * (1 + block.length() / Frame.SIZE);
  }

  void headers(int stream, Buffer block, boolean end) {
    Buffer to = space(framed(block));
    int type = Frame.HEADERS;
    int flags = end ? Frame.END_STREAM : 0;
    do {
      int count = Math.min(block.length(), Frame.SIZE);
      int last = count == block.length() ? Frame.END_HEADERS : 0;
      Frame.begin(to, count, type, flags | last, stream);
      append(to, block, count);
      block.consume(count);
      type = Frame.CONTINUATION;
      flags = 0;
    } while (!block.isEmpty());
  }

  void bytes(byte[] bytes) {
    Buffer to = space(bytes.length);
    to.put(to.end(), bytes, 0, bytes.length);
    to.produced(bytes.length);
  }

  /// @param pairs of numbers and values
  void settings(int... pairs) {
    int count = pairs.length / 2;
    Buffer to = space(Frame.HEADER + count * Settings.ENTRY);
    Frame.begin(to, count * Settings.ENTRY, Frame.SETTINGS, 0, 0);
    for (int i = 0; i < pairs.length; i += 2) {
      to.put(to.end(), (byte) (pairs[i] >>> 8));
      to.put(to.end() + 1, (byte) pairs[i]);
      to.produced(2);
      Frame.append(to, pairs[i + 1]);
    }
  }

  void settingsTaken() {
    Frame.begin(space(Frame.HEADER), 0, Frame.SETTINGS, Frame.ACK, 0);
  }

  /// @param at where the eight bytes of the ping are
  void pong(Buffer in, int at) {
    Buffer to = space(Frame.HEADER + 8);
    Frame.begin(to, 8, Frame.PING, Frame.ACK, 0);
    Frame.append(to, Frame.number(in, at));
    Frame.append(to, Frame.number(in, at + 4));
  }

  void windowUpdate(int stream, int bytes) {
    number(Frame.WINDOW_UPDATE, stream, bytes);
  }

  void reset(int stream, ErrorCode why) {
    number(Frame.RST_STREAM, stream, why.number());
  }

  private void number(int type, int stream, int value) {
    Buffer to = space(Frame.HEADER + 4);
    Frame.begin(to, 4, type, 0, stream);
    Frame.append(to, value);
  }

  void goAway(int lastStream, ErrorCode why) {
    Buffer to = space(Frame.HEADER + 8);
    Frame.begin(to, 8, Frame.GOAWAY, 0, 0);
    Frame.append(to, lastStream);
    Frame.append(to, why.number());
  }

  // ---- memory

  /// The buffer, with room for so many bytes at its end.
  private Buffer space(int count) {
    if (stopped || length() + count > CAPACITY) {
      broken = true;
      drop();
    }
    Buffer to = out;
    if (to == null) {
      to = loop.borrow();
      out = to;
    }
    if (to.room() < count) {
      int length = to.length();
      to.move(to.start(), 0, length);
      to.window(0, length);
    }
    schedule();
    return to;
  }

  private static void append(Buffer to, Buffer from, int count) {
    int end = from.end();
    from.window(from.start(), from.start() + count);
    to.append(from);
    from.window(from.start(), end);
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.execute(atTurnsEnd);
    }
  }

  private void scheduled() {
    scheduled = false;
    if (stopped) {
      drop();
    } else {
      turnEnds.run();
    }
  }

  /// Sends what can be sent now; the channel's handler hears when there is room for what is left.
  void flush() {
    Buffer now = out;
    if (now == null) {
      return;
    }
    if (broken || channel.write(now) == Channel.FAILED) {
      broken = true;
      drop();
    } else if (now.isEmpty()) {
      drop();
    }
  }

  /// Forgets everything; nothing is sent any more.
  void stop() {
    stopped = true;
    drop();
  }

  private void drop() {
    if (out != null) {
      loop.giveBack(out);
      out = null;
    }
  }
}
