package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// Writes header blocks (RFC 7541) without a table of its own: nothing has to be remembered for a
/// peer, and a block may be written before it is known whether it can be sent. Like HAProxy's.
final class HpackEncoder {
  private static final int STATUS = 8;
  private static final int[] STATUSES = {200, 204, 206, 304, 400, 404, 500};

  private final Buffer block;

  /// @param block where blocks are written
  HpackEncoder(Buffer block) {
    this.block = block;
  }

  /// Begins a block.
  void begin() {
    block.window(0, 0);
  }

  /// The block so far.
  Buffer block() {
    return block;
  }

  void status(int status) {
    for (int i = 0; i < STATUSES.length; i++) {
      if (STATUSES[i] == status) {
        indexed(STATUS + i);
        return;
      }
    }
    number(STATUS, 4, 0);
    number(3, 7, 0);
    put((byte) ('0' + status / 100));
    put((byte) ('0' + status / 10 % 10));
    put((byte) ('0' + status % 10));
  }

  /// A whole field of the static table.
  void indexed(int index) {
    number(index, 7, 0x80);
  }

  /// A field whose name is in the static table.
  void literal(int index, Buffer in, int from, int to) {
    number(index, 4, 0);
    string(in, from, to);
  }

  /// A field; its name is written in lower case.
  void field(Buffer in, int name, int nameEnd, int value, int valueEnd) {
    int index = StaticTable.named(in, name, nameEnd);
    number(index, 4, 0);
    if (index == 0) {
      number(nameEnd - name, 7, 0);
      int at = block.end();
      for (int i = name; i < nameEnd; i++) {
        block.put(at++, Ascii.lower(in.at(i)));
      }
      block.produced(nameEnd - name);
    }
    string(in, value, valueEnd);
  }

  private void string(Buffer in, int from, int to) {
    number(to - from, 7, 0);
    int start = in.start();
    int end = in.end();
    in.window(from, to);
    block.append(in);
    in.window(start, end);
  }

  private void number(int value, int bits, int pattern) {
    int most = (1 << bits) - 1;
    if (value < most) {
      put((byte) (pattern | value));
      return;
    }
    put((byte) (pattern | most));
    int rest = value - most;
    while (rest >= 0x80) {
      put((byte) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    put((byte) rest);
  }

  private void put(byte b) {
    block.put(block.end(), b);
    block.produced(1);
  }
}
