package agrippa.proxy.http;

import agrippa.proxy.transport.Buffer;

/// What a scan noted about a response.
public final class ResponseHead extends Head {
  private int status;
  private boolean bodiless;

  public ResponseHead(HeadLimits limits) {
    super(limits);
  }

  public int status() {
    return status;
  }

  /// Whether another response to the same request follows.
  public boolean interim() {
    return status < 200 && status != 101;
  }

  /// Whether no body follows, whatever the fields say.
  public boolean bodiless() {
    return bodiless;
  }

  /// Whether the body ends where the connection does.
  public boolean untilClose() {
    return !bodiless && !chunked() && length() < 0;
  }

  /// Whether both kinds of framing were sent. The chunks count (RFC 9112, section 6.3), but whoever
  /// sends both is not trusted with another request.
  public boolean ambiguous() {
    return chunked() && length() >= 0;
  }

  void status(int code) {
    status = code;
  }

  /// @return `end` or a negative status
  int judge(Buffer in, int start, int end, boolean toHead) {
    bodiless = toHead || status < 200 || status == 204 || status == 304;
    int bad = judgeFraming(in, start, end);
    return bad == 0 ? end : bad;
  }
}
