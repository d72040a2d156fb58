package agrippa.web;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The server's own address as a client sees it, for links in answers. A client can only fool
/// itself with these headers, but never with more than a well-formed URL.
final class BaseUrl {
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");
  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]{1,64}){1,8}");

  private BaseUrl() {}

  /// Scheme, authority and the prefix that a reverse proxy took away.
  ///
  /// @param own authority to use when the request names none
  static String of(Map<String, List<String>> headers, String own) {
    String proto = first(headers, "x-forwarded-proto").toLowerCase(Locale.ROOT);
    String scheme = proto.equals("https") ? "https" : "http";
    String forwarded = first(headers, "x-forwarded-host");
    String authority = AUTHORITY.matcher(forwarded).matches() ? forwarded : first(headers, "host");
    String prefix = first(headers, "x-forwarded-prefix");
    return scheme
        + "://"
        + (AUTHORITY.matcher(authority).matches() ? authority : own)
        + (PREFIX.matcher(prefix).matches() ? prefix : "");
  }

  /// What the proxy nearest to the client said.
  private static String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.getFirst().split(",", 2)[0].trim();
  }
}
