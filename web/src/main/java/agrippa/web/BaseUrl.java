package agrippa.web;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server's own address as a client sees it, for links in answers. A client can only fool
/// itself with these headers, but never with more than a well-formed URL.
final class BaseUrl {
  private static final Pattern AUTHORITY =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(:[0-9]{1,5})?");
  private static final Pattern PREFIX = Pattern.compile("(/[A-Za-z0-9._~-]{1,64}){1,8}");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  private BaseUrl() {}

  /// Scheme, authority and the prefix that a reverse proxy took away.
  ///
  /// @param scheme that the server itself is reached by
  /// @param own authority to use when the request names none
  /// @param told by proxies
  static String of(Map<String, List<String>> headers, String scheme, String own, Forwarded told) {
    String proto = told.proto().toLowerCase(Locale.ROOT);
    String seen = proto.equals("http") || proto.equals("https") ? proto : scheme;
    List<String> hosts = headers.getOrDefault("host", List.of());
    String asked = hosts.isEmpty() ? "" : hosts.getFirst();
    String authority = AUTHORITY.matcher(asked).matches() ? asked : own;
    if (AUTHORITY.matcher(told.host()).matches()) {
      authority = told.host();
    }
    return seen
        + "://"
        + withPort(authority, seen, told)
        + (PREFIX.matcher(told.prefix()).matches() ? told.prefix() : "");
  }

  /// A forwarded host may have a port of its own, which counts more.
  private static String withPort(String authority, String scheme, Forwarded told) {
    Matcher parts = AUTHORITY.matcher(authority);
    boolean hostSaysIt = authority.equals(told.host()) && parts.matches() && parts.group(2) != null;
    if (hostSaysIt || !PORT.matcher(told.port()).matches() || !parts.matches()) {
      return authority;
    }
    boolean usual = told.port().equals(scheme.equals("https") ? "443" : "80");
    return parts.group(1) + (usual ? "" : ":" + told.port());
  }
}
