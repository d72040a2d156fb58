package agrippa.api.wire;

import agrippa.web.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What an answer shows of a resource, attribute by attribute in Octavia's order. Lists read
/// attributes through it too, so that they need no JSON of things that they leave out.
///
/// @param <T> what the resource is made from
public final class Shape<T> {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<Attribute<T>> attributes = new ArrayList<>();
  private final Set<String> absentable = new HashSet<>();

  Shape() {}

  /// @param schema describes the values
  /// @param value reads a text, number, boolean, instant, list of texts, map of texts, JSON or null
  /// @param shown whether answers have it
  /// @param filter whether lists can be filtered and sorted by it
  public record Attribute<T>(
      String name,
      JsonSchema schema,
      Function<T, @Nullable Object> value,
      boolean shown,
      boolean filter) {}

  /// A plain value, by which lists can be filtered and sorted.
  Shape<T> plain(String name, JsonSchema schema, Function<T, @Nullable Object> value) {
    attributes.add(new Attribute<>(name, schema, value, true, true));
    return this;
  }

  /// A value that is shown only.
  Shape<T> shown(String name, JsonSchema schema, Function<T, @Nullable Object> value) {
    attributes.add(new Attribute<>(name, schema, value, true, false));
    return this;
  }

  /// A value that is shown only, and whose key is left out if there is none.
  Shape<T> shownIfAny(String name, JsonSchema schema, Function<T, @Nullable Object> value) {
    absentable.add(name);
    return shown(name, schema, it -> Objects.requireNonNullElse(value.apply(it), Absent.VALUE));
  }

  /// A value that is never shown.
  Shape<T> filterOnly(String name, JsonSchema schema, Function<T, @Nullable Object> value) {
    attributes.add(new Attribute<>(name, schema, value, false, true));
    return this;
  }

  /// The attribute of this name, if lists can be filtered and sorted by it.
  public Optional<Attribute<T>> filter(String name) {
    return attributes.stream().filter(it -> it.filter && it.name.equals(name)).findFirst();
  }

  /// All that answers show.
  public ObjectNode json(T resource) {
    return json(resource, List.of());
  }

  /// @param fields names to show; none means all; unknown ones are passed over
  public ObjectNode json(T resource, Collection<String> fields) {
    ObjectNode json = Json.object();
    for (Attribute<T> attribute : attributes) {
      if (attribute.shown && (fields.isEmpty() || fields.contains(attribute.name))) {
        Object value = attribute.value.apply(resource);
        if (value != Absent.VALUE) {
          json.set(attribute.name, node(value));
        }
      }
    }
    return json;
  }

  /// Describes what answers show. What requests cannot say is read-only.
  ///
  /// @param requests all that there are
  public JsonSchema schema(Body<?>... requests) {
    Set<String> written =
        Stream.of(requests)
            .flatMap(it -> it.resource().properties().keySet().stream())
            .collect(Collectors.toSet());
    JsonSchema schema = JsonSchema.object();
    for (Attribute<T> it : attributes) {
      if (it.shown) {
        JsonSchema value =
            requests.length == 0 || written.contains(it.name)
                ? it.schema
                : it.schema.with("readOnly", true);
        schema =
            absentable.contains(it.name)
                ? schema.maybe(it.name, value)
                : schema.having(it.name, value);
      }
    }
    return schema;
  }

  /// Those by which lists can be filtered and sorted.
  public List<Attribute<T>> filters() {
    return attributes.stream().filter(Attribute::filter).toList();
  }

  private enum Absent {
    VALUE
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case null -> NODES.nullNode();
      case JsonNode it -> it;
      case String it -> NODES.stringNode(it);
      case Boolean it -> NODES.booleanNode(it);
      case Integer it -> NODES.numberNode(it);
      case Double it -> NODES.numberNode(it);
      case Instant it -> NODES.stringNode(text(it));
      case Collection<?> it -> texts(it);
      case Map<?, ?> it -> texts(it);
      case Object it -> NODES.stringNode(it.toString());
    };
  }

  /// As Octavia writes times: UTC, to the second, without a zone.
  public static String text(Instant time) {
    return SECONDS.format(time);
  }

  private static ArrayNode texts(Collection<?> values) {
    ArrayNode array = Json.array();
    values.forEach(it -> array.add(String.valueOf(it)));
    return array;
  }

  private static ObjectNode texts(Map<?, ?> values) {
    ObjectNode object = Json.object();
    values.forEach((name, value) -> object.put(String.valueOf(name), String.valueOf(value)));
    return object;
  }

  /// `[{"id": …}, …]`, Octavia's way to refer to other resources.
  static ArrayNode ids(Collection<?> ids) {
    ArrayNode array = Json.array();
    ids.forEach(it -> array.addObject().put("id", String.valueOf(it)));
    return array;
  }
}
