package agrippa.proxy.http2;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;

/// The head of a response.
final class ResponseText extends HeadText {
  private static final byte[] VERSION = Ascii.bytes("HTTP/1.1 ");
  private static final byte[] LINE_END = Ascii.bytes(" \r\n");

  private int status;

  ResponseText(Buffer nothing) {
    super(nothing);
  }

  @Override
  void begin(Buffer into) {
    super.begin(into);
    status = 0;
  }

  @Override
  boolean pseudo(byte[] text, int name, int value, int end) {
    boolean first = status == 0;
    long code = end - value == 3 ? FieldRules.length(text, value, end) : -1;
    status = (int) code;
    // Nobody may change to another protocol here (RFC 9113, section 8.6).
    return FieldRules.is(text, name, value, ":status") && first && code >= 100 && code != 101;
  }

  @Override
  boolean firstLine() {
    if (status < 100) {
      return false;
    }
    write(VERSION);
    write(Ascii.bytes(Integer.toString(status)));
    write(LINE_END);
    return true;
  }

  @Override
  void regular(byte[] text, int name, int value, int end) {
    if (FieldRules.is(text, name, value, "content-length")) {
      length(text, value, end);
    } else {
      line(text, name, value, end);
    }
  }

  /// Ends the head.
  ///
  /// @param ends whether no body follows
  /// @param toHead whether it answers a HEAD request
  /// @return whether it is a valid one
  boolean answers(boolean ends, boolean toHead) {
    return finish(ends || bodiless(), !toHead && !bodiless());
  }

  /// Whether another response follows.
  boolean interim() {
    return status < 200;
  }

  /// Whether there is no body, whatever the fields say.
  boolean bodiless() {
    return status < 200 || status == 204 || status == 304;
  }
}
