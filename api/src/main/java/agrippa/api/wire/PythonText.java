package agrippa.api.wire;

import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// JSON as Python's `str` shows it, since Octavia's error texts quote values so.
final class PythonText {
  private static final int LONGEST = 4_096;

  private PythonText() {}

  /// @return cut after 4096 characters
  static String of(JsonNode value) {
    String text = value.isString() ? value.stringValue() : quoted(value);
    return text.length() <= LONGEST ? text : whole(text.substring(0, LONGEST)) + "...";
  }

  private static String quoted(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> "None";
      case BOOLEAN -> value.booleanValue() ? "True" : "False";
      case STRING -> "'" + value.stringValue().replace("\\", "\\\\").replace("'", "\\'") + "'";
      case ARRAY ->
          value.valueStream().map(PythonText::quoted).collect(Collectors.joining(", ", "[", "]"));
      case OBJECT ->
          value
              .propertyStream()
              .map(it -> "'" + it.getKey() + "': " + quoted(it.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case NUMBER, BINARY, POJO -> value.toString();
    };
  }

  /// Text that does not end within a surrogate pair.
  private static String whole(String text) {
    return Character.isHighSurrogate(text.charAt(text.length() - 1))
        ? text.substring(0, text.length() - 1)
        : text;
  }
}
