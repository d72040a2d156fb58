package agrippa.api.wire;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// Where in a request's body a reader is, and how it says what is wrong there (octavia-lib's and
/// WSME's texts).
///
/// @param argument the name that Octavia's handler has for the body
/// @param document the whole body
/// @param path names that lead to the object being read, the argument first
/// @param attribute of that object
record Where(String argument, JsonNode document, String path, String attribute) {
  static Where root(String argument, JsonNode document) {
    return new Where(argument, document, argument, argument);
  }

  /// At an attribute of the object that is read here.
  Where at(String name) {
    return new Where(argument, document, path, name);
  }

  /// In the object that an attribute holds.
  Where inside() {
    return new Where(argument, document, path + "." + attribute, attribute);
  }

  /// The attribute's value does not fit.
  BadRequest misfit(JsonNode value, String reason) {
    return misfit(PythonText.of(value), reason);
  }

  BadRequest misfit(String value, String reason) {
    return new BadRequest(
        "Invalid input for field/attribute %s. Value: '%s'. %s"
            .formatted(attribute, value, reason));
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
