package agrippa.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Makes JSON of schemas, as text: values that fit, values that just do not, and values that
/// nobody expects.
///
/// @param resolve what a reference leads to
/// @param ids of things that exist, by the name of the attribute that refers to them
record RandomJson(
    RandomGenerator random, Function<JsonNode, JsonNode> resolve, Function<String, String> ids) {
  private static final int DEEP = 80;

  /// What nothing can be made without, though no schema says so.
  private static final Set<String> PARENTS = Set.of("vip_subnet_id", "loadbalancer_id");

  /// What no schema says, though some attributes take some of it.
  private static final List<String> ODD =
      List.of(
          "null",
          "\"\"",
          "\" \"",
          "0",
          "-1",
          "1.5",
          "1e300",
          "-1e-300",
          "9223372036854775808",
          "99999999999999999999999999999999999999999999",
          "true",
          "false",
          "\"true\"",
          "\"1\"",
          "\" 1 \"",
          "\"None\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "{\"\": null}",
          "{\"id\": \"x\"}",
          "\"\\u0000\"",
          "\"a\\r\\nb: c\"",
          "\"\\ud800\"",
          "\"😀é\\u202e\\ufeff\"",
          "\"%s%n${x}{{x}}\"",
          "\"(a+)+$\"",
          "\"[\"",
          "\"../../etc\"",
          "\"::1%lo\"",
          "\"1.2.3.4/33\"",
          "\"http://[\"",
          "\"x'; DROP TABLE x; --\"");

  /// A value for a place.
  ///
  /// @param name of the attribute
  /// @param strange how likely any part of it does not fit, from 0 to 1
  String value(String name, JsonNode described, double strange) {
    if (random.nextDouble() < strange) {
      return strange(name);
    }
    JsonNode schema = resolve.apply(described);
    if (schema.has("anyOf")) {
      return value(name, any(schema.get("anyOf").valueStream().toList()), strange);
    }
    if (schema.has("enum")) {
      return any(schema.get("enum").valueStream().toList()).toString();
    }
    if (schema.has("examples") && random.nextInt(4) > 0) {
      return any(schema.get("examples").valueStream().toList()).toString();
    }
    JsonNode type = schema.path("type");
    String plain =
        type.isArray() ? any(type.valueStream().toList()).asString() : type.asString("null");
    return switch (plain) {
      case "string" -> text(name, schema, strange > 0);
      case "integer" -> integer(schema, strange > 0);
      case "number" -> String.valueOf(random.nextDouble());
      case "boolean" -> String.valueOf(random.nextBoolean());
      case "array" ->
          IntStream.range(0, Math.min(random.nextInt(4), schema.path("maxItems").asInt(4)))
              .mapToObj(any -> value(name, schema.get("items"), strange))
              .collect(Collectors.joining(", ", "[", "]"));
      case "object" -> object(schema, strange);
      default -> "null";
    };
  }

  private String strange(String name) {
    return switch (random.nextInt(12)) {
      case 0 -> "\"" + "x".repeat(1 + random.nextInt(6_000)) + "\"";
      case 1 -> "\"" + "é😀".repeat(random.nextInt(200)) + "\"";
      case 2 -> "[".repeat(DEEP) + "]".repeat(DEEP);
      case 3 -> "{\"a\": ".repeat(DEEP / 2) + "1" + "}".repeat(DEEP / 2);
      case 4 -> "[" + String.join(", ", Collections.nCopies(300, any(ODD))) + "]";
      case 5 -> "\"" + ids.apply(name) + "\"";
      default -> any(ODD);
    };
  }

  private String text(String name, JsonNode schema, boolean beyond) {
    if (schema.path("format").asString("").equals("uuid")) {
      return "\"" + ids.apply(name) + "\"";
    }
    if (schema.path("format").asString("").equals("ipv4")) {
      return "\"10.0.0." + random.nextInt(256) + "\"";
    }
    if (schema.path("format").asString("").equals("ipv6")) {
      return "\"fd00::" + Integer.toHexString(random.nextInt(65_536)) + "\"";
    }
    int max = schema.path("maxLength").asInt(40);
    int least = schema.path("minLength").asInt(0);
    int length = any(List.of(least, 1, 5, max - 1, max, beyond ? max + 1 : max));
    return "\"" + "a".repeat(Math.max(0, length)) + "\"";
  }

  private String integer(JsonNode schema, boolean beyond) {
    long min = schema.path("minimum").asLong(0);
    long max = schema.path("maximum").asLong(100);
    return String.valueOf(
        switch (random.nextInt(8)) {
          case 0 -> beyond ? min - 1 : min;
          case 1 -> beyond ? max + 1 : max;
          case 2 -> max;
          case 3 -> min;
          default -> min + random.nextLong(Math.min(max - min, 100) + 1);
        });
  }

  private String object(JsonNode schema, double strange) {
    List<String> properties = new ArrayList<>();
    List<String> required =
        schema.path("required").valueStream().map(JsonNode::stringValue).toList();
    // Few optional ones, or nearly nothing would be accepted.
    int chance = 2 + random.nextInt(20);
    for (Map.Entry<String, JsonNode> it : schema.path("properties").properties()) {
      boolean must = required.contains(it.getKey()) || PARENTS.contains(it.getKey());
      if (must ? random.nextDouble() >= strange / 4 + 0.05 : random.nextInt(chance) == 0) {
        properties.add(property(it.getKey(), value(it.getKey(), it.getValue(), strange)));
      }
    }
    if (schema.get("additionalProperties") instanceof JsonNode more && more.isObject()) {
      properties.add(
          property(
              any(List.of("X-Forwarded-For", "X-Forwarded-Proto", "X-SSL-Client-CN", "x")),
              random.nextBoolean() ? "\"true\"" : value("value", more, strange)));
    }
    if (random.nextDouble() < strange / 4) {
      properties.add(property(any(List.of("nosuch", "id", "", "\\u0000", "😀")), any(ODD)));
    }
    if (!properties.isEmpty() && random.nextDouble() < strange / 8) {
      properties.add(any(properties));
    }
    return "{" + String.join(", ", properties) + "}";
  }

  private static String property(String name, String value) {
    return "\"" + name + "\": " + value;
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
