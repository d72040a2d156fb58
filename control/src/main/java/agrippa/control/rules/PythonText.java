package agrippa.control.rules;

import java.util.Collection;
import java.util.stream.Collectors;

/// Values as Octavia's messages show them.
final class PythonText {
  private PythonText() {}

  /// `['a', 'b']`.
  static String list(Collection<String> values) {
    return values.stream().map(it -> "'" + it + "'").collect(Collectors.joining(", ", "[", "]"));
  }
}
