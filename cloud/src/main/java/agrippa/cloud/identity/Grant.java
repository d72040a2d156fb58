package agrippa.cloud.identity;

import agrippa.web.Json;
import tools.jackson.databind.JsonNode;

/// A role that a user has somewhere.
record Grant(String user, Scope.Target target, String role) {
  String key() {
    return user + "|" + target.kind() + "|" + target.id() + "|" + role;
  }

  JsonNode json() {
    return Json.object()
        .put("user", user)
        .put("target", target.kind().name())
        .put("target_id", target.id())
        .put("role", role);
  }

  static Grant of(JsonNode json) {
    Scope.TargetKind kind = Scope.TargetKind.valueOf(json.path("target").asString());
    return new Grant(
        json.path("user").asString(),
        new Scope.Target(kind, json.path("target_id").asString()),
        json.path("role").asString());
  }
}
