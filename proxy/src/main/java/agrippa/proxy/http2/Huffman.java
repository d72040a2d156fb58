package agrippa.proxy.http2;

import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// The Huffman code of HPACK (RFC 7541, section 5.2 and appendix B), read eight bits at a time.
final class Huffman {
  /// Each symbol's number of bits. The code is canonical: shorter codes before longer ones, those
  /// of one length in the order of their symbols; so the lengths say all.
  private static final String LENGTHS =
      """
      13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28
      28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28
      6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6
      5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10
      13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7
      7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6
      15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5
      6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28
      20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23
      24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24
      22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23
      21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23
      26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25
      19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27
      20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23
      26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26
      30
      """;

  private static final int END = 256;
  private static final int LONGEST = 30;

  /// Rows of 256: what the next eight bits mean behind some that are known. Either a symbol and how
  /// many of the bits are its last ones, or, negative, the row for the eight bits after these.
  private static final int[] ROWS = rows();

  private Huffman() {}

  private static int[] rows() {
    int[] lengths = Arrays.stream(LENGTHS.split("\\s+")).mapToInt(Integer::parseInt).toArray();
    int[] rows = new int[256];
    int code = 0;
    for (int length = 1; length <= LONGEST; length++) {
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == length) {
          rows = enter(rows, symbol, code++, length);
        }
      }
      code <<= 1;
    }
    return rows;
  }

  private static int[] enter(int[] known, int symbol, int code, int length) {
    int[] rows = known;
    int row = 0;
    int left = length;
    for (; left > 8; left -= 8) {
      int at = row + (code >>> left - 8 & 0xff);
      if (rows[at] == 0) {
        rows[at] = -rows.length;
        rows = Arrays.copyOf(rows, rows.length + 256);
      }
      row = -rows[at];
    }
    int first = row + (code << 8 - left & 0xff);
    Arrays.fill(rows, first, first + (1 << 8 - left), symbol << 4 | left);
    return rows;
  }

  /// Decodes the bytes from `from` to `to`.
  ///
  /// @return where the text ends in `into`
  static int decode(Buffer in, int from, int to, byte[] into, int at) throws Violation {
    int end = at;
    int row = 0;
    long bits = 0;
    int count = 0;
    for (int i = from; i < to; i++) {
      bits = bits << 8 | in.at(i) & 0xff;
      count += 8;
      while (count >= 8) {
        int entry = ROWS[row + (int) (bits >>> count - 8 & 0xff)];
        if (entry < 0) {
          row = -entry;
          count -= 8;
        } else {
          into[end++] = symbol(entry);
          row = 0;
          count -= entry & 0xf;
        }
      }
    }
    return last(row, bits, count, into, end);
  }

  /// Fewer than eight bits are left: short symbols, then padding of ones.
  private static int last(int row, long bits, int count, byte[] into, int at) throws Violation {
    int end = at;
    int left = count;
    int open = row;
    while (left > 0) {
      int entry = ROWS[open + (int) (bits << 8 - left & 0xff)];
      if (entry < 0 || (entry & 0xf) > left) {
        break;
      }
      into[end++] = symbol(entry);
      open = 0;
      left -= entry & 0xf;
    }
    long padding = (1L << left) - 1;
    if (open != 0 || (bits & padding) != padding) {
      throw new Violation(ErrorCode.COMPRESSION_ERROR, "a string ends within a symbol");
    }
    return end;
  }

  private static byte symbol(int entry) throws Violation {
    if (entry >>> 4 == END) {
      throw new Violation(ErrorCode.COMPRESSION_ERROR, "a string goes on behind its end");
    }
    return (byte) (entry >>> 4);
  }
}
