package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// The head of a request. What a proxy of HTTP/1 could read in another way than was meant does not
/// pass: see `docs/decisions` on HTTP/2.
final class RequestText extends HeadText {
  private static final byte[] VERSION = Ascii.bytes(" HTTP/1.1\r\n");
  private static final byte[] SPACE = Ascii.bytes(" ");
  private static final byte[] HOST = Ascii.bytes("host: ");
  private static final byte[] COOKIE = Ascii.bytes("cookie: ");
  private static final byte[] COOKIE_SEPARATOR = Ascii.bytes("; ");
  private static final byte[] LINE_END = Ascii.bytes("\r\n");

  // Values of pseudo-fields; where one begins is -1 if it has not been there.
  private final byte[] values;
  private int valuesEnd;
  private int method;
  private int methodEnd;
  private int path;
  private int pathEnd;
  private int authority;
  private int authorityEnd;
  private boolean schemed;
  private boolean hosted;
  // Crumbs of the cookie, which HTTP/1 knows in one piece only.
  private final byte[] cookies;
  private int cookiesEnd;

  /// @param listLimit most bytes of a list of fields
  RequestText(int listLimit, Buffer nothing) {
    super(nothing);
    values = new byte[listLimit];
    cookies = new byte[2 * listLimit];
  }

  @Override
  void begin(Buffer into) {
    super.begin(into);
    valuesEnd = 0;
    cookiesEnd = 0;
    method = path = authority = -1;
    schemed = hosted = false;
  }

  @Override
  boolean pseudo(byte[] text, int name, int value, int end) {
    if (FieldRules.is(text, name, value, ":method")) {
      boolean first = method < 0;
      method = keep(text, value, end);
      methodEnd = valuesEnd;
      return first && isMethod(text, value, end);
    }
    if (FieldRules.is(text, name, value, ":path")) {
      boolean first = path < 0;
      path = keep(text, value, end);
      pathEnd = valuesEnd;
      return first && isPath(text, value, end);
    }
    if (FieldRules.is(text, name, value, ":authority")) {
      boolean first = authority < 0;
      authority = keep(text, value, end);
      authorityEnd = valuesEnd;
      return first && isAuthority(text, value, end);
    }
    if (FieldRules.is(text, name, value, ":scheme")) {
      boolean first = !schemed;
      schemed = true;
      return first
          && (FieldRules.is(text, value, end, "http") || FieldRules.is(text, value, end, "https"));
    }
    return false;
  }

  private int keep(byte[] text, int from, int to) {
    int start = valuesEnd;
    System.arraycopy(text, from, values, start, to - from);
    valuesEnd += to - from;
    return start;
  }

  /// CONNECT would open a tunnel that nobody routes.
  private static boolean isMethod(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isToken(text[i])) {
        return false;
      }
    }
    return from < to && !FieldRules.is(text, from, to, "CONNECT");
  }

  private static boolean isPath(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isTarget(text[i])) {
        return false;
      }
    }
    return from < to && (text[from] == '/' || (text[from] == '*' && to - from == 1));
  }

  private static boolean isAuthority(byte[] text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isHost(text[i])) {
        return false;
      }
    }
    return from < to;
  }

  @Override
  boolean firstLine() {
    if (method < 0 || path < 0 || !schemed) {
      return false;
    }
    write(values, method, methodEnd);
    write(SPACE);
    write(values, path, pathEnd);
    write(VERSION);
    if (authority >= 0) {
      write(HOST);
      write(values, authority, authorityEnd);
      write(LINE_END);
    }
    return true;
  }

  @Override
  void regular(byte[] text, int name, int value, int end) {
    if (FieldRules.is(text, name, value, "host")) {
      host(text, name, value, end);
    } else if (FieldRules.is(text, name, value, "cookie")) {
      crumb(text, value, end);
    } else if (FieldRules.is(text, name, value, "content-length")) {
      length(text, value, end);
    } else if (!FieldRules.is(text, name, value, "te")) {
      line(text, name, value, end);
    }
  }

  /// Only one may be asked for: whoever goes by the other would go elsewhere.
  private void host(byte[] text, int name, int value, int end) {
    if (hosted || !isAuthority(text, value, end)) {
      refuse();
    } else if (authority < 0) {
      line(text, name, value, end);
    } else if (!sameAuthority(text, value, end)) {
      refuse();
    }
    hosted = true;
  }

  private boolean sameAuthority(byte[] text, int from, int to) {
    if (to - from != authorityEnd - authority) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (Ascii.lower(text[from + i]) != Ascii.lower(values[authority + i])) {
        return false;
      }
    }
    return true;
  }

  private void crumb(byte[] text, int from, int to) {
    if (cookiesEnd > 0) {
      System.arraycopy(COOKIE_SEPARATOR, 0, cookies, cookiesEnd, COOKIE_SEPARATOR.length);
      cookiesEnd += COOKIE_SEPARATOR.length;
    }
    System.arraycopy(text, from, cookies, cookiesEnd, to - from);
    cookiesEnd += to - from;
  }

  /// Ends the head.
  ///
  /// @param ends whether no body follows
  /// @return whether it is a valid one
  boolean finish(boolean ends) {
    if (sound() && cookiesEnd > 0) {
      write(COOKIE);
      write(cookies, 0, cookiesEnd);
      write(LINE_END);
    }
    return finish(ends, sound() && meansBody());
  }

  /// Methods whose requests have a body as a rule must say that they have none (RFC 9110, section
  /// 8.6).
  private boolean meansBody() {
    return isAsked("POST") || isAsked("PUT") || isAsked("PATCH");
  }

  /// Whether the answer has no body.
  boolean isHead() {
    return isAsked("HEAD");
  }

  private boolean isAsked(String wanted) {
    return FieldRules.is(values, method, methodEnd, wanted);
  }
}
