package agrippa.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the text of URLs as leniently as Python's `urllib` does: a stray `%` stands for itself,
/// and bytes that are no UTF-8 become U+FFFD. Nothing here throws, whatever a client sends.
final class Text {
  private static final int LONGEST_LOGGED = 1_000;

  private Text() {}

  /// Segments of a raw path, decoded, without empty ones.
  static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    for (String raw : rawPath.split("/")) {
      if (!raw.isEmpty()) {
        segments.add(decode(raw, false));
      }
    }
    return segments;
  }

  /// Parameters of a raw query in their order, each name with all its values.
  static Map<String, List<String>> query(String raw) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String pair : raw.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
      query.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
    }
    return query;
  }

  /// Percent-decodes; in a query, `+` is a blank.
  static String decode(String raw, boolean plusIsBlank) {
    if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
      return raw;
    }
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    var decoded = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' ? digit(bytes, i + 1) : -1;
      int low = high < 0 ? -1 : digit(bytes, i + 2);
      if (low >= 0) {
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(bytes[i] == '+' && plusIsBlank ? ' ' : bytes[i]);
      }
    }
    return decoded.toString(StandardCharsets.UTF_8);
  }

  private static int digit(byte[] bytes, int at) {
    return at < bytes.length ? Character.digit(bytes[at], 16) : -1;
  }

  /// Text of a client's that is safe in a log line: control characters as `\\u000a`, cut when long.
  static String forLog(String text) {
    var safe = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST_LOGGED); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        safe.append("\\u%04x".formatted((int) c));
      } else {
        safe.append(c);
      }
    }
    return text.length() > LONGEST_LOGGED ? safe.append("...").toString() : safe.toString();
  }
}
