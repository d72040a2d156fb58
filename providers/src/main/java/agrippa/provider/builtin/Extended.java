package agrippa.provider.builtin;

import static java.util.stream.Collectors.toUnmodifiableMap;

import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Value;
import agrippa.model.Labels;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What extensions say about one thing. Its own tags count before those of its load balancer, and
/// these before the flavor. What cannot be read, although it was vetted once, is not there.
///
/// @param own its tags
/// @param balancer tags of the load balancer that it belongs to
/// @param flavor what the flavor says, by key
record Extended(List<String> own, List<String> balancer, Map<String, String> flavor) {

  /// What the thing itself says.
  static Extended of(Labels labels) {
    return new Extended(labels.tags(), List.of(), Map.of());
  }

  /// What a flavor says, as a tag would.
  static Map<String, String> flavor(ProfileSettings settings) {
    return settings.flavor().entrySet().stream()
        .filter(it -> it.getValue().written().isPresent())
        .collect(toUnmodifiableMap(Map.Entry::getKey, it -> written(it.getValue())));
  }

  private static String written(Value value) {
    return value.written().orElseThrow();
  }

  <T> Optional<T> get(Extension<T> extension) {
    return all(extension).stream().findFirst();
  }

  /// All values of the first place that says any.
  <T> List<T> all(Extension<T> extension) {
    List<T> mine = said(own, extension);
    if (!mine.isEmpty()) {
      return mine;
    }
    List<T> shared = said(balancer, extension);
    return shared.isEmpty() ? ofFlavor(extension).stream().toList() : shared;
  }

  /// What the operator says, whatever tenants' tags do.
  <T> Optional<T> ofFlavor(Extension<T> extension) {
    return Optional.ofNullable(flavor.get(extension.key())).flatMap(extension::read);
  }

  private static <T> List<T> said(List<String> tags, Extension<T> extension) {
    String prefix = ReservedTags.PREFIX + extension.key() + "=";
    return tags.stream()
        .filter(it -> it.startsWith(prefix))
        .flatMap(it -> extension.read(it.substring(prefix.length())).stream())
        .toList();
  }
}
