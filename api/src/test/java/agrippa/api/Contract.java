package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.web.Json;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The API's description as a client reads it, against which answers are checked.
final class Contract {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          it ->
              it.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final JsonNode document;
  private final JsonNode componentsWithoutRequired;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  Contract(JsonNode document) {
    this.document = document;
    this.componentsWithoutRequired = withoutRequired(document.get("components"));
  }

  /// An operation of the description.
  ///
  /// @param template such as `/v2.0/lbaas/pools/{id}`
  record Described(String method, String template, JsonNode node) {
    List<JsonNode> parameters(String in) {
      return node.path("parameters")
          .valueStream()
          .filter(it -> it.get("in").stringValue().equals(in))
          .toList();
    }

    @Override
    public String toString() {
      return method + " " + template;
    }
  }

  JsonNode document() {
    return document;
  }

  /// All operations, those of aliases left out.
  List<Described> operations() {
    List<Described> operations = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue().properties().stream()
                    .filter(it -> !it.getKey().equals("$ref"))
                    .map(
                        it ->
                            new Described(
                                it.getKey().toUpperCase(Locale.ROOT), path.getKey(), it.getValue()))
                    .forEach(operations::add));
    return operations;
  }

  /// What a reference leads to, or the node itself.
  JsonNode resolved(JsonNode node) {
    JsonNode reference = node.get("$ref");
    return reference == null
        ? node
        : document.at(
            URLDecoder.decode(reference.stringValue().substring(1), StandardCharsets.UTF_8));
  }

  /// The schema of an operation's body, or null if it takes none.
  @Nullable JsonNode request(Described operation) {
    JsonNode schema = operation.node.at("/requestBody/content/application~1json/schema");
    return schema.isMissingNode() ? null : schema;
  }

  /// Checks that an answer is one of those that are described.
  ///
  /// @param type its media type
  /// @param shrunk whether the request had it shrunk by `fields`
  void check(Described operation, int status, String type, String body, boolean shrunk) {
    JsonNode response = operation.node.at("/responses/" + status);
    assertThat(response.isMissingNode())
        .as("%s answers %d %s, which is not described", operation, status, body)
        .isFalse();
    JsonNode content = resolved(response).get("content");
    if (content == null) {
      assertThat(body).as(operation.toString()).isEmpty();
    } else {
      JsonNode described = content.get(type.split(";", 2)[0]);
      assertThat(described)
          .as("%s answers %s, which is not described", operation, type)
          .isNotNull();
      if (type.startsWith("application/json")) {
        conforms(described.get("schema"), parsed(body), shrunk);
      }
    }
  }

  static JsonNode parsed(String body) {
    return Json.parse(body.getBytes(StandardCharsets.UTF_8))
        .orElseThrow(() -> new AssertionError("no JSON: " + body));
  }

  /// Checks a value against a schema of the document.
  void conforms(JsonNode schema, JsonNode value, boolean shrunk) {
    assertThat(
            schemas
                .computeIfAbsent(shrunk + schema.toString(), any -> schema(schema, shrunk))
                .validate(value))
        .as(() -> value.toString())
        .isEmpty();
  }

  private Schema schema(JsonNode schema, boolean shrunk) {
    ObjectNode whole = (ObjectNode) (shrunk ? withoutRequired(schema) : schema.deepCopy());
    whole.set("components", shrunk ? componentsWithoutRequired : document.get("components"));
    return REGISTRY.getSchema(whole);
  }

  /// A schema by which nothing must be there, for answers that `fields` shrinks.
  private static JsonNode withoutRequired(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> {
        ObjectNode copy = Json.object();
        object.properties().stream()
            .filter(it -> !(it.getKey().equals("required") && it.getValue().isArray()))
            .forEach(it -> copy.set(it.getKey(), withoutRequired(it.getValue())));
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = Json.array();
        array.forEach(it -> copy.add(withoutRequired(it)));
        yield copy;
      }
      default -> node;
    };
  }

  /// Errors of a document by a schema of its own.
  static List<String> errors(JsonNode schema, JsonNode document) {
    return REGISTRY.getSchema(schema).validate(document).stream().map(Object::toString).toList();
  }
}
