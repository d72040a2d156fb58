package agrippa.proxy.session;

import agrippa.proxy.http.Ascii;
import agrippa.proxy.transport.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  /// Of a resource that can only be read.
  static final Answer METHOD_NOT_ALLOWED =
      page(405, "Method Not Allowed", "This can only be read.").with("Allow: GET, HEAD\r\n");

  private static final byte[] CLOSE = Ascii.bytes("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = Ascii.bytes("Connection: keep-alive\r\n");
  private static final byte[] END = Ascii.bytes("\r\n");

  private final int status;
  private final byte[] head;
  private final byte[] body;

  private Answer(int status, byte[] head, byte[] body) {
    this.status = status;
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
    // Permanent ones may be kept by whoever caches, as HAProxy's.
    String caching = status == 301 || status == 308 ? "" : "Cache-Control: no-cache\r\n";
    byte[] start =
        Ascii.bytes(
            String.format(
                Locale.ROOT,
                "HTTP/1.1 %d %s\r\n%sContent-Length: 0\r\nLocation: ",
                status,
                reason(status),
                caching));
    return new Answer(status, joined(joined(start, location), END), new byte[0]);
  }

  /// A client has had its share.
  ///
  /// @param seconds after which there will be more
  static Answer tooMany(long seconds) {
    return page(429, "Too Many Requests", "There have been too many requests of yours.")
        .with("Retry-After: " + seconds + "\r\n");
  }

  /// @param contentType without control characters
  static Answer fixed(int status, String contentType, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    String start = "HTTP/1.1 %d %s\r\n".formatted(status, reason(status));
    if (status == 204 || status == 304) {
      // These have no length either (RFC 9110, section 8.6).
      return new Answer(status, Ascii.bytes(start), new byte[0]);
    }
    byte[] sent = status == 205 ? new byte[0] : body;
    String type = sent.length == 0 ? "" : "Content-Type: " + contentType + "\r\n";
    String head = "%s%sContent-Length: %d\r\n".formatted(start, type, sent.length);
    return new Answer(status, Ascii.bytes(head), sent);
  }

  /// The head of a page whose length is not known.
  ///
  /// @param chunked whether the page comes in chunks; else it ends with the connection
  static Answer unending(String contentType, boolean chunked) {
    return new Answer(
        200,
        Ascii.bytes(
            "HTTP/1.1 200 OK\r\nCache-Control: no-cache\r\nContent-Type: "
                + contentType
                + (chunked ? "\r\nTransfer-Encoding: chunked\r\n" : "\r\n")),
        new byte[0]);
  }

  /// This answer with further lines in its head.
  private Answer with(String lines) {
    return new Answer(status, joined(head, Ascii.bytes(lines)), body);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  int status() {
    return status;
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 204 -> "No Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 304 -> "Not Modified";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 410 -> "Gone";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      // A reason may be empty (RFC 9112, section 4), and nobody reads it.
      default -> "";
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
    return new Answer(status, Ascii.bytes(head), Ascii.bytes(body));
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
