package agrippa.control.catalog;

import agrippa.control.spi.Capability;
import agrippa.control.spi.Capability.Type;
import agrippa.control.spi.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether a profile says what its provider understands. Complaints are in the words of the JSON
/// schema library that Octavia uses, the most general one first.
record CapabilityCheck(List<Capability> capabilities) {

  Optional<String> complaint(Value data) {
    if (!(data instanceof Value.Mapping(Map<String, Value> entries))) {
      return Optional.of(mismatch(data, "object"));
    }
    var known = capabilities.stream().map(Capability::name).toList();
    var unknown = entries.keySet().stream().filter(it -> !known.contains(it)).toList();
    if (!unknown.isEmpty()) {
      return Optional.of(unexpected(unknown));
    }
    return capabilities.stream().flatMap(it -> complaint(it, entries).stream()).findFirst();
  }

  private static Optional<String> complaint(Capability about, Map<String, Value> entries) {
    return Optional.ofNullable(entries.get(about.name()))
        .flatMap(value -> complaint(about.type(), value))
        .map(complaint -> about.name() + " " + complaint);
  }

  private static String unexpected(List<String> names) {
    var quoted =
        names.stream()
            .map(it -> PythonText.of(new Value.Text(it)))
            .collect(Collectors.joining(", "));
    return "Additional properties are not allowed (%s %s unexpected)"
        .formatted(quoted, names.size() == 1 ? "was" : "were");
  }

  private static Optional<String> complaint(Type type, Value value) {
    return switch (type) {
      case Type.Text() -> text(value);
      case Type.Choice(var texts) -> text(value).or(() -> choice(texts, value));
      case Type.Texts() ->
          value instanceof Value.Sequence(var items)
              ? items.stream().flatMap(it -> text(it).stream()).findFirst()
              : Optional.of(mismatch(value, "array"));
      case Type.Integer(int minimum) -> integer(minimum, value);
      case Type.Written(var form, var fits) ->
          value.written().filter(fits).isPresent()
              ? Optional.empty()
              : Optional.of(PythonText.of(value) + " is not " + form);
    };
  }

  private static Optional<String> text(Value value) {
    return value instanceof Value.Text ? Optional.empty() : Optional.of(mismatch(value, "string"));
  }

  private static Optional<String> choice(List<String> texts, Value value) {
    if (value instanceof Value.Text(var text) && texts.contains(text)) {
      return Optional.empty();
    }
    var choices = new Value.Sequence(texts.stream().<Value>map(Value.Text::new).toList());
    return Optional.of(PythonText.of(value) + " is not one of " + PythonText.of(choices));
  }

  private static Optional<String> integer(int minimum, Value value) {
    if (!(value instanceof Value.Number(BigDecimal number))
        || number.stripTrailingZeros().scale() > 0) {
      return Optional.of(mismatch(value, "integer"));
    }
    if (number.compareTo(BigDecimal.valueOf(minimum)) < 0) {
      return Optional.of("%s is less than the minimum of %d".formatted(number, minimum));
    }
    return number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
        ? Optional.of("%s is greater than the maximum of %d".formatted(number, Integer.MAX_VALUE))
        : Optional.empty();
  }

  private static String mismatch(Value value, String type) {
    return PythonText.of(value) + " is not of type '" + type + "'";
  }
}
