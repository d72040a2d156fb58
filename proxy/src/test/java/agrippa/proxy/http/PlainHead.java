package agrippa.proxy.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A head read in the plain way, with strings and patterns: slow, but easy to believe. What the
/// scanner says of any bytes must be what this says of them.
///
/// @param first the line before the fields
/// @param skipped bytes of empty lines before it
/// @param end behind the empty line
record PlainHead(Matcher first, List<Field> fields, int skipped, int end) {
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final Pattern REQUEST =
      Pattern.compile("(" + TOKEN + "{1,32}) ([\\x21-\\x7e&&[^#]]+) HTTP/1\\.([01])");
  private static final Pattern RESPONSE =
      Pattern.compile("HTTP/1\\.([0-9]) ([1-9][0-9]{2})( [\\t\\x20-\\x7e\\x80-\\xff]*)?");
  private static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "+):[ \\t]*+([\\t\\x20-\\x7e\\x80-\\xff]*)");
  private static final Pattern AUTHORITY = Pattern.compile("[-._~%!$&'()*+;=:\\[\\]0-9A-Za-z]*");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)(https?)://([^/?]+)([/?].*)?");

  /// A line of a head; the name as it was sent.
  record Field(String name, String value) {
    boolean is(String wanted) {
      return name.equalsIgnoreCase(wanted);
    }
  }

  /// The head of a request at the start of a text, or null if it is not one, not yet, or too much.
  static @Nullable PlainHead request(String text, HeadLimits limits) {
    int skipped = 0;
    while (skipped < 8 && text.startsWith("\r\n", skipped)) {
      skipped += 2;
    }
    PlainHead head = lines(REQUEST, text, skipped, limits);
    if (head == null || head.target().length() > limits.target()) {
      return null;
    }
    boolean good =
        !head.method().equals("CONNECT")
            && head.framed()
            && !(head.length() >= 0 && head.chunked())
            && head.rightTarget()
            && head.rightHost();
    return good ? head : null;
  }

  static @Nullable PlainHead response(String text, HeadLimits limits) {
    PlainHead head = lines(RESPONSE, text, 0, limits);
    return head != null && head.framed() ? head : null;
  }

  private static @Nullable PlainHead lines(
      Pattern first, String text, int skipped, HeadLimits limits) {
    int empty = text.indexOf("\r\n\r\n", skipped);
    if (empty < 0 || empty + 4 > limits.head()) {
      return null;
    }
    String[] lines = text.substring(skipped, empty).split("\r\n", -1);
    Matcher start = first.matcher(lines[0]);
    if (!start.matches() || lines.length - 1 > limits.fields()) {
      return null;
    }
    List<Field> fields = new ArrayList<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher field = FIELD.matcher(lines[i]);
      if (!field.matches()) {
        return null;
      }
      fields.add(new Field(field.group(1), field.group(2).replaceFirst("[ \\t]+\\z", "")));
    }
    return new PlainHead(start, fields, skipped, empty + 4);
  }

  String method() {
    return first.group(1);
  }

  String target() {
    return first.group(2);
  }

  int status() {
    return Integer.parseInt(first.group(2));
  }

  boolean http11() {
    String minor = first.pattern() == REQUEST ? first.group(3) : first.group(1);
    return !minor.equals("0");
  }

  List<String> values(String name) {
    return fields.stream().filter(it -> it.is(name)).map(Field::value).toList();
  }

  /// What Connection fields list, in lower case.
  List<String> options() {
    List<String> options = new ArrayList<>();
    for (String value : values("Connection")) {
      for (String option : value.split(",")) {
        options.add(option.replaceAll("\\A[ \\t]+|[ \\t]+\\z", "").toLowerCase(Locale.ROOT));
      }
    }
    return options;
  }

  boolean chunked() {
    return !values("Transfer-Encoding").isEmpty();
  }

  long length() {
    List<String> lengths = values("Content-Length");
    return lengths.isEmpty() ? -1 : Long.parseLong(lengths.getFirst());
  }

  boolean keepAlive() {
    List<String> options = options();
    return !options.contains("close") && (http11() || options.contains("keep-alive"));
  }

  private boolean framed() {
    List<String> lengths = values("Content-Length");
    List<String> codings = values("Transfer-Encoding");
    boolean numbers = lengths.stream().allMatch(it -> it.matches("[0-9]{1,18}"));
    boolean known = codings.isEmpty() || http11() && codings.size() == 1;
    return numbers
        && lengths.stream().mapToLong(Long::parseLong).distinct().count() <= 1
        && known
        && codings.stream().allMatch(it -> it.equalsIgnoreCase("chunked"));
  }

  private boolean rightTarget() {
    if (target().startsWith("/")) {
      return true;
    }
    if (target().startsWith("*")) {
      return target().equals("*") && method().equals("OPTIONS");
    }
    Matcher absolute = ABSOLUTE.matcher(target());
    return absolute.matches() && AUTHORITY.matcher(absolute.group(2)).matches();
  }

  private boolean rightHost() {
    List<String> hosts = values("Host");
    if (hosts.isEmpty()) {
      return !http11() && !ABSOLUTE.matcher(target()).matches();
    }
    String host = hosts.getFirst();
    if (hosts.size() > 1 || !AUTHORITY.matcher(host).matches()) {
      return false;
    }
    Matcher absolute = ABSOLUTE.matcher(target());
    if (!absolute.matches()) {
      return true;
    }
    String port = absolute.group(1).equalsIgnoreCase("http") ? ":80" : ":443";
    return without(port, host).equalsIgnoreCase(without(port, absolute.group(2)));
  }

  private static String without(String port, String authority) {
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }
}
