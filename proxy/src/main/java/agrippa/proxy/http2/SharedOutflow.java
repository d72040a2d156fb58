package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What all streams of a connection send: keeps to the window that they share, and gives those that
/// wait for room their turns.
final class SharedOutflow {
  private final Output output;
  private final HeadFields fields;
  private final ArrayDeque<Stream> waiting = new ArrayDeque<>();
  private long window = Settings.DEFAULT_WINDOW;
  private boolean closed;

  /// @param fields writes trailers
  SharedOutflow(Output output, HeadFields fields) {
    this.output = output;
    this.fields = fields;
  }

  /// Sends a whole header block, or nothing if there is no room for it.
  boolean headers(int stream, Buffer block, boolean ends) {
    if (closed || output.room() < Output.framed(block)) {
      return false;
    }
    output.headers(stream, block, ends);
    return true;
  }

  /// Bytes of data that may go in one frame now.
  long room() {
    return closed ? 0 : Math.min(window, output.room() - Frame.HEADER);
  }

  /// @param count no more than there is room for
  void data(int stream, Buffer from, int count, boolean ends) {
    window -= count;
    output.data(stream, from, count, ends);
  }

  /// Ends a stream in order.
  ///
  /// @param body whose trailers go last, or null
  void end(int stream, @Nullable ChunkReader body) {
    Buffer trailers = body == null ? null : fields.trailers(body);
    if (closed) {
      return;
    }
    if (trailers == null) {
      output.end(stream);
    } else {
      output.headers(stream, trailers, true);
    }
  }

  /// The peer takes this much more.
  void widen(int bytes) throws Violation {
    FrameReader.require(bytes > 0, "a window that grows by nothing");
    window += bytes;
    if (window > Integer.MAX_VALUE) {
      throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "a window too large");
    }
  }

  /// A stream has something to send that there is no room for.
  void awaitTurn(Stream stream) {
    if (!closed && !waiting.contains(stream)) {
      waiting.add(stream);
    }
  }

  /// Gives those who wait their turn, as long as there is room.
  void resume() {
    for (int i = waiting.size(); i > 0 && room() > 0; i--) {
      Stream stream = waiting.poll();
      if (stream == null) {
        return;
      }
      stream.resume();
    }
  }

  /// Nothing of streams is sent any more.
  void close() {
    closed = true;
    waiting.clear();
  }
}
