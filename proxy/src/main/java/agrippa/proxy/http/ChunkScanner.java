package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// Follows a chunked body from read to read, without holding any of it. As strict as
/// [HeadScanner]: sizes without signs or blanks, CR LF everywhere, valid trailers, all bounded.
/// Fields that frame, route or end at a hop have come too late in a trailer (RFC 9110, section
/// 6.5.1): whoever merged them into the head would read another message than we did.
public final class ChunkScanner {
  private enum At {
    SIZE_START,
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    DONE,
    BAD
  }

  // 60 bits: more than any body, and far from overflow.
  private static final int SIZE_DIGITS = 15;

  private final HeadLimits limits;
  private At at = At.SIZE_START;
  // Bytes of data to come in this chunk.
  private long left;
  private int digits;
  // Bytes of this size line, or of all trailers.
  private int spent;
  // The name of this trailer in lower case, as far as it may be one that means something.
  private final byte[] name = new byte[FieldName.LONGEST];
  private int nameLength;
  private int behind;

  public ChunkScanner(HeadLimits limits) {
    this.limits = limits;
  }

  /// Starts over with another body.
  public void reset() {
    at = At.SIZE_START;
    left = 0;
    digits = 0;
    spent = 0;
  }

  /// Whether the body is complete.
  public boolean done() {
    return at == At.DONE;
  }

  /// Whether it is not a chunked body at all.
  public boolean bad() {
    return at == At.BAD;
  }

  /// Reads on from `from`.
  ///
  /// @return the position where the body ends, or `to` if it goes on; meaningless if [#bad]
  public int scan(Buffer in, int from, int to) {
    int i = from;
    while (i < to && at != At.DONE && at != At.BAD) {
      i = at == At.DATA ? i + skip(to - i) : step(in.at(i), i);
    }
    return i;
  }

  /// Reads on like [#scan], and moves the data together at `from`, without sizes and trailers.
  ///
  /// @return where the data ends
  public int unwrap(Buffer in, int from, int to) {
    int data = from;
    int i = from;
    while (i < to && at != At.DONE && at != At.BAD) {
      if (at == At.DATA) {
        int count = skip(to - i);
        in.move(i, data, count);
        data += count;
        i += count;
      } else {
        i = step(in.at(i), i);
      }
    }
    behind = i;
    return data;
  }

  /// Where the last [#unwrap] stopped reading: behind the body, if that is complete.
  public int behind() {
    return behind;
  }

  private int skip(int there) {
    int count = (int) Math.min(left, there);
    left -= count;
    if (left == 0) {
      at = At.DATA_CR;
    }
    return count;
  }

  /// Takes one byte that is not data.
  private int step(byte b, int i) {
    at =
        switch (at) {
          case SIZE_START, SIZE -> size(b);
          case EXTENSION -> extension(b);
          case SIZE_LF -> b != Ascii.LF ? At.BAD : left == 0 ? trailers() : At.DATA;
          case DATA_CR -> b == Ascii.CR ? At.DATA_LF : At.BAD;
          case DATA_LF -> b == Ascii.LF ? nextChunk() : At.BAD;
          case TRAILER_START -> b == Ascii.CR ? At.LAST_LF : trailerName(b, 0);
          case TRAILER_NAME -> b == ':' ? trailerValue() : trailerName(b, nameLength);
          case TRAILER_VALUE ->
              b == Ascii.CR ? At.TRAILER_LF : Ascii.isValue(b) ? bounded(At.TRAILER_VALUE) : At.BAD;
          case TRAILER_LF -> b == Ascii.LF ? At.TRAILER_START : At.BAD;
          case LAST_LF -> b == Ascii.LF ? At.DONE : At.BAD;
          case DATA, DONE, BAD -> throw new IllegalStateException(at.name());
        };
    return i + 1;
  }

  private At size(byte b) {
    int digit = hex(b);
    if (digit >= 0) {
      left = left << 4 | digit;
      return ++digits > SIZE_DIGITS ? At.BAD : At.SIZE;
    }
    if (at == At.SIZE_START) {
      return At.BAD;
    }
    return b == Ascii.CR ? At.SIZE_LF : b == ';' ? At.EXTENSION : At.BAD;
  }

  private At extension(byte b) {
    if (b == Ascii.CR) {
      return At.SIZE_LF;
    }
    return Ascii.isValue(b) && ++spent < limits.chunkLine() ? At.EXTENSION : At.BAD;
  }

  private At nextChunk() {
    digits = 0;
    spent = 0;
    return At.SIZE_START;
  }

  private At trailers() {
    spent = 0;
    return At.TRAILER_START;
  }

  private At trailerName(byte b, int before) {
    if (before < name.length) {
      name[before] = Ascii.lower(b);
    }
    nameLength = before + 1;
    return Ascii.isToken(b) ? bounded(At.TRAILER_NAME) : At.BAD;
  }

  private At trailerValue() {
    boolean known = nameLength <= name.length && FieldName.means(name, nameLength);
    return known ? At.BAD : At.TRAILER_VALUE;
  }

  private At bounded(At next) {
    return ++spent < limits.trailers() ? next : At.BAD;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
