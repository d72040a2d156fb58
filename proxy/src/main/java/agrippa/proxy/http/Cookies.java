package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// Cookies where they are in a head. Ranges are packed into a long: [#from] and [#to] take them
/// apart.
public final class Cookies {
  public static final long NONE = -1;

  private Cookies() {}

  public static int from(long range) {
    return (int) (range >>> 32);
  }

  public static int to(long range) {
    return (int) range;
  }

  private static long range(int from, int to) {
    return (long) from << 32 | to;
  }

  /// The value of the next cookie of this name that a request sends, or [#NONE].
  ///
  /// @param from 0 for the first one, then the end of the value before
  public static long sent(Buffer in, Fields fields, byte[] name, int from) {
    int field = fields.find(FieldName.COOKIE, 0);
    while (field >= 0) {
      int at = Math.max(from, fields.value(field));
      int to = fields.valueEnd(field);
      while (at < to) {
        int end = Ascii.find(in, at, to, (byte) ';');
        long value = value(in, at, end, name);
        if (value != NONE) {
          return value;
        }
        at = end + 1;
      }
      field = fields.find(FieldName.COOKIE, field + 1);
    }
    return NONE;
  }

  /// The value that the Set-Cookie in field number `field` sets, if it sets a cookie of this name,
  /// else [#NONE].
  public static long set(Buffer in, Fields fields, int field, byte[] name) {
    int from = fields.value(field);
    return value(in, from, Ascii.find(in, from, fields.valueEnd(field), (byte) ';'), name);
  }

  /// Drops all cookies of this name from a request.
  public static void cut(Buffer in, Fields fields, byte[] name, HeadEditor editor) {
    int field = fields.find(FieldName.COOKIE, 0);
    while (field >= 0) {
      cut(in, fields, field, name, editor);
      field = fields.find(FieldName.COOKIE, field + 1);
    }
  }

  private static void cut(Buffer in, Fields fields, int field, byte[] name, HeadEditor editor) {
    int from = fields.value(field);
    int to = fields.valueEnd(field);
    boolean keptAny = false;
    boolean cutAny = false;
    int at = from;
    while (at < to) {
      int end = Ascii.find(in, at, to, (byte) ';');
      if (value(in, at, end, name) == NONE) {
        keptAny = true;
      } else {
        cutAny = true;
        // With the separator in front of it, or behind it if nothing is kept in front.
        editor.cut(
            keptAny ? at - 1 : at, keptAny ? end : Ascii.skipBlanks(in, Math.min(end + 1, to), to));
      }
      at = end + 1;
    }
    if (cutAny && !keptAny) {
      editor.cutField(fields, field);
    }
  }

  /// The value of the pair from `from` to `to`, if it has this name.
  private static long value(Buffer in, int from, int to, byte[] name) {
    int start = Ascii.skipBlanks(in, from, to);
    if (!Ascii.startsWith(in, start, to, name)) {
      return NONE;
    }
    int equals = Ascii.skipBlanks(in, start + name.length, to);
    if (equals == to || in.at(equals) != '=') {
      return NONE;
    }
    int value = Ascii.skipBlanks(in, equals + 1, to);
    return range(value, Ascii.trimEnd(in, value, to));
  }
}
