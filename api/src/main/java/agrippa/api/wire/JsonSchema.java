package agrippa.api.wire;

import agrippa.web.Json;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What values a request may have or an answer shows, as JSON Schema (2020-12), for the API's
/// description. It tells the plain form of a value; what else a reader is lenient about, it leaves
/// out.
///
/// @param keywords in order; values are texts, numbers, flags, schemas, lists and maps of these
/// @param nullable whether null is a value, too
public record JsonSchema(Map<String, Object> keywords, boolean nullable) {
  public static final JsonSchema ANY = new JsonSchema(Map.of(), false);
  public static final JsonSchema TEXT = type("string");
  public static final JsonSchema INTEGER = type("integer");
  public static final JsonSchema NUMBER = type("number");
  public static final JsonSchema BOOLEAN = type("boolean");
  public static final JsonSchema UUID = TEXT.with("format", "uuid");

  /// IPv4 or IPv6.
  public static final JsonSchema ADDRESS =
      anyOf(TEXT.with("format", "ipv4"), TEXT.with("format", "ipv6"));

  /// As Octavia writes times: UTC, to the second, without a zone.
  public static final JsonSchema TIME =
      TEXT.with("pattern", "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$");

  /// Octavia's way to refer to other resources.
  public static final JsonSchema IDS = list(object().having("id", UUID));

  private static final String NAME = "title";

  public JsonSchema {
    keywords = Collections.unmodifiableMap(new LinkedHashMap<>(keywords));
  }

  private static JsonSchema type(String type) {
    return new JsonSchema(Map.of("type", type), false);
  }

  public static JsonSchema text(int max) {
    return TEXT.with("maxLength", max);
  }

  public static JsonSchema integer(int min, int max) {
    return INTEGER.with("minimum", min).with("maximum", max);
  }

  public static JsonSchema choice(Collection<String> texts) {
    return TEXT.with("enum", List.copyOf(texts));
  }

  /// One of an enumeration's constants, by its name.
  public static <E extends Enum<E>> JsonSchema choice(Class<E> of) {
    return choice(Stream.of(of.getEnumConstants()).map(Enum::name).toList());
  }

  public static JsonSchema list(JsonSchema item) {
    return type("array").with("items", item);
  }

  /// An object that has nothing; see [#having] and [#maybe].
  public static JsonSchema object() {
    return type("object").with("properties", Map.of()).with("additionalProperties", false);
  }

  /// An object with one more property, or with another in the place of its own.
  public JsonSchema having(String property, JsonSchema schema) {
    Set<String> required = required();
    required.add(property);
    return maybe(property, schema).with("required", List.copyOf(required));
  }

  /// As [#having], but the property need not be there; one that must be there still must.
  public JsonSchema maybe(String property, JsonSchema schema) {
    Map<String, JsonSchema> properties = new LinkedHashMap<>(properties());
    properties.put(property, schema);
    return with("properties", properties);
  }

  /// An object without a property.
  public JsonSchema lacking(String property) {
    Map<String, JsonSchema> properties = new LinkedHashMap<>(properties());
    properties.remove(property);
    Set<String> required = required();
    required.remove(property);
    return with("properties", properties).with("required", List.copyOf(required));
  }

  /// Of an object: its properties.
  @SuppressWarnings("unchecked") // Only objects have the keyword, and it is put there above.
  public Map<String, JsonSchema> properties() {
    return (Map<String, JsonSchema>) keywords.getOrDefault("properties", Map.of());
  }

  @SuppressWarnings("unchecked") // Only objects have the keyword, and it is put there above.
  private Set<String> required() {
    return new LinkedHashSet<>((List<String>) keywords.getOrDefault("required", List.of()));
  }

  /// An object with the one property that holds all.
  public static JsonSchema wrapped(String wrapper, JsonSchema it) {
    return object().having(wrapper, it);
  }

  /// An object with whatever names.
  public static JsonSchema dictionary(JsonSchema value) {
    return type("object").with("additionalProperties", value);
  }

  public static JsonSchema anyOf(JsonSchema... choices) {
    return new JsonSchema(Map.of("anyOf", List.of(choices)), false);
  }

  public JsonSchema with(String keyword, Object value) {
    Map<String, Object> next = new LinkedHashMap<>(keywords);
    next.put(keyword, value);
    return new JsonSchema(next, nullable);
  }

  public JsonSchema without(String keyword) {
    Map<String, Object> next = new LinkedHashMap<>(keywords);
    next.remove(keyword);
    return new JsonSchema(next, nullable);
  }

  /// Gives it a name, under which a document keeps it once for all places.
  public JsonSchema named(String name) {
    return with(NAME, name);
  }

  public @Nullable String name() {
    return (String) keywords.get(NAME);
  }

  public JsonSchema orNull() {
    return new JsonSchema(keywords, true);
  }

  public JsonSchema notNull() {
    return new JsonSchema(keywords, false);
  }

  /// The schema written out, where all named ones within refer to a document's components.
  ///
  /// @param components takes the named ones
  /// @throws IllegalStateException if different schemas have the same name
  public JsonNode json(ObjectNode components) {
    ObjectNode json = name() == null ? plain(components) : reference(components);
    if (!nullable) {
      return json;
    }
    if (!json.has("type")) {
      ObjectNode either = Json.object();
      either.putArray("anyOf").add(json).addObject().put("type", "null");
      return either;
    }
    json.set("type", Json.array().add(json.get("type")).add("null"));
    if (json.get("enum") instanceof ArrayNode choices) {
      choices.addNull();
    }
    return json;
  }

  private ObjectNode reference(ObjectNode components) {
    String name = String.valueOf(name());
    ObjectNode json = plain(components);
    JsonNode known = components.get(name);
    if (known != null && !known.equals(json)) {
      throw new IllegalStateException("two schemas are named " + name);
    }
    components.set(name, json);
    return Json.object().put("$ref", "#/components/schemas/" + name);
  }

  private ObjectNode plain(ObjectNode components) {
    ObjectNode json = Json.object();
    keywords.forEach((keyword, value) -> json.set(keyword, node(value, components)));
    return json;
  }

  private static JsonNode node(Object value, ObjectNode components) {
    return switch (value) {
      case JsonSchema it -> it.json(components);
      case JsonNode it -> it;
      case String it -> Json.object().stringNode(it);
      case Boolean it -> Json.object().booleanNode(it);
      case Integer it -> Json.object().numberNode(it);
      case Double it -> Json.object().numberNode(it);
      case Collection<?> it -> {
        ArrayNode array = Json.array();
        it.forEach(item -> array.add(node(item, components)));
        yield array;
      }
      case Map<?, ?> it -> {
        ObjectNode object = Json.object();
        it.forEach((name, item) -> object.set(String.valueOf(name), node(item, components)));
        yield object;
      }
      case Object it -> throw new IllegalArgumentException("no JSON Schema: " + it);
    };
  }
}
