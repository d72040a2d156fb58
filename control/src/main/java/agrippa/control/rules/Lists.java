package agrippa.control.rules;

import java.util.List;
import java.util.stream.Stream;

/// Lists with one more element.
final class Lists {
  private Lists() {}

  static <T> List<T> plus(List<T> list, T last) {
    return Stream.concat(list.stream(), Stream.of(last)).toList();
  }
}
