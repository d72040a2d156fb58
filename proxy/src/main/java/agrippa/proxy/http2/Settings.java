package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;

/// What a peer asks of us (RFC 9113, section 6.5).
final class Settings {
  static final int HEADER_TABLE_SIZE = 1;
  static final int ENABLE_PUSH = 2;
  static final int MAX_CONCURRENT_STREAMS = 3;
  static final int INITIAL_WINDOW_SIZE = 4;
  static final int MAX_FRAME_SIZE = 5;
  static final int MAX_HEADER_LIST_SIZE = 6;

  /// Bytes of one setting in a frame.
  static final int ENTRY = 6;

  /// Bytes that may be sent before anybody has said anything about it.
  static final int DEFAULT_WINDOW = 65_535;

  private static final int LARGEST_FRAME = (1 << 24) - 1;

  private int initialWindow = DEFAULT_WINDOW;
  private int concurrentStreams = Integer.MAX_VALUE;

  /// Takes the settings of one frame's payload.
  void take(Buffer in, int from, int to) throws Violation {
    for (int at = from; at < to; at += ENTRY) {
      int id = (in.at(at) & 0xff) << 8 | in.at(at + 1) & 0xff;
      take(id, Frame.number(in, at + 2));
    }
  }

  private void take(int id, int value) throws Violation {
    switch (id) {
      case ENABLE_PUSH -> {
        if (value != 0 && value != 1) {
          throw new Violation(ErrorCode.PROTOCOL_ERROR, "neither push nor none");
        }
      }
      case MAX_CONCURRENT_STREAMS -> concurrentStreams = value < 0 ? Integer.MAX_VALUE : value;
      case INITIAL_WINDOW_SIZE -> {
        if (value < 0) {
          throw new Violation(ErrorCode.FLOW_CONTROL_ERROR, "a window too large");
        }
        initialWindow = value;
      }
      case MAX_FRAME_SIZE -> {
        if (value < Frame.SIZE || value > LARGEST_FRAME) {
          throw new Violation(ErrorCode.PROTOCOL_ERROR, "no size for frames");
        }
      }
      default -> {
        // The others ask for less than we do: no table is used, and no frame is larger than all
        // must take. What is unknown is to be ignored.
      }
    }
  }

  /// The window that each stream begins with.
  int initialWindow() {
    return initialWindow;
  }

  /// Most streams that we may have open at a time.
  int concurrentStreams() {
    return concurrentStreams;
  }
}
