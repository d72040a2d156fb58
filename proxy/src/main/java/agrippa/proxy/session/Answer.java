package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import java.util.Locale;

/// A response of the proxy's own: an error page or a redirect. Immutable.
final class Answer {
  static final Answer BAD_REQUEST = page(400, "Bad Request", "The request is not valid HTTP.");
  static final Answer FORBIDDEN = page(403, "Forbidden", "This request is not allowed here.");
  static final Answer REQUEST_TIMEOUT =
      page(408, "Request Timeout", "The request did not arrive in time.");
  static final Answer TARGET_TOO_LONG =
      page(414, "URI Too Long", "The request's target is too long.");
  static final Answer HEAD_TOO_LARGE =
      page(431, "Request Header Fields Too Large", "The request's header is too large.");
  static final Answer NOT_IMPLEMENTED =
      page(501, "Not Implemented", "The request asks for something that is not supported.");
  static final Answer BAD_GATEWAY = page(502, "Bad Gateway", "The server sent no valid response.");
  static final Answer UNAVAILABLE =
      page(503, "Service Unavailable", "No server is available to handle this request.");
  static final Answer GATEWAY_TIMEOUT =
      page(504, "Gateway Timeout", "The server did not respond in time.");
  static final Answer VERSION =
      page(505, "HTTP Version Not Supported", "The request is not HTTP/1.1 or HTTP/1.0.");

  private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
  private static final byte[] END = Ascii.bytes("\r\n");

  private final byte[] head;
  private final byte[] body;

  private Answer(byte[] head, byte[] body) {
    this.head = head;
    this.body = body;
  }

  /// The page for what a scanner found wrong.
  static Answer refusal(int status) {
    return switch (status) {
      case 414 -> TARGET_TOO_LONG;
      case 431 -> HEAD_TOO_LARGE;
      case 501 -> NOT_IMPLEMENTED;
      case 505 -> VERSION;
      default -> BAD_REQUEST;
    };
  }

  /// @param location without control characters
  static Answer redirect(int status, byte[] location) {
    byte[] start =
        Ascii.bytes(
            String.format(
                Locale.ROOT,
                "HTTP/1.1 %d %s\r\nCache-Control: no-cache\r\nContent-Length: 0\r\nLocation: ",
                status,
                reason(status)));
    byte[] head = new byte[start.length + location.length + END.length];
    System.arraycopy(start, 0, head, 0, start.length);
    System.arraycopy(location, 0, head, start.length, location.length);
    System.arraycopy(END, 0, head, start.length + location.length, END.length);
    return new Answer(head, new byte[0]);
  }

  private static String reason(int status) {
    return switch (status) {
      case 301 -> "Moved Permanently";
      case 303 -> "See Other";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      default -> "Found";
    };
  }

  private static Answer page(int status, String reason, String text) {
    String body =
        """
        <!DOCTYPE html>
        <html><head><title>%d %s</title></head>
        <body><h1>%d %s</h1><p>%s</p></body></html>
        """
            .formatted(status, reason, status, reason, text);
    String head =
        "HTTP/1.1 %d %s\r\nCache-Control: no-cache\r\nContent-Type: text/html\r\nContent-Length: %d\r\n"
            .formatted(status, reason, body.length());
    return new Answer(Ascii.bytes(head), Ascii.bytes(body));
  }

  /// Appends the response to a buffer.
  ///
  /// @param toHead whether it answers HEAD, and so goes without its body
  /// @param http10 whether the client must be told of a connection that stays open
  void write(Buffer out, boolean toHead, boolean close, boolean http10) {
    append(out, head);
    if (close) {
      append(out, CLOSE);
    } else if (http10) {
      append(out, KEEP_ALIVE);
    }
    append(out, END);
    if (!toHead) {
      append(out, body);
    }
  }

  private static void append(Buffer out, byte[] bytes) {
    out.put(out.end(), bytes, 0, bytes.length);
    out.produced(bytes.length);
  }
}
