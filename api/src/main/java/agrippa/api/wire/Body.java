package agrippa.api.wire;

import agrippa.web.Json;
import tools.jackson.databind.JsonNode;

/// A request's body: an object with a single key, which holds the resource.
///
/// @param <T> what it is read into
public final class Body<T> {
  private final String argument;
  private final Schema.Attribute<T> root;

  /// @param argument the name that Octavia's handler has for the body; error texts use it
  /// @param wrapper the single key
  Body(String argument, String wrapper, Type<T> type) {
    this.argument = argument;
    this.root = Schema.Attribute.mandatory(wrapper, type);
  }

  /// The resource.
  ///
  /// @throws BadRequest if the body is anything else
  public T read(byte[] body) {
    if (body.length == 0) {
      throw new BadRequest("Missing argument: \"" + argument + "\"");
    }
    JsonNode document =
        Json.parse(body).orElseThrow(() -> new BadRequest("Request is not in valid JSON format"));
    if (document.isNull()) {
      throw new BadRequest("Missing argument: \"" + argument + "\"");
    }
    return Schema.of(root).read(document, Where.root(argument, document)).value(root);
  }

  /// What the resource may be.
  public JsonSchema resource() {
    return root.type().schema();
  }

  /// What the whole body may be.
  public JsonSchema schema() {
    return JsonSchema.wrapped(root.name(), resource());
  }
}
