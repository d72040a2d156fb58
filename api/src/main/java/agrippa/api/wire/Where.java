package agrippa.api.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Where in a request's body a reader is, and how it says what is wrong there (octavia-lib's and
/// WSME's texts).
///
/// @param argument the name that Octavia's handler has for the body
/// @param document the whole body
/// @param path names that lead to the object being read, the argument first
/// @param attribute of that object
/// @param whole the list or dictionary whose items are being read: texts show all of it
record Where(
    String argument, JsonNode document, String path, String attribute, @Nullable JsonNode whole) {
  static Where root(String argument, JsonNode document) {
    return new Where(argument, document, argument, argument, null);
  }

  /// At an attribute of the object that is read here.
  Where at(String name) {
    return new Where(argument, document, path, name, null);
  }

  /// In the object that an attribute holds.
  Where inside() {
    return new Where(argument, document, path + "." + attribute, attribute, null);
  }

  /// Among the items of a list or dictionary.
  Where among(JsonNode items) {
    return new Where(argument, document, path, attribute, items);
  }

  /// The attribute's value does not fit.
  BadRequest misfit(JsonNode value, String reason) {
    return misfit(PythonText.of(value), reason);
  }

  BadRequest misfit(String value, String reason) {
    String shown = whole == null ? value : PythonText.of(whole);
    return new BadRequest(
        "Invalid input for field/attribute %s. Value: '%s'. %s"
            .formatted(attribute, shown, reason));
  }

  /// The attribute's value cannot even be converted: WSME then speaks of the whole body.
  BadRequest unconvertible(String reason) {
    return root(argument, document).misfit(document, reason);
  }

  BadRequest missing() {
    return misfit("None", "Mandatory field missing.");
  }

  BadRequest unknown(List<String> names) {
    return new BadRequest(
        "Unknown attribute%s for argument %s: %s"
            .formatted(names.size() > 1 ? "s" : "", path, String.join(", ", names)));
  }
}
