package agrippa.api;

import agrippa.control.spi.Value;
import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// JSON within a text, such as the data of profiles.
public final class ValueJson {
  private ValueJson() {}

  /// The value in a text, or nothing if it is no JSON.
  public static Optional<Value> read(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8)).map(ValueJson::value);
  }

  private static Value value(JsonNode node) {
    return switch (node.getNodeType()) {
      case NULL, MISSING -> new Value.Nothing();
      case BOOLEAN -> new Value.Flag(node.booleanValue());
      case NUMBER -> new Value.Number(node.decimalValue());
      case STRING -> new Value.Text(node.stringValue());
      case ARRAY -> new Value.Sequence(node.valueStream().map(ValueJson::value).toList());
      case OBJECT -> new Value.Mapping(entries(node));
      case BINARY, POJO -> throw new IllegalArgumentException("not read from text: " + node);
    };
  }

  private static Map<String, Value> entries(JsonNode node) {
    var entries = new LinkedHashMap<String, Value>();
    node.properties().forEach(it -> entries.put(it.getKey(), value(it.getValue())));
    return entries;
  }
}
