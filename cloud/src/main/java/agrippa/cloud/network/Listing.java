package agrippa.cloud.network;

import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Filters, sorting, pages and `fields` of Neutron's lists, over resources as users see them.
///
/// A filter on any attribute holds if one of its values does; different filters must all hold.
/// Filters on attributes that resources do not have are ignored, as Neutron does.
final class Listing {
  private static final Set<String> NO_FILTERS =
      Set.of("fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir");

  private final Request request;
  private final Kind kind;
  private final int limit;
  private final boolean backwards;

  private Listing(Request request, Kind kind) {
    this.request = request;
    this.kind = kind;
    this.limit = limit(request);
    this.backwards = isTrue(request.query("page_reverse").orElse("false"));
  }

  static Reply reply(Request request, Kind kind, Stream<ObjectNode> all) {
    Listing listing = new Listing(request, kind);
    List<ObjectNode> matching = all.filter(listing.filter()).collect(Collectors.toList());
    listing.sort(matching);
    List<ObjectNode> page = listing.page(matching);
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray(kind.plural());
    Set<String> fields = fields(request);
    page.forEach(it -> items.add(projected(it, fields)));
    if (listing.limit > 0) {
      body.set(kind.plural() + "_links", listing.links(page));
    }
    return Reply.json(200, body);
  }

  /// The attributes that were asked for; all if none was.
  static Set<String> fields(Request request) {
    return new HashSet<>(request.query().getOrDefault("fields", List.of()));
  }

  static ObjectNode projected(ObjectNode resource, Set<String> fields) {
    if (fields.isEmpty()) {
      return resource;
    }
    ObjectNode some = Json.object();
    resource.properties().stream()
        .filter(it -> fields.contains(it.getKey()))
        .forEach(it -> some.set(it.getKey(), it.getValue()));
    return some;
  }

  // Filters.

  private Predicate<ObjectNode> filter() {
    return request.query().entrySet().stream()
        .filter(it -> !NO_FILTERS.contains(it.getKey()))
        .map(it -> filter(it.getKey(), it.getValue()))
        .reduce(any -> true, Predicate::and);
  }

  private static Predicate<ObjectNode> filter(String name, List<String> values) {
    return switch (name) {
      case "tags" -> it -> tags(it).containsAll(words(values));
      case "tags-any" -> it -> !Collections.disjoint(tags(it), words(values));
      case "not-tags" -> it -> !tags(it).containsAll(words(values));
      case "not-tags-any" -> it -> Collections.disjoint(tags(it), words(values));
      case "fixed_ips" -> it -> values.stream().allMatch(wanted -> hasFixedIp(it, wanted));
      default ->
          it -> !it.has(name) || values.stream().anyMatch(wanted -> matches(it.get(name), wanted));
    };
  }

  private static Set<String> tags(ObjectNode it) {
    return texts(it.path("tags")).collect(Collectors.toSet());
  }

  /// A filter on tags may be repeated, and each may be a list with commas.
  private static Set<String> words(List<String> values) {
    return values.stream().flatMap(it -> Stream.of(it.split(","))).collect(Collectors.toSet());
  }

  /// Whether one of a port's addresses is as `subnet_id=…` or `ip_address=…` says.
  private static boolean hasFixedIp(ObjectNode port, String wanted) {
    int equals = wanted.indexOf('=');
    String key = equals < 0 ? "" : wanted.substring(0, equals);
    String value = wanted.substring(equals + 1);
    return StreamSupport.stream(port.path("fixed_ips").spliterator(), false)
        .anyMatch(
            it ->
                key.equals("ip_address_substr")
                    ? it.path("ip_address").asString("").contains(value)
                    : it.path(key).asString("").equals(value));
  }

  private static boolean matches(JsonNode value, String wanted) {
    if (value.isArray()) {
      return texts(value).anyMatch(wanted::equals);
    }
    if (value.isBoolean()) {
      return value.booleanValue() == isTrue(wanted);
    }
    return value.asString("").equals(wanted);
  }

  private static Stream<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(it -> it.asString(""));
  }

  private static boolean isTrue(String text) {
    return Set.of("true", "1").contains(text.toLowerCase(Locale.ROOT));
  }

  // Order.

  private void sort(List<ObjectNode> items) {
    List<String> keys = request.query().getOrDefault("sort_key", List.of());
    List<String> directions = request.query().getOrDefault("sort_dir", List.of());
    if (!directions.isEmpty() && keys.size() != directions.size()) {
      throw Fault.badRequest("The number of sort_keys and sort_dirs must be same");
    }
    Comparator<ObjectNode> order = (_, _) -> 0;
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      if (items.stream().anyMatch(it -> !it.has(key) || it.get(key).isContainer())) {
        throw Fault.badRequest("'" + key + "' is an invalid attribute for sort key");
      }
      Comparator<ObjectNode> byKey = (a, b) -> compare(a.get(key), b.get(key));
      order = order.thenComparing(direction(directions, i) ? byKey : byKey.reversed());
    }
    items.sort(order);
  }

  private static boolean direction(List<String> directions, int index) {
    String direction = directions.isEmpty() ? "asc" : directions.get(index);
    return switch (direction) {
      case "asc" -> true;
      case "desc" -> false;
      default ->
          throw Fault.badRequest(
              "'"
                  + direction
                  + "' is an invalid value for sort_dirs, valid value is 'asc' and 'desc'");
    };
  }

  private static int compare(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber()
        ? Long.compare(a.longValue(), b.longValue())
        : a.asString("").compareTo(b.asString(""));
  }

  // Pages.

  private static int limit(Request request) {
    String limit = request.query("limit").orElse("0");
    if (!limit.matches("\\d{1,9}")) {
      throw Fault.badRequest("Limit must be an integer 0 or greater and not '" + limit + "'");
    }
    return Integer.parseInt(limit);
  }

  private List<ObjectNode> page(List<ObjectNode> items) {
    List<ObjectNode> all = backwards ? items.reversed() : items;
    int from = request.query("marker").map(it -> after(all, it)).orElse(0);
    int to = limit == 0 ? all.size() : Math.min(all.size(), from + limit);
    List<ObjectNode> page = new ArrayList<>(all.subList(from, to));
    return backwards ? page.reversed() : page;
  }

  private int after(List<ObjectNode> items, String marker) {
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).path("id").asString("").equals(marker)) {
        return i + 1;
      }
    }
    throw Fault.notFound(kind, marker);
  }

  private ArrayNode links(List<ObjectNode> page) {
    ArrayNode links = Json.array();
    if (page.isEmpty()) {
      return links;
    }
    // A full page may be the last one: the link then leads to an empty page, as Neutron's do.
    boolean full = page.size() == limit;
    if (full || backwards) {
      links.addObject().put("rel", "next").put("href", href(page.getLast(), false));
    }
    if (backwards ? full : request.query("marker").isPresent()) {
      links.addObject().put("rel", "previous").put("href", href(page.getFirst(), true));
    }
    return links;
  }

  /// The same request, filters and all, from another place on.
  private String href(ObjectNode at, boolean reverse) {
    Map<String, List<String>> query = new LinkedHashMap<>(request.query());
    query.remove("page_reverse");
    query.put("marker", List.of(at.path("id").asString("")));
    if (reverse) {
      query.put("page_reverse", List.of("True"));
    }
    String text =
        query.entrySet().stream()
            .flatMap(it -> it.getValue().stream().map(value -> encoded(it.getKey(), value)))
            .collect(Collectors.joining("&"));
    return request.baseUrl() + request.path() + "?" + text;
  }

  private static String encoded(String name, String value) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
