package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// Frames as bytes (RFC 9113, sections 4.1 and 6).
final class Frame {
  static final int HEADER = 9;

  /// What we take, and what everybody must take.
  static final int SIZE = 16_384;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int ACK = 0x1;
  static final int END_STREAM = 0x1;
  static final int END_HEADERS = 0x4;
  static final int PADDED = 0x8;
  static final int WITH_PRIORITY = 0x20;

  /// What clients send first (RFC 9113, section 3.4).
  static final byte[] PREFACE = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private Frame() {}

  /// Appends a frame's header.
  static void begin(Buffer out, int length, int type, int flags, int stream) {
    int at = out.end();
    out.put(at, (byte) (length >>> 16));
    out.put(at + 1, (byte) (length >>> 8));
    out.put(at + 2, (byte) length);
    out.put(at + 3, (byte) type);
    out.put(at + 4, (byte) flags);
    putInt(out, at + 5, stream);
    out.produced(HEADER);
  }

  /// Appends 32 bits.
  static void append(Buffer out, int value) {
    putInt(out, out.end(), value);
    out.produced(4);
  }

  private static void putInt(Buffer out, int at, int value) {
    out.put(at, (byte) (value >>> 24));
    out.put(at + 1, (byte) (value >>> 16));
    out.put(at + 2, (byte) (value >>> 8));
    out.put(at + 3, (byte) value);
  }

  static int length(Buffer in, int at) {
    return (in.at(at) & 0xff) << 16 | (in.at(at + 1) & 0xff) << 8 | in.at(at + 2) & 0xff;
  }

  static int number(Buffer in, int at) {
    return (in.at(at) & 0xff) << 24 | length(in, at + 1);
  }

  /// A number whose first bit means nothing.
  static int shortNumber(Buffer in, int at) {
    return number(in, at) & Integer.MAX_VALUE;
  }
}
