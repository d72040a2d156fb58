package agrippa.web;

import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON trees, keys in the order in which they were put.
public final class Json {
  // Bounds for what tenants send. Request bodies have a limit of their own, so strings need none.
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(64)
          .maxNumberLength(100)
          .maxNameLength(10_000)
          .build();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /// The tree in these bytes, or nothing if they are no JSON: text behind it, a key twice in one
  /// object, half a surrogate pair, or more than 64 levels make it none.
  public static Optional<JsonNode> parse(byte[] bytes) {
    try {
      return Optional.ofNullable(MAPPER.readTree(bytes)).filter(Json::wellFormed);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// Half a surrogate pair, which JSON can escape, could be stored but never be written again.
  private static boolean wellFormed(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING -> false;
      case STRING -> wellFormed(node.stringValue());
      case ARRAY -> node.valueStream().allMatch(Json::wellFormed);
      case OBJECT ->
          node.propertyStream()
              .allMatch(it -> wellFormed(it.getKey()) && wellFormed(it.getValue()));
      case NULL, BOOLEAN, NUMBER, BINARY, POJO -> true;
    };
  }

  private static boolean wellFormed(String text) {
    return text.codePoints()
        .noneMatch(it -> it >= Character.MIN_SURROGATE && it <= Character.MAX_SURROGATE);
  }

  public static byte[] bytes(JsonNode tree) {
    return MAPPER.writeValueAsBytes(tree);
  }
}
