package agrippa.control.spi;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A value that an operator wrote in JSON.
public sealed interface Value {
  /// A scalar as one would write it in a command line.
  default Optional<String> written() {
    return switch (this) {
      case Flag(boolean value) -> Optional.of(String.valueOf(value));
      case Number(BigDecimal value) -> Optional.of(value.toPlainString());
      case Text(String value) -> Optional.of(value);
      case Nothing(), Sequence(_), Mapping(_) -> Optional.empty();
    };
  }

  /// JSON's null.
  record Nothing() implements Value {}

  record Flag(boolean value) implements Value {}

  record Number(BigDecimal value) implements Value {}

  record Text(String value) implements Value {}

  record Sequence(List<Value> items) implements Value {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /// @param entries in the order in which they were written
  record Mapping(Map<String, Value> entries) implements Value {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }
}
