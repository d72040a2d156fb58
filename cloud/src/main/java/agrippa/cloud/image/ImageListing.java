package agrippa.cloud.image;

import agrippa.control.Caller;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Filters, sorting and pages of Glance's list of images.
final class ImageListing {
  private static final int USUAL_LIMIT = 25;
  private static final int MOST = 1_000;
  private static final Set<String> NO_FILTERS =
      Set.of("limit", "marker", "sort", "sort_key", "sort_dir", "member_status");
  private static final Set<String> SORT_KEYS =
      Set.of(
          "name",
          "status",
          "container_format",
          "disk_format",
          "size",
          "id",
          "created_at",
          "updated_at");

  private final Request request;

  private ImageListing(Request request) {
    this.request = request;
  }

  static Reply reply(Request request, Caller caller, List<Image> all) {
    return new ImageListing(request).reply(caller, all);
  }

  private Reply reply(Caller caller, List<Image> all) {
    int limit = limit();
    Predicate<ObjectNode> filter = filter();
    List<ObjectNode> matching =
        all.stream()
            .filter(visible(caller))
            .sorted(order())
            .map(Image::shown)
            .filter(filter)
            .toList();
    int from = request.query("marker").map(it -> after(matching, it)).orElse(0);
    List<ObjectNode> page = matching.subList(from, Math.min(matching.size(), from + limit));
    ObjectNode body = Json.object();
    ArrayNode images = body.putArray("images");
    page.forEach(images::add);
    body.put("first", "/v2/images" + query(Map.of()));
    body.put("schema", "/v2/schemas/images");
    if (limit > 0 && page.size() == limit) {
      body.put(
          "next", "/v2/images" + query(Map.of("marker", page.getLast().path("id").asString())));
    }
    return Reply.json(200, body);
  }

  private Predicate<Image> visible(Caller caller) {
    String visibility = request.query("visibility").orElse("");
    return visibility.equals("community") || visibility.equals("all")
        ? it -> it.visibleTo(caller)
        : it -> it.listedFor(caller);
  }

  private int limit() {
    String limit = request.query("limit").orElse(Integer.toString(USUAL_LIMIT));
    if (!limit.matches("\\d{1,9}")) {
      throw Refused.bad("limit param must be an integer");
    }
    return Math.min(MOST, Integer.parseInt(limit));
  }

  private static int after(List<ObjectNode> images, String marker) {
    for (int i = 0; i < images.size(); i++) {
      if (images.get(i).path("id").asString().equals(marker)) {
        return i + 1;
      }
    }
    throw Refused.bad("Invalid marker. Image could not be found.");
  }

  private Predicate<ObjectNode> filter() {
    Predicate<ObjectNode> all =
        request.query().entrySet().stream()
            .filter(it -> !NO_FILTERS.contains(it.getKey()))
            .map(it -> filter(it.getKey(), it.getValue()))
            .reduce(any -> true, Predicate::and);
    // What is hidden is shown to those only who ask for it.
    return request.query().containsKey("os_hidden")
        ? all
        : all.and(it -> !it.path("os_hidden").asBoolean());
  }

  private static Predicate<ObjectNode> filter(String name, List<String> values) {
    String value = values.getFirst();
    return switch (name) {
      case "visibility" -> it -> value.equals("all") || text(it, name).equals(value);
      case "tag" -> it -> tags(it).containsAll(values);
      case "size_min" -> it -> it.path("size").asLong(0) >= number(name, value);
      case "size_max" -> it -> it.path("size").asLong(0) <= number(name, value);
      case "protected", "os_hidden" -> {
        if (!Set.of("true", "false").contains(value.toLowerCase(java.util.Locale.ROOT))) {
          throw Refused.bad("Invalid value '" + value + "' for '" + name + "' filter.");
        }
        yield it -> it.path(name).asBoolean() == Boolean.parseBoolean(value);
      }
      default -> it -> values.stream().allMatch(wanted -> matches(text(it, name), wanted));
    };
  }

  private static boolean matches(String value, String wanted) {
    return wanted.startsWith("in:")
        ? Stream.of(wanted.substring(3).split(",")).anyMatch(value::equals)
        : value.equals(wanted);
  }

  private static long number(String name, String text) {
    if (!text.matches("\\d{1,18}")) {
      throw Refused.bad("Invalid value '" + text + "' for parameter '" + name + "'.");
    }
    return Long.parseLong(text);
  }

  private static String text(JsonNode it, String name) {
    return it.path(name).asString("");
  }

  private static Set<String> tags(ObjectNode it) {
    return it.path("tags").valueStream().map(JsonNode::asString).collect(Collectors.toSet());
  }

  /// `sort=name:asc,size`, or `sort_key` and `sort_dir`, each perhaps more than once.
  private Comparator<Image> order() {
    List<String> keys = new ArrayList<>();
    List<String> directions = new ArrayList<>();
    for (String part : request.query("sort").map(it -> it.split(",")).orElse(new String[0])) {
      int colon = part.indexOf(':');
      keys.add(colon < 0 ? part : part.substring(0, colon));
      directions.add(colon < 0 ? "desc" : part.substring(colon + 1));
    }
    keys.addAll(request.query().getOrDefault("sort_key", List.of()));
    directions.addAll(request.query().getOrDefault("sort_dir", List.of()));
    Comparator<Image> order = (_, _) -> 0;
    for (int i = 0; i < keys.size(); i++) {
      order =
          order.thenComparing(
              order(
                  keys.get(i),
                  directions.isEmpty()
                      ? "desc"
                      : directions.get(Math.min(i, directions.size() - 1))));
    }
    return order;
  }

  private static Comparator<Image> order(String key, String direction) {
    if (!SORT_KEYS.contains(key)) {
      throw Refused.bad("Invalid sort key: " + key + ".");
    }
    Comparator<Image> order =
        switch (key) {
          // Shown are seconds only.
          case "created_at" -> Comparator.comparing(Image::created);
          case "updated_at" -> Comparator.comparing(Image::updated);
          case "size" -> Comparator.comparing(it -> it.shown().path(key).asLong(0));
          default -> Comparator.comparing(it -> text(it.shown(), key));
        };
    return switch (direction) {
      case "asc" -> order;
      case "desc" -> order.reversed();
      default -> throw Refused.bad("Invalid sort direction: " + direction);
    };
  }

  private String query(Map<String, String> more) {
    String pairs =
        Stream.concat(
                request.query().entrySet().stream()
                    .filter(it -> !it.getKey().equals("marker"))
                    .flatMap(it -> it.getValue().stream().map(value -> pair(it.getKey(), value))),
                more.entrySet().stream().map(it -> pair(it.getKey(), it.getValue())))
            .collect(Collectors.joining("&"));
    return pairs.isEmpty() ? "" : "?" + pairs;
  }

  private static String pair(String name, String value) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
