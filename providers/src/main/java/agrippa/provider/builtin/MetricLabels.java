package agrippa.provider.builtin;

import java.util.List;
import java.util.stream.Stream;

/// What tells a thing from others of its kind.
///
/// @param all from the whole to the part
public record MetricLabels(List<Label> all) {
  /// Of a thing that is alone.
  public static final MetricLabels NONE = new MetricLabels(List.of());

  /// @param name of ASCII letters and underscores
  /// @param value any text: what other services call projects, for instance
  public record Label(String name, String value) {}

  public MetricLabels {
    all = List.copyOf(all);
  }

  /// These and one more.
  MetricLabels and(String name, String value) {
    return new MetricLabels(
        Stream.concat(all.stream(), Stream.of(new Label(name, value))).toList());
  }
}
