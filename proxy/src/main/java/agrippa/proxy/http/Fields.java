package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;
import java.util.Arrays;

/// Where the fields of a head are in its buffer. One table serves head after head.
public final class Fields {
  private static final int LINE = 0;
  private static final int NAME_END = 1;
  private static final int VALUE = 2;
  private static final int VALUE_END = 3;
  private static final int WIDTH = 4;

  // One row more than there are fields: where the next line would begin.
  private final int[] at;
  private final FieldName[] names;
  private int count;

  Fields(int limit) {
    at = new int[(limit + 1) * WIDTH];
    names = new FieldName[limit];
    Arrays.fill(names, FieldName.OTHER);
  }

  public int count() {
    return count;
  }

  public FieldName name(int field) {
    return names[field];
  }

  /// Where the line, and so the name, begins.
  public int line(int field) {
    return at[field * WIDTH + LINE];
  }

  /// Behind the line's end.
  public int lineEnd(int field) {
    return at[(field + 1) * WIDTH + LINE];
  }

  public int nameEnd(int field) {
    return at[field * WIDTH + NAME_END];
  }

  /// Where the value begins, without blanks around it.
  public int value(int field) {
    return at[field * WIDTH + VALUE];
  }

  public int valueEnd(int field) {
    return at[field * WIDTH + VALUE_END];
  }

  /// The next field at or after number `field` whose name is `lower` (in lower case), or -1.
  public int find(Buffer in, byte[] lower, int field) {
    for (int i = field; i < count; i++) {
      if (Ascii.sameIgnoringCase(in, line(i), nameEnd(i), lower)) {
        return i;
      }
    }
    return -1;
  }

  /// The next field at or after number `field` that is a `wanted` one, or -1.
  public int find(FieldName wanted, int field) {
    for (int i = field; i < count; i++) {
      if (names[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /// Whether a field of this name (in lower case), which is a list, has an element.
  public boolean lists(Buffer in, byte[] lower, byte[] element) {
    for (int i = find(in, lower, 0); i >= 0; i = find(in, lower, i + 1)) {
      int at = value(i);
      int to = valueEnd(i);
      while (at < to) {
        int comma = Ascii.find(in, at, to, (byte) ',');
        int from = Ascii.skipBlanks(in, at, comma);
        if (Ascii.sameIgnoringCase(in, from, Ascii.trimEnd(in, from, comma), element)) {
          return true;
        }
        at = comma + 1;
      }
    }
    return false;
  }

  /// Reads lines up to the empty one.
  ///
  /// @return the position behind it, [HeadScanner#INCOMPLETE], or a negative status
  int scan(Buffer in, int from, int to) {
    count = 0;
    int line = from;
    while (line < to) {
      if (in.at(line) == Ascii.CR) {
        at[count * WIDTH + LINE] = line;
        return HeadScanner.behindLineEnd(in, line, to);
      }
      if (count == names.length) {
        return HeadScanner.TOO_LARGE;
      }
      int next = field(in, line, to);
      if (next <= 0) {
        return next;
      }
      line = next;
    }
    return HeadScanner.INCOMPLETE;
  }

  private int field(Buffer in, int line, int to) {
    int colon = line;
    while (colon < to && Ascii.isToken(in.at(colon))) {
      colon++;
    }
    if (colon == to) {
      return HeadScanner.INCOMPLETE;
    }
    // Anything else than a colon here is a folded line, a blank before the colon, a bare LF, or no
    // name at all: each is read differently by somebody, so none passes.
    if (colon == line || in.at(colon) != ':') {
      return HeadScanner.BAD;
    }
    int value = Ascii.skipBlanks(in, colon + 1, to);
    int end = Ascii.skipValue(in, value, to);
    int next = HeadScanner.behindLineEnd(in, end, to);
    if (next > 0) {
      add(in, line, colon, value, Ascii.trimEnd(in, value, end));
    }
    return next;
  }

  private void add(Buffer in, int line, int colon, int value, int valueEnd) {
    int row = count * WIDTH;
    at[row + LINE] = line;
    at[row + NAME_END] = colon;
    at[row + VALUE] = value;
    at[row + VALUE_END] = valueEnd;
    names[count++] = FieldName.of(in, line, colon);
  }
}
