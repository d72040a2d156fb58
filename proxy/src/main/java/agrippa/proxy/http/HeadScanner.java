package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// Finds and judges heads at the start of a buffer's content: one pass, in place, nothing
/// allocated. Strict as RFC 9110 and 9112 allow, because what two programs read differently is how
/// requests are smuggled: nothing is repaired but what the RFCs tell a proxy to repair.
///
/// Both scans return the position behind the head, [#INCOMPLETE], or a negative HTTP status that
/// says what is wrong. Offsets noted in the head hold until the buffer's bytes are moved.
public final class HeadScanner {
  /// More bytes are needed.
  public static final int INCOMPLETE = 0;

  static final int BAD = -400;
  static final int TARGET_TOO_LONG = -414;
  static final int TOO_LARGE = -431;
  static final int NOT_IMPLEMENTED = -501;
  static final int BAD_GATEWAY = -502;
  public static final int VERSION_NOT_SUPPORTED = -505;

  // Longer than any registered method.
  private static final int METHOD = 32;
  private static final int VERSION = 8;
  private static final int EMPTY_LINES = 4;
  private static final byte[] HTTP = Ascii.bytes("HTTP/");

  private final HeadLimits limits;

  public HeadScanner(HeadLimits limits) {
    this.limits = limits;
  }

  /// Scans a request's head.
  public int request(Buffer in, RequestHead head) {
    int to = in.end();
    int start = behindEmptyLines(in, to);
    int end = start < 0 ? start : requestLine(in, start, to, head);
    if (end > 0) {
      end = head.fields().scan(in, end, to);
    }
    if (end > 0) {
      end = end - in.start() > limits.head() ? TOO_LARGE : head.judge(in, start, end);
    }
    return end == INCOMPLETE && to - in.start() >= limits.head() ? TOO_LARGE : end;
  }

  /// Scans a response's head. Whatever is wrong with it is status 502.
  ///
  /// @param toHead whether it answers a HEAD request
  public int response(Buffer in, ResponseHead head, boolean toHead) {
    int start = in.start();
    int to = in.end();
    int end = statusLine(in, start, to, head);
    if (end > 0) {
      end = head.fields().scan(in, end, to);
    }
    if (end > 0) {
      end = end - start > limits.head() ? BAD_GATEWAY : head.judge(in, start, end, toHead);
    } else if (end == INCOMPLETE && to - start < limits.head()) {
      return INCOMPLETE;
    }
    return end <= 0 ? BAD_GATEWAY : end;
  }

  /// Whether a head that was incomplete before is worth another scan, now that there are bytes
  /// behind `known`: a cheap look for an empty line, so that a slow peer does not make each byte
  /// cost a whole scan.
  public boolean worthAScan(Buffer in, int known) {
    if (in.length() >= limits.head()) {
      return true;
    }
    for (int i = Math.max(known, in.start() + 1); i < in.end(); i++) {
      if (in.at(i) == Ascii.LF && endsLine(in, i - 1)) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsLine(Buffer in, int at) {
    byte last = in.at(at);
    return last == Ascii.LF
        || (last == Ascii.CR && (at == in.start() || in.at(at - 1) == Ascii.LF));
  }

  /// RFC 9112, section 2.2: clients may send an empty line before a request.
  private static int behindEmptyLines(Buffer in, int to) {
    int at = in.start();
    int most = at + 2 * EMPTY_LINES;
    while (at < to && at < most && in.at(at) == Ascii.CR) {
      int next = behindLineEnd(in, at, to);
      if (next <= 0) {
        return next == INCOMPLETE ? at : next;
      }
      at = next;
    }
    return at;
  }

  private int requestLine(Buffer in, int start, int to, RequestHead head) {
    int methodEnd = start;
    while (methodEnd < to && Ascii.isToken(in.at(methodEnd))) {
      methodEnd++;
    }
    if (methodEnd - start > METHOD) {
      return BAD;
    }
    if (methodEnd == to) {
      return INCOMPLETE;
    }
    if (methodEnd == start || in.at(methodEnd) != Ascii.SP) {
      // A lone CR is the start of an empty line that is not there yet.
      return in.at(start) == Ascii.CR && start + 1 == to ? INCOMPLETE : BAD;
    }
    int target = methodEnd + 1;
    int targetEnd = Ascii.skipTarget(in, target, to);
    if (targetEnd - target > limits.target()) {
      return TARGET_TOO_LONG;
    }
    if (targetEnd == to) {
      return INCOMPLETE;
    }
    if (targetEnd == target || in.at(targetEnd) != Ascii.SP) {
      return BAD;
    }
    head.line(start, methodEnd, target, targetEnd);
    return requestVersion(in, targetEnd + 1, to, head);
  }

  private static int requestVersion(Buffer in, int at, int to, RequestHead head) {
    if (to - at < VERSION) {
      return INCOMPLETE;
    }
    if (!isVersion(in, at, to)) {
      return BAD;
    }
    int next = behindLineEnd(in, at + VERSION, to);
    if (next > 0) {
      boolean known = in.at(at + 5) == '1' && (in.at(at + 7) == '0' || in.at(at + 7) == '1');
      if (!known) {
        return VERSION_NOT_SUPPORTED;
      }
      head.version(at, in.at(at + 7) == '1');
    }
    return next;
  }

  private static boolean isVersion(Buffer in, int at, int to) {
    return Ascii.startsWith(in, at, to, HTTP)
        && Ascii.isDigit(in.at(at + 5))
        && in.at(at + 6) == '.'
        && Ascii.isDigit(in.at(at + 7));
  }

  private static int statusLine(Buffer in, int start, int to, ResponseHead head) {
    int code = start + VERSION + 1;
    int reason = code + 3;
    if (to <= reason) {
      return INCOMPLETE;
    }
    if (!isVersion(in, start, to)
        || in.at(start + 5) != '1'
        || in.at(start + VERSION) != Ascii.SP
        || !isStatus(in, code)) {
      return BAD;
    }
    head.version(start, in.at(start + 7) != '0');
    head.status((in.at(code) - '0') * 100 + (in.at(code + 1) - '0') * 10 + in.at(code + 2) - '0');
    // The blank before a reason that is empty is often left out.
    int end = reason;
    if (in.at(reason) == Ascii.SP) {
      end = Ascii.skipValue(in, end, to);
    }
    return behindLineEnd(in, end, to);
  }

  private static boolean isStatus(Buffer in, int at) {
    return in.at(at) >= '1'
        && in.at(at) <= '9'
        && Ascii.isDigit(in.at(at + 1))
        && Ascii.isDigit(in.at(at + 2));
  }

  /// The position behind the CR LF that must be at `at`; neither counts alone.
  static int behindLineEnd(Buffer in, int at, int to) {
    if (at == to) {
      return INCOMPLETE;
    }
    if (in.at(at) != Ascii.CR) {
      return BAD;
    }
    if (at + 1 == to) {
      return INCOMPLETE;
    }
    return in.at(at + 1) == Ascii.LF ? at + 2 : BAD;
  }
}
