package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Which fields a message may have (RFC 9113, section 8.2). Whatever passes can be written as a
/// line of HTTP/1 that means the same.
final class FieldRules {
  private static final byte[] TRAILERS = Ascii.bytes("trailers");

  // Of one connection only: they have no meaning here, and would have one further on.
  private static final Set<String> FORBIDDEN =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  private FieldRules() {}

  static boolean valid(byte[] text, int name, int value, int end) {
    return validName(text, name, value)
        && validValue(text, value, end)
        && !forbidden(text, name, value)
        && (!is(text, name, value, "te") || is(text, value, end, TRAILERS));
  }

  private static boolean validName(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isToken(text[i]) || Ascii.lower(text[i]) != text[i]) {
        return false;
      }
    }
    return from < to;
  }

  private static boolean validValue(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isValue(text[i])) {
        return false;
      }
    }
    return from == to || (!Ascii.isBlank(text[from]) && !Ascii.isBlank(text[to - 1]));
  }

  private static boolean forbidden(byte[] text, int from, int to) {
    return switch (to - from) {
      case 7, 10, 16, 17 ->
          FORBIDDEN.contains(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
      default -> false;
    };
  }

  /// Whether the bytes from `from` to `to` are `wanted`.
  static boolean is(byte[] text, int from, int to, String wanted) {
    if (to - from != wanted.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text[i] != wanted.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }

  private static boolean is(byte[] text, int from, int to, byte[] lower) {
    if (to - from != lower.length) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (Ascii.lower(text[i]) != lower[i - from]) {
        return false;
      }
    }
    return true;
  }

  /// A Content-Length, or -1 if it is none.
  static long length(byte[] text, int from, int to) {
    // 18 digits cannot overflow.
    if (from == to || to - from > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (!Ascii.isDigit(text[i])) {
        return -1;
      }
      value = value * 10 + text[i] - '0';
    }
    return value;
  }
}
