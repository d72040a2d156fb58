package agrippa.cloud.secret;

import agrippa.web.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Secrets that belong together, by name.
///
/// @param type `certificate`, `generic` or `rsa`
/// @param secrets id by name, in the order given
record Container(Owned owned, String type, Map<String, String> secrets) {
  Container {
    secrets = new LinkedHashMap<>(secrets);
  }

  String id() {
    return owned.id();
  }

  Container with(Owned next) {
    return new Container(next, type, secrets);
  }

  ObjectNode json() {
    ObjectNode json = owned.json().put("type", type);
    ArrayNode all = json.putArray("secrets");
    secrets.forEach((name, id) -> all.add(Json.object().put("name", name).put("id", id)));
    return json;
  }

  static Container of(String id, JsonNode json) {
    Map<String, String> secrets = new LinkedHashMap<>();
    json.path("secrets")
        .forEach(it -> secrets.put(it.path("name").asString(), it.path("id").asString()));
    return new Container(Owned.of(id, json), json.path("type").asString(), secrets);
  }
}
