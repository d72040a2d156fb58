package agrippa.cloud.secret;

import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Barbican's way to answer with lists, and to write times.
final class Lists {
  private static final int STANDARD = 10;
  private static final int MOST = 100;

  private Lists() {}

  /// One page, with links to the next and the previous.
  static <T> Reply page(
      Request request, String root, List<T> all, Function<T, ? extends JsonNode> shown) {
    int limit = Math.clamp(number(request, "limit", STANDARD), 1, MOST);
    int offset = Math.clamp(number(request, "offset", 0), 0, all.size());
    int end = Math.min(offset + limit, all.size());
    ArrayNode items = Json.array();
    all.subList(offset, end).forEach(it -> items.add(shown.apply(it)));
    ObjectNode body = Json.object();
    body.set(root, items);
    body.put("total", all.size());
    if (end < all.size()) {
      body.put("next", link(request, limit, end));
    }
    if (offset > 0) {
      body.put("previous", link(request, limit, Math.max(0, offset - limit)));
    }
    return Reply.json(200, body);
  }

  private static int number(Request request, String name, int fallback) {
    try {
      return request.query(name).map(Integer::parseInt).orElse(fallback);
    } catch (NumberFormatException e) {
      return fallback;
    }
  }

  /// The same list from elsewhere on, filters included.
  private static String link(Request request, int limit, int offset) {
    String filters =
        request.query().entrySet().stream()
            .filter(it -> !it.getKey().equals("limit") && !it.getKey().equals("offset"))
            .map(it -> encoded(it.getKey()) + "=" + encoded(it.getValue().getFirst()) + "&")
            .collect(Collectors.joining());
    return request.baseUrl()
        + request.path()
        + "?"
        + filters
        + "limit="
        + limit
        + "&offset="
        + offset;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// Reads a time with an offset, or of UTC without one.
  static Optional<Instant> parsed(String time) {
    try {
      TemporalAccessor read =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              time, OffsetDateTime::from, LocalDateTime::from);
      return Optional.of(
          read instanceof OffsetDateTime offset
              ? offset.toInstant()
              : LocalDateTime.from(read).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// A time without zone, as clients parse it.
  static String time(Instant time) {
    String text = time.toString();
    return text.substring(0, text.length() - 1);
  }
}
