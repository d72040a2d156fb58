package agrippa.proxy.journal;

import agrippa.proxy.transport.Buffer;
import java.nio.charset.StandardCharsets;

/// Bytes of a client's, as many as are wanted of them. Used again and again: it grows to the
/// longest that it held, up to its limit, and then allocates nothing.
public final class Text {
  private static final int FIRST = 64;

  private final int most;
  private byte[] bytes = {};
  private int length;
  private boolean cut;

  Text(int most) {
    this.most = most;
  }

  void clear() {
    length = 0;
    cut = false;
  }

  void copy(Buffer in, int from, int to) {
    length = Math.min(most, to - from);
    cut = length < to - from;
    if (bytes.length < length) {
      bytes = new byte[Math.min(most, Math.max(FIRST, Integer.highestOneBit(length) << 1))];
    }
    in.get(from, bytes, 0, length);
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /// Whether there was more.
  public boolean cut() {
    return cut;
  }

  /// As an unsigned number.
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /// Each byte one character.
  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }
}
