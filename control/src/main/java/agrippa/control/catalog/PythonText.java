package agrippa.control.catalog;

import agrippa.control.spi.Value;
import java.util.stream.Collectors;

/// Values as Octavia's messages show them.
final class PythonText {
  private PythonText() {}

  static String of(Value value) {
    return switch (value) {
      case Value.Nothing() -> "None";
      case Value.Flag(boolean it) -> it ? "True" : "False";
      case Value.Number(var it) -> it.toString();
      case Value.Text(var it) -> quoted(it);
      case Value.Sequence(var items) ->
          items.stream().map(PythonText::of).collect(Collectors.joining(", ", "[", "]"));
      case Value.Mapping(var entries) ->
          entries.entrySet().stream()
              .map(it -> quoted(it.getKey()) + ": " + of(it.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
