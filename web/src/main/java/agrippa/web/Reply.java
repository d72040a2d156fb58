package agrippa.web;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// An answer.
///
/// @param headers by name; `Content-Length` and the request id are added when it is sent
/// @param body empty if there is none
/// @param file whose content is sent instead of the body, piece by piece, or null
/// @param pieces sent one after the other instead of the body, each made when the one before is
///     sent; or null
public record Reply(
    int status,
    Map<String, String> headers,
    byte[] body,
    @Nullable Path file,
    @Nullable Iterator<byte[]> pieces) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  public Reply(int status, Map<String, String> headers, byte[] body) {
    this(status, headers, body, null, null);
  }

  /// The content of a file, which must be there until it is sent.
  public static Reply file(int status, String type, Path file) {
    return new Reply(status, Map.of("Content-Type", type), new byte[0], file, null);
  }

  /// What is made while it is sent, and never there as a whole.
  public static Reply pieces(int status, String type, Iterator<byte[]> pieces) {
    return new Reply(status, Map.of("Content-Type", type), new byte[0], null, pieces);
  }

  public static Reply json(int status, JsonNode body) {
    return new Reply(status, Map.of("Content-Type", "application/json"), Json.bytes(body));
  }

  public static Reply text(int status, String body) {
    return new Reply(
        status,
        Map.of("Content-Type", "text/plain; charset=UTF-8"),
        body.getBytes(StandardCharsets.UTF_8));
  }

  public static Reply empty(int status) {
    return new Reply(status, Map.of(), new byte[0]);
  }

  public Reply with(String header, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Reply(status, all, body, file, pieces);
  }
}
