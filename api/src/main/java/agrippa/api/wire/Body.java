package agrippa.api.wire;

import agrippa.web.Json;
import tools.jackson.databind.JsonNode;

/// A request's body: an object with a single key, which holds the resource.
final class Body {
  private Body() {}

  /// The resource.
  ///
  /// @param argument the name that Octavia's handler has for the body; error texts use it
  /// @param wrapper the single key
  /// @throws BadRequest if the body is anything else
  static <T> T read(byte[] body, String argument, String wrapper, Type<T> type) {
    if (body.length == 0) {
      throw new BadRequest("Missing argument: \"" + argument + "\"");
    }
    JsonNode document =
        Json.parse(body).orElseThrow(() -> new BadRequest("Request is not in valid JSON format"));
    if (document.isNull()) {
      throw new BadRequest("Missing argument: \"" + argument + "\"");
    }
    Schema.Attribute<T> root = Schema.Attribute.mandatory(wrapper, type);
    return Schema.of(root).read(document, Where.root(argument, document)).value(root);
  }
}
