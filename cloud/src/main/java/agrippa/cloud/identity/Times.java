package agrippa.cloud.identity;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Points in time as Keystone writes them: `2026-11-23T12:34:56.000000Z`.
final class Times {
  private static final DateTimeFormatter MICROSECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  static String format(Instant time) {
    return MICROSECONDS.format(time);
  }

  /// Reads UTC with or without a `Z`.
  ///
  /// @throws Refused if it is neither
  static Instant parse(String text) {
    try {
      String local = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
      return LocalDateTime.parse(local).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw Refused.bad("'" + text + "' is not a time such as 2026-11-23T12:34:56Z");
    }
  }
}
