package agrippa.api;

import agrippa.api.Operation.Parameter;
import agrippa.api.Order.Ranked;
import agrippa.api.wire.BadRequest;
import agrippa.api.wire.JsonSchema;
import agrippa.api.wire.Shape;
import agrippa.api.wire.Shape.Attribute;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers lists of one resource: filters, tags, order, pages, links and fields, as Octavia does.
///
/// @param plural key of the answer
/// @param links key of the links to other pages
/// @param shape of each item
/// @param id of an item
/// @param tags of an item
record Listing<T>(
    String plural,
    String links,
    Shape<T> shape,
    Function<T, String> id,
    Function<T, Collection<String>> tags) {
  private static final Set<String> CONTROLS =
      Set.of("limit", "marker", "sort", "sort_key", "sort_dir", "fields", "page_reverse");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "on", "1");

  /// With Octavia's usual key of links.
  Listing(
      String plural, Shape<T> shape, Function<T, String> id, Function<T, Collection<String>> tags) {
    this(plural, plural + "_links", shape, id, tags);
  }

  /// Describes the answers.
  ///
  /// @param item describes each
  JsonSchema schema(JsonSchema item) {
    JsonSchema link =
        JsonSchema.object()
            .having("rel", JsonSchema.choice(List.of("next", "previous")))
            .having("href", JsonSchema.TEXT)
            .named("Link");
    return JsonSchema.object()
        .having(plural, JsonSchema.list(item))
        .having(links, JsonSchema.list(link));
  }

  /// Describes the parameters.
  List<Parameter> parameters() {
    List<Parameter> all =
        new ArrayList<>(
            List.of(
                new Parameter(
                    "limit", "Most items of the answer.", JsonSchema.INTEGER.with("minimum", 0)),
                new Parameter("marker", "Begins behind the item of this id.", JsonSchema.TEXT),
                new Parameter(
                    "page_reverse",
                    "Ends before the marker instead.",
                    JsonSchema.choice(List.of("True", "False"))),
                new Parameter("sort", "Keys, each as key:asc or key:desc.", texts()),
                new Parameter("sort_key", "Keys, if there is no sort.", texts()),
                new Parameter("sort_dir", "Directions of these keys: asc or desc.", texts()),
                fields(shape.schema())));
    if (shape.schema().properties().containsKey("tags")) {
      all.add(new Parameter("tags", "Has all of these tags.", texts()));
      all.add(new Parameter("tags-any", "Has one of these tags.", texts()));
      all.add(new Parameter("not-tags", "Has not all of these tags.", texts()));
      all.add(new Parameter("not-tags-any", "Has none of these tags.", texts()));
    }
    for (Attribute<T> it : shape.filters()) {
      String about = "Has this " + it.name() + ".";
      all.add(new Parameter(it.name(), about, it.schema().notNull()));
    }
    return all;
  }

  /// Describes the parameter that leaves out attributes.
  ///
  /// @param resource whose attributes
  static Parameter fields(JsonSchema resource) {
    JsonSchema names = JsonSchema.list(JsonSchema.choice(resource.properties().keySet()));
    return new Parameter("fields", "Shows these attributes only.", names, true);
  }

  private static JsonSchema texts() {
    return JsonSchema.list(JsonSchema.TEXT);
  }

  /// @param most items of an answer, whatever is asked for
  /// @param items all that the caller may see
  Reply page(int most, Request request, Stream<T> items) {
    int limit;
    List<String> wishes;
    try {
      limit = limit(request, most);
      wishes = Order.wishes(request);
    } catch (IllegalArgumentException e) {
      // Octavia finds these before its handler does.
      return Faults.framework(400, "Bad Request", String.valueOf(e.getMessage()));
    }
    // In Octavia's order: what is wrong with filters is told before what is wrong with the rest.
    Predicate<T> filter = filter(request);
    Order<T> order = Order.of(wishes, shape, id);
    List<T> all = items.toList();
    Stream<Ranked<T>> found = all.stream().filter(filter).map(order::ranked);
    String marker = request.query("marker").orElse(null);
    if (marker != null) {
      Ranked<T> from = order.ranked(marked(all, marker));
      boolean reverse = request.query("page_reverse").orElse("").equals("True");
      found =
          found.filter(
              reverse ? it -> order.compare(it, from) < 0 : it -> order.compare(it, from) > 0);
    }
    List<T> page = found.sorted(order).limit(limit).map(Ranked::item).toList();
    return reply(request, page, limit, marker);
  }

  private Reply reply(Request request, List<T> page, int limit, @Nullable String marker) {
    List<String> fields = request.query().getOrDefault("fields", List.of());
    ArrayNode items = Json.array();
    page.forEach(it -> items.add(shape.json(it, fields)));
    ObjectNode body = Json.object();
    body.set(plural, items);
    ArrayNode pages = body.putArray(links);
    if (!page.isEmpty() && marker != null) {
      String href = link(request, limit, id.apply(page.getFirst())) + "&page_reverse=True";
      pages.addObject().put("rel", "previous").put("href", href);
    }
    if (page.size() >= limit) {
      String href = link(request, limit, id.apply(page.getLast()));
      pages.addObject().put("rel", "next").put("href", href);
    }
    return Reply.json(200, body);
  }

  /// The request's own URL for another page. Octavia leaves filters and fields out of it, but its
  /// command line follows it without adding them again.
  private static String link(Request request, int limit, String marker) {
    var query = new StringBuilder("limit=").append(limit);
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      if (!Set.of("limit", "marker", "page_reverse").contains(parameter.getKey())) {
        for (String value : parameter.getValue()) {
          query.append('&').append(encoded(parameter.getKey())).append('=').append(encoded(value));
        }
      }
    }
    return request.baseUrl() + request.path() + "?" + query + "&marker=" + encoded(marker);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static int limit(Request request, int most) {
    String text = request.query("limit").orElse("infinite").strip();
    if (text.equals("infinite") || text.matches("-[0-9]+|\\+?0+")) {
      return most;
    }
    if (!text.matches("\\+?[0-9]+")) {
      throw new IllegalArgumentException("Supplied pagination limit '" + text + "' is not valid.");
    }
    return new BigInteger(text).min(BigInteger.valueOf(most)).intValueExact();
  }

  private T marked(List<T> items, String marker) {
    return items.stream()
        .filter(it -> id.apply(it).equalsIgnoreCase(marker))
        .findFirst()
        .orElseThrow(
            () -> new BadRequest("Supplied pagination marker '" + marker + "' is not valid."));
  }

  private Predicate<T> filter(Request request) {
    Predicate<T> all = any -> true;
    for (Map.Entry<String, List<String>> parameter : request.query().entrySet()) {
      if (!CONTROLS.contains(parameter.getKey())) {
        all = all.and(filter(parameter.getKey(), parameter.getValue()));
      }
    }
    return all;
  }

  private Predicate<T> filter(String name, List<String> values) {
    Set<String> wanted = split(values);
    return switch (name) {
      case "tags" -> it -> keys(tags.apply(it)).containsAll(wanted);
      case "not-tags" -> it -> !keys(tags.apply(it)).containsAll(wanted);
      case "tags-any" -> it -> !Collections.disjoint(keys(tags.apply(it)), wanted);
      case "not-tags-any" -> it -> Collections.disjoint(keys(tags.apply(it)), wanted);
      default -> {
        Attribute<T> attribute = shape.filter(name).orElseThrow(Listing::invalidFilter);
        if (values.size() > 1) {
          throw invalidFilter();
        }
        yield it -> equal(attribute.value().apply(it), values.getFirst());
      }
    };
  }

  private static BadRequest invalidFilter() {
    return new BadRequest("One or more arguments are either duplicate or invalid");
  }

  private static Set<String> keys(Collection<String> tags) {
    return tags.stream().map(Collation::key).collect(Collectors.toSet());
  }

  /// Tag filters may be repeated, and may be lists.
  private static Set<String> split(List<String> values) {
    return keys(values.stream().flatMap(it -> Stream.of(it.split(",", -1))).toList());
  }

  private static boolean equal(@Nullable Object value, String wanted) {
    return switch (value) {
      case null -> false;
      case Boolean it -> it == TRUE.contains(wanted.toLowerCase(Locale.ROOT));
      case Number it -> it.doubleValue() == number(wanted);
      case Instant it -> Shape.text(it).equals(wanted.replace(' ', 'T'));
      // An empty text is what was never set: no value, in Octavia's database.
      case String it -> !it.isEmpty() && Collation.equal(it, wanted);
      case Object it -> Collation.equal(text(it), wanted);
    };
  }

  /// What a database makes of a text that is compared with a number: the number that it begins
  /// with, else 0.
  private static double number(String text) {
    Matcher number = NUMBER.matcher(text.strip());
    return number.lookingAt() ? Double.parseDouble(number.group()) : 0;
  }

  /// The text that a value is compared by.
  static String text(Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).collect(Collectors.joining(","))
        : value.toString();
  }
}
