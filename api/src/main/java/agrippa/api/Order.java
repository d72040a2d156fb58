package agrippa.api;

import agrippa.api.wire.BadRequest;
import agrippa.api.wire.Shape;
import agrippa.api.wire.Shape.Attribute;
import agrippa.web.Request;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The order that a list request asks for; without a wish, or between equals, by creation and id.
///
/// @param bys what decides, the first first
record Order<T>(List<By<T>> bys) implements Comparator<Order.Ranked<T>> {
  /// An item and what its place depends on: read once, compared often.
  record Ranked<T>(T item, List<Key> keys) {}

  /// @param key of an item
  /// @param descending or ascending
  record By<T>(Function<T, Key> key, boolean descending) {}

  /// A value as the database compares it. Those of one attribute are of one kind, or none.
  sealed interface Key extends Comparable<Key> {
    record None() implements Key {}

    record Number(double value) implements Key {}

    record Time(Instant value) implements Key {}

    record Text(String value) implements Key {}

    @Override
    default int compareTo(Key other) {
      return switch (this) {
        case Number(double value) when other instanceof Number(double than) ->
            Double.compare(value, than);
        case Time(Instant value) when other instanceof Time(Instant than) -> value.compareTo(than);
        case Text(String value) when other instanceof Text(String than) -> value.compareTo(than);
        case None _, Number _, Time _, Text _ ->
            Boolean.compare(!(this instanceof None), !(other instanceof None));
      };
    }

    static Key of(@Nullable Object value) {
      return switch (value) {
        case null -> new None();
        case java.lang.Number it -> new Number(it.doubleValue());
        case Instant it -> new Time(it);
        case Object it -> new Text(Collation.key(Listing.text(it)));
      };
    }
  }

  /// @param wishes as [#wishes] reads them
  /// @throws BadRequest if there is no such attribute
  static <T> Order<T> of(List<String> wishes, Shape<T> shape, Function<T, String> id) {
    List<String> all = new ArrayList<>(wishes);
    for (String last : List.of("created_at", "id")) {
      if (shape.filter(last).isPresent()
          && all.stream().noneMatch(it -> it.startsWith(last + ":"))) {
        all.add(last + ":asc");
      }
    }
    List<By<T>> bys = new ArrayList<>();
    for (String wish : all) {
      Attribute<T> attribute = attribute(shape, wish.substring(0, wish.lastIndexOf(':')));
      bys.add(new By<>(it -> Key.of(attribute.value().apply(it)), wish.endsWith(":desc")));
    }
    bys.add(new By<>(it -> new Key.Text(id.apply(it)), false));
    return new Order<>(bys);
  }

  private static <T> Attribute<T> attribute(Shape<T> shape, String key) {
    return shape
        .filter(key)
        .orElseThrow(() -> new BadRequest("Supplied sort key '" + key + "' is not valid."));
  }

  Ranked<T> ranked(T item) {
    return new Ranked<>(item, bys.stream().map(it -> it.key().apply(item)).toList());
  }

  @Override
  public int compare(Ranked<T> a, Ranked<T> b) {
    for (int i = 0; i < bys.size(); i++) {
      int order = a.keys().get(i).compareTo(b.keys().get(i));
      if (order != 0) {
        return bys.get(i).descending() ? -order : order;
      }
    }
    return 0;
  }

  /// What a request asks for, as `key:asc` or `key:desc`.
  ///
  /// @throws IllegalArgumentException if that makes no sense, with Octavia's text
  static List<String> wishes(Request request) {
    String sort = request.query("sort").orElse("");
    if (!sort.isEmpty()) {
      return Stream.of(sort.split(",", -1)).map(Order::wish).toList();
    }
    String keys = request.query("sort_key").orElse("");
    if (keys.isEmpty()) {
      return List.of();
    }
    String asked = request.query("sort_dir").orElse("");
    String[] directions = asked.isEmpty() ? new String[0] : asked.split(",", -1);
    List<String> wishes = new ArrayList<>();
    for (String key : keys.split(",", -1)) {
      int i = wishes.size();
      wishes.add(key + ":" + direction(i < directions.length ? directions[i] : "asc"));
    }
    return wishes;
  }

  private static String wish(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 2) {
      throw new IllegalArgumentException("Supplied sort key '" + text + "' is not valid.");
    }
    return parts[0] + ":" + direction(parts.length == 2 ? parts[1] : "asc");
  }

  private static String direction(String text) {
    String direction = text.toLowerCase(Locale.ROOT);
    if (!direction.equals("asc") && !direction.equals("desc")) {
      throw new IllegalArgumentException(
          "Supplied sort direction '" + direction + "' is not valid.");
    }
    return direction;
  }
}
