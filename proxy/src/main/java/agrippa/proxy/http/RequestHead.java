package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// What a scan noted about a request.
public final class RequestHead extends Head {
  private static final byte[] HTTP = Ascii.bytes("http://");
  private static final byte[] HTTPS = Ascii.bytes("https://");
  private static final byte[] HTTP_PORT = Ascii.bytes(":80");
  private static final byte[] HTTPS_PORT = Ascii.bytes(":443");
  private static final byte[] CONTINUE = Ascii.bytes("100-continue");
  private static final byte[] OPTIONS = Ascii.bytes("OPTIONS");
  private static final byte[] CONNECT = Ascii.bytes("CONNECT");
  private static final byte[] GET = Ascii.bytes("GET");
  private static final byte[] HEAD = Ascii.bytes("HEAD");
  private static final byte[][] IDEMPOTENT = {
    GET, HEAD, OPTIONS, Ascii.bytes("PUT"), Ascii.bytes("DELETE"), Ascii.bytes("TRACE")
  };

  private int methodEnd;
  private int target;
  private int targetEnd;
  private int authority;
  private int authorityEnd;
  private int path;
  private int pathEnd;
  private int host;
  private boolean isHead;
  private boolean expectsContinue;

  public RequestHead(HeadLimits limits) {
    super(limits);
  }

  /// The method is from [#start] to here.
  public int methodEnd() {
    return methodEnd;
  }

  public int target() {
    return target;
  }

  public int targetEnd() {
    return targetEnd;
  }

  /// Where the path begins; empty if an absolute target has none.
  public int path() {
    return path;
  }

  /// Where the path ends and, if there is one, the query begins.
  public int pathEnd() {
    return pathEnd;
  }

  /// Whether the target has scheme and authority.
  public boolean absolute() {
    return authority < authorityEnd;
  }

  /// The number of the Host field, or -1: only HTTP/1.0 may leave it out.
  public int host() {
    return host;
  }

  /// Whether the response will have no body.
  public boolean isHead() {
    return isHead;
  }

  /// Whether the client waits for a 100 before it sends the body.
  public boolean expectsContinue() {
    return expectsContinue;
  }

  public boolean isGet(Buffer in) {
    return Ascii.same(in, start(), methodEnd, GET);
  }

  public boolean isOptions(Buffer in) {
    return Ascii.same(in, start(), methodEnd, OPTIONS);
  }

  /// Whether doing it twice is the same as doing it once (RFC 9110, section 9.2.2).
  public boolean idempotent(Buffer in) {
    for (byte[] method : IDEMPOTENT) {
      if (Ascii.same(in, start(), methodEnd, method)) {
        return true;
      }
    }
    return false;
  }

  /// Gives an absolute target the form that origin servers are asked with (RFC 9112, section 3.2).
  public void toOriginForm(Buffer in, HeadEditor editor) {
    if (!absolute()) {
      return;
    }
    int from = path;
    if (path == targetEnd || in.at(path) == '?') {
      // There is no path: its slash takes the authority's last place.
      from--;
      boolean asterisk = path == targetEnd && isOptions(in);
      in.put(from, (byte) (asterisk ? '*' : '/'));
    }
    editor.cut(target, from);
  }

  void line(int start, int methodEnds, int targetStarts, int targetEnds) {
    methodEnd = methodEnds;
    target = targetStarts;
    targetEnd = targetEnds;
  }

  /// @return `end` or a negative status
  int judge(Buffer in, int start, int end) {
    isHead = Ascii.same(in, start, methodEnd, HEAD);
    if (Ascii.same(in, start, methodEnd, CONNECT)) {
      return HeadScanner.NOT_IMPLEMENTED;
    }
    int bad = judgeFraming(in, start, end);
    if (bad == 0) {
      bad = length() >= 0 && chunked() ? HeadScanner.BAD : judgeTarget(in);
    }
    if (bad == 0) {
      bad = judgeHost(in);
    }
    int expect = fields().find(FieldName.EXPECT, 0);
    expectsContinue =
        expect >= 0
            && http11()
            && Ascii.sameIgnoringCase(
                in, fields().value(expect), fields().valueEnd(expect), CONTINUE);
    return bad == 0 ? end : bad;
  }

  private int judgeTarget(Buffer in) {
    authority = authorityEnd = path = target;
    byte first = in.at(target);
    if (first == '*') {
      pathEnd = targetEnd;
      return targetEnd - target == 1 && isOptions(in) ? 0 : HeadScanner.BAD;
    }
    if (first != '/') {
      int scheme = schemeLength(in);
      if (scheme == 0) {
        return HeadScanner.BAD;
      }
      authority = target + scheme;
      authorityEnd = authority;
      while (authorityEnd < targetEnd && Ascii.isHost(in.at(authorityEnd))) {
        authorityEnd++;
      }
      path = authorityEnd;
      boolean ends = path == targetEnd || in.at(path) == '/' || in.at(path) == '?';
      if (authority == authorityEnd || !ends) {
        return HeadScanner.BAD;
      }
    }
    pathEnd = Ascii.find(in, path, targetEnd, (byte) '?');
    return 0;
  }

  private int schemeLength(Buffer in) {
    if (Ascii.startsIgnoringCase(in, target, targetEnd, HTTP)) {
      return HTTP.length;
    }
    return Ascii.startsIgnoringCase(in, target, targetEnd, HTTPS) ? HTTPS.length : 0;
  }

  private int judgeHost(Buffer in) {
    host = fields().find(FieldName.HOST, 0);
    if (host < 0) {
      // Without a Host, who is meant by an absolute target would be lost with its authority.
      return http11() || absolute() ? HeadScanner.BAD : 0;
    }
    if (fields().find(FieldName.HOST, host + 1) >= 0) {
      return HeadScanner.BAD;
    }
    int from = fields().value(host);
    int to = fields().valueEnd(host);
    for (int i = from; i < to; i++) {
      if (!Ascii.isHost(in.at(i))) {
        return HeadScanner.BAD;
      }
    }
    return !absolute() || sameAuthority(in, from, to) ? 0 : HeadScanner.BAD;
  }

  /// Whether Host names the authority of an absolute target; a default port may be left out. RFC
  /// 9112 lets a proxy replace a Host that differs, but then whoever chose by Host before us chose
  /// otherwise.
  private boolean sameAuthority(Buffer in, int from, int to) {
    byte[] port = in.at(target + 4) == ':' ? HTTP_PORT : HTTPS_PORT;
    int hostEnd = withoutPort(in, from, to, port);
    int end = withoutPort(in, authority, authorityEnd, port);
    return Ascii.sameIgnoringCase(in, from, hostEnd, authority, end);
  }

  private static int withoutPort(Buffer in, int from, int to, byte[] port) {
    int end = to - port.length;
    return end >= from && Ascii.same(in, end, to, port) ? end : to;
  }
}
