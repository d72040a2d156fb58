package agrippa.cloud;

import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns JSON that a service takes into JSON that it does not expect.
///
/// @param names of attributes that any request may have
/// @param ids of things that exist, by the name of the attribute that refers to them
record OddJson(RandomGenerator random, List<String> names, Function<String, String> ids) {
  private static final List<String> ODD =
      List.of(
          "null",
          "\"\"",
          "\" \"",
          "0",
          "-1",
          "1.5",
          "1e300",
          "9223372036854775808",
          "65536",
          "true",
          "false",
          "\"true\"",
          "\"1\"",
          "[]",
          "{}",
          "[null]",
          "[[]]",
          "[{}]",
          "{\"id\": \"x\"}",
          "\"\\u0000\"",
          "\"a\\r\\nb: c\"",
          "\"😀é\\u202e\"",
          "\"%s%n\"",
          "\"../../etc\"",
          "\"::1%lo\"",
          "\"10.9.0.0/33\"",
          "\"10.9.0.0/30\"",
          "\"fd01::/127\"",
          "\"0.0.0.0/0\"",
          "\"::/0\"",
          "\"10.9.0.5\"",
          "\"10.9.0.255\"",
          "\"255.255.255.255\"",
          "\"2026-02-30T00:00:00\"",
          "\"9999-12-31T23:59:59\"",
          "\"2099-01-01T00:00:00+25:00\"",
          "\"YWJj\"",
          "\"=\"",
          "\"-----BEGIN CERTIFICATE-----\"",
          "\"admin\"",
          "\"password\"");

  /// A value with changes.
  ///
  /// @param strange how likely any part of it changes, from 0 to 1
  JsonNode changed(String name, JsonNode value, double strange) {
    if (random.nextDouble() < strange) {
      return odd(name);
    }
    return switch (value) {
      case ObjectNode object -> changed(object, strange);
      case ArrayNode array -> {
        ArrayNode next = Json.array();
        for (JsonNode it : array) {
          for (int i = 0; i < (random.nextDouble() < strange ? random.nextInt(4) : 1); i++) {
            next.add(changed(name, it, strange));
          }
        }
        yield next;
      }
      case JsonNode it when it.isString() && it.stringValue().equals("ID") ->
          Json.object().stringNode(ids.apply(name));
      case JsonNode it -> it;
    };
  }

  private ObjectNode changed(ObjectNode object, double strange) {
    ObjectNode next = Json.object();
    for (Map.Entry<String, JsonNode> it : object.properties()) {
      if (random.nextDouble() >= strange / 2) {
        next.set(it.getKey(), changed(it.getKey(), it.getValue(), strange));
      }
    }
    while (random.nextDouble() < strange) {
      String name = any(names);
      next.set(name, odd(name));
    }
    return next;
  }

  private JsonNode odd(String name) {
    return switch (random.nextInt(8)) {
      case 0 -> Json.object().stringNode("x".repeat(random.nextInt(5_000)));
      case 1 -> Json.object().stringNode(ids.apply(name));
      case 2 -> Json.array().addAll(List.of(parsed(any(ODD)), parsed(any(ODD))));
      default -> parsed(any(ODD));
    };
  }

  /// The body's bytes, now and then damaged.
  byte[] bytes(JsonNode body, double strange) {
    byte[] bytes = Json.bytes(body);
    if (random.nextDouble() >= strange / 4) {
      return bytes;
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return switch (random.nextInt(5)) {
      case 0 -> text.substring(0, random.nextInt(text.length())).getBytes(StandardCharsets.UTF_8);
      case 1 -> (text + text).getBytes(StandardCharsets.UTF_8);
      case 2 -> text.getBytes(StandardCharsets.UTF_16);
      case 3 -> "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
      default -> text.replace("\"", "\"\\ud800").getBytes(StandardCharsets.UTF_8);
    };
  }

  static JsonNode parsed(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /// All names of attributes within.
  static List<String> names(Iterable<JsonNode> bodies) {
    List<String> names = new ArrayList<>();
    for (JsonNode body : bodies) {
      if (body.isObject()) {
        names.addAll(body.propertyNames());
      }
      names.addAll(names(body));
    }
    return names;
  }
}
