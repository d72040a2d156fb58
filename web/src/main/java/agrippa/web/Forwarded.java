package agrippa.web;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What reverse proxies say about a request that they pass on: `Forwarded` (RFC 7239) or, without
/// one, its `X-Forwarded-` forerunners, like oslo.middleware's `http_proxy_to_wsgi`. Texts are as
/// they were sent, and empty if nothing was said.
///
/// @param proto scheme that the client used
/// @param host authority that it used
/// @param port that it used, if the host does not say
/// @param prefix of the path that a proxy took away
/// @param client its address, as the proxy nearest to this server saw it; what stands before in
///     the list, the client may have made up
record Forwarded(String proto, String host, String port, String prefix, String client) {
  static final Forwarded NOTHING = new Forwarded("", "", "", "", "");

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern PAIR =
      Pattern.compile(
          "[ \\t]*(" + TOKEN + ")=(?:(" + TOKEN + ")|\"((?:[^\"\\\\]|\\\\.)*+)\")[ \\t]*([;,]|$)");
  // Longer ones only make work.
  private static final int LONGEST = 1_000;
  // An address, perhaps in brackets, perhaps with a port.
  private static final Pattern NODE =
      Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})\\](?::\\d{1,5})?|([0-9.]{7,15})(?::\\d{1,5})?");

  static Forwarded of(Map<String, List<String>> headers) {
    String prefix = first(headers, "x-forwarded-prefix");
    List<String> standard = headers.getOrDefault("forwarded", List.of());
    if (!standard.isEmpty()) {
      return standard(String.join(",", standard), prefix);
    }
    String clients = String.join(",", headers.getOrDefault("x-forwarded-for", List.of()));
    return new Forwarded(
        first(headers, "x-forwarded-proto"),
        first(headers, "x-forwarded-host"),
        first(headers, "x-forwarded-port"),
        prefix,
        address(clients.substring(clients.lastIndexOf(',') + 1).strip()));
  }

  /// What is no such list says nothing.
  private static Forwarded standard(String text, String prefix) {
    Map<String, String> first = new HashMap<>();
    Map<String, String> current = first;
    Matcher pair = PAIR.matcher(text);
    if (text.length() > LONGEST) {
      return new Forwarded("", "", "", prefix, "");
    }
    int at = 0;
    while (at < text.length()) {
      if (!pair.region(at, text.length()).lookingAt()) {
        return new Forwarded("", "", "", prefix, "");
      }
      String quoted = pair.group(3);
      String value = quoted == null ? pair.group(2) : quoted.replaceAll("\\\\(.)", "$1");
      current.putIfAbsent(pair.group(1).toLowerCase(Locale.ROOT), value);
      at = pair.end();
      if (",".equals(pair.group(4))) {
        current = new HashMap<>();
      }
    }
    return new Forwarded(
        first.getOrDefault("proto", ""),
        first.getOrDefault("host", ""),
        "",
        prefix,
        address(current.getOrDefault("for", "")));
  }

  /// An address without brackets and port, or empty if it is none.
  private static String address(String node) {
    Matcher parts = NODE.matcher(node);
    String address = node;
    if (parts.matches()) {
      address = parts.group(1) == null ? parts.group(2) : parts.group(1);
    }
    try {
      return InetAddress.ofLiteral(address).getHostAddress();
    } catch (IllegalArgumentException e) {
      // `unknown`, a name that a proxy gives it, or nonsense.
      return "";
    }
  }

  /// What the proxy nearest to the client said.
  private static String first(Map<String, List<String>> headers, String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.getFirst().split(",", 2)[0].strip();
  }
}
