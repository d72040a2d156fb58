package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// Makes chunks (RFC 9112, section 7.1).
public final class ChunkFrame {
  private static final byte[] LINE_END = Ascii.bytes("\r\n");
  private static final byte[] LAST = Ascii.bytes("0\r\n\r\n");
  private static final byte[] DIGITS = Ascii.bytes("0123456789abcdef");

  private ChunkFrame() {}

  /// Makes a chunk of a buffer's content, in place: there must be 10 bytes of room in front and 7
  /// behind. What is empty becomes no chunk, which would be the last one.
  ///
  /// @param last whether the body ends behind it
  public static void wrap(Buffer data, boolean last) {
    if (!data.isEmpty()) {
      int start = data.start();
      int rest = data.length();
      data.put(--start, Ascii.LF);
      data.put(--start, Ascii.CR);
      for (; rest > 0; rest >>>= 4) {
        data.put(--start, DIGITS[rest & 0xf]);
      }
      data.window(start, data.end());
      append(data, LINE_END);
    }
    if (last) {
      append(data, LAST);
    }
  }

  private static void append(Buffer data, byte[] bytes) {
    data.put(data.end(), bytes, 0, bytes.length);
    data.produced(bytes.length);
  }
}
