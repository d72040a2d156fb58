package agrippa.cloud.image;

import agrippa.web.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// A request that cannot be granted. Glance answers it with a small page of HTML, whatever was
/// asked for.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(409, "Conflict"),
          Map.entry(413, "Request Entity Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  private final int status;

  private Refused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static Refused bad(String message) {
    return new Refused(400, message);
  }

  static Refused unauthorized() {
    return new Refused(401, "This server could not verify that you are authorized.");
  }

  static Refused forbidden(String message) {
    return new Refused(403, message);
  }

  static Refused notFound(String message) {
    return new Refused(404, message);
  }

  static Refused noImage(String id) {
    return notFound("No image found with ID " + id);
  }

  static Refused conflict(String message) {
    return new Refused(409, message);
  }

  static Refused tooLarge(String message) {
    return new Refused(413, message);
  }

  static Refused mediaType(String message) {
    return new Refused(415, message);
  }

  int status() {
    return status;
  }

  Reply reply() {
    return page(status, String.valueOf(getMessage()));
  }

  /// What webob writes of an error.
  static Reply page(int status, String message) {
    String title = status + " " + TITLES.getOrDefault(status, "Error");
    String html =
        """
        <html>
         <head>
          <title>%s</title>
         </head>
         <body>
          <h1>%s</h1>
          %s<br /><br />



         </body>
        </html>"""
            .formatted(title, title, escaped(message));
    return new Reply(
        status,
        Map.of("Content-Type", "text/html; charset=UTF-8"),
        html.getBytes(StandardCharsets.UTF_8));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
