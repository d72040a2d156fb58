package agrippa.cloud.identity;

import agrippa.web.Json;
import agrippa.web.Request;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What bodies of requests and answers have in common.
final class Bodies {
  private Bodies() {}

  /// The object below a root key.
  ///
  /// @throws Refused if the body is no such thing
  static ObjectNode object(Request request, String root) {
    JsonNode object =
        Json.parse(request.body())
            .orElseThrow(() -> Refused.bad("The request body is not valid JSON."))
            .path(root);
    if (!object.isObject()) {
      throw Refused.bad("Invalid input for field '" + root + "': it must be an object.");
    }
    return object.asObject();
  }

  /// Items with Keystone's links.
  static ObjectNode list(Request request, String root, List<ObjectNode> items) {
    ArrayNode array = Json.array();
    items.forEach(array::add);
    ObjectNode body = Json.object();
    body.set(root, array);
    body.putObject("links")
        .putNull("next")
        .put("self", request.baseUrl() + request.path())
        .putNull("previous");
    return body;
  }
}
