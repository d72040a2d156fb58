package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;
import java.nio.charset.StandardCharsets;

/// What RFC 9110 and 9112 say of single octets, and comparisons that need no string.
public final class Ascii {
  static final byte CR = '\r';
  static final byte LF = '\n';
  static final byte SP = ' ';
  static final byte TAB = '\t';

  private static final byte DEL = 0x7f;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;

  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte HOST = 8;
  private static final byte DIGIT = 16;
  private static final byte[] KINDS = kinds();

  private Ascii() {}

  private static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int c = 0x21; c < 0x7f; c++) {
      kinds[c] = VALUE | TARGET;
    }
    // Text beyond ASCII is opaque but allowed in values.
    for (int c = 0x80; c < 0x100; c++) {
      kinds[c] = VALUE;
    }
    kinds[SP] = VALUE;
    kinds[TAB] = VALUE;
    // A fragment is never sent; a peer behind us may cut the target there.
    kinds['#'] = VALUE;
    mark(kinds, TOKEN, "!#$%&'*+-.^_`|~");
    mark(kinds, HOST, "-._~%!$&'()*+;=:[]");
    mark(kinds, (byte) (TOKEN | HOST | DIGIT), "0123456789");
    mark(kinds, (byte) (TOKEN | HOST), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return kinds;
  }

  private static void mark(byte[] kinds, byte kind, String characters) {
    characters.chars().forEach(c -> kinds[c] |= kind);
  }

  public static boolean isToken(byte b) {
    return (KINDS[b & 0xff] & TOKEN) != 0;
  }

  /// Whether it may be part of a field's value: visible, blank, or beyond ASCII.
  public static boolean isValue(byte b) {
    return (KINDS[b & 0xff] & VALUE) != 0;
  }

  /// The first position at or after `from` that may not be part of a field's value, or `to`.
  static int skipValue(Buffer in, int from, int to) {
    int at = from;
    while (to - at >= 8 && allVisible(in.eightAt(at))) {
      at += 8;
    }
    while (at < to && isValue(in.at(at))) {
      at++;
    }
    return at;
  }

  /// The first position at or after `from` that may not be part of a target, or `to`.
  static int skipTarget(Buffer in, int from, int to) {
    int at = from;
    while (to - at >= 8 && allTarget(in.eightAt(at))) {
      at += 8;
    }
    while (at < to && isTarget(in.at(at))) {
      at++;
    }
    return at;
  }

  /// Whether eight bytes are neither controls nor DEL. Those that it refuses are looked at one by
  /// one, so it may refuse a tab.
  private static boolean allVisible(long eight) {
    return (anyBelow(eight, SP) | anyIs(eight, DEL)) == 0;
  }

  private static boolean allTarget(long eight) {
    long beyondAscii = eight & HIGH_BITS;
    return (beyondAscii
            | anyBelow(eight, (byte) '!')
            | anyIs(eight, DEL)
            | anyIs(eight, (byte) '#'))
        == 0;
  }

  /// Not 0 if any of eight bytes is below a limit of at most 128, all taken as unsigned.
  private static long anyBelow(long eight, byte limit) {
    return eight - ONES * limit & ~eight & HIGH_BITS;
  }

  private static long anyIs(long eight, byte wanted) {
    return anyBelow(eight ^ ONES * wanted, (byte) 1);
  }

  public static boolean isTarget(byte b) {
    return (KINDS[b & 0xff] & TARGET) != 0;
  }

  public static boolean isHost(byte b) {
    return (KINDS[b & 0xff] & HOST) != 0;
  }

  public static boolean isDigit(byte b) {
    return (KINDS[b & 0xff] & DIGIT) != 0;
  }

  /// The optional white space of RFC 9110, section 5.6.3.
  public static boolean isBlank(byte b) {
    return b == SP || b == TAB;
  }

  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Whether the bytes from `from` to `to` are `wanted`.
  public static boolean same(Buffer in, int from, int to, byte[] wanted) {
    return to - from == wanted.length && startsWith(in, from, to, wanted);
  }

  /// Whether they are `wanted`, which is in lower case, when case does not matter.
  public static boolean sameIgnoringCase(Buffer in, int from, int to, byte[] wanted) {
    return to - from == wanted.length && startsIgnoringCase(in, from, to, wanted);
  }

  public static boolean startsWith(Buffer in, int from, int to, byte[] wanted) {
    if (to - from < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (in.at(from + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  public static boolean startsIgnoringCase(Buffer in, int from, int to, byte[] wanted) {
    if (to - from < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (lower(in.at(from + i)) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether two ranges of a buffer are the same when case does not matter.
  static boolean sameIgnoringCase(Buffer in, int from, int to, int otherFrom, int otherTo) {
    if (to - from != otherTo - otherFrom) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (lower(in.at(from + i)) != lower(in.at(otherFrom + i))) {
        return false;
      }
    }
    return true;
  }

  /// The first position at or after `from` that holds `wanted`, or `to`.
  public static int find(Buffer in, int from, int to, byte wanted) {
    int at = from;
    while (at < to && in.at(at) != wanted) {
      at++;
    }
    return at;
  }

  /// The first position at or after `from` that is not blank, or `to`.
  public static int skipBlanks(Buffer in, int from, int to) {
    int at = from;
    while (at < to && isBlank(in.at(at))) {
      at++;
    }
    return at;
  }

  /// Where the bytes from `from` to `to` end without trailing blanks.
  public static int trimEnd(Buffer in, int from, int to) {
    int end = to;
    while (end > from && isBlank(in.at(end - 1))) {
      end--;
    }
    return end;
  }

  /// The bytes as text, each one character.
  public static String text(Buffer in, int from, int to) {
    byte[] copy = new byte[to - from];
    in.get(from, copy, 0, copy.length);
    return new String(copy, StandardCharsets.ISO_8859_1);
  }
}
