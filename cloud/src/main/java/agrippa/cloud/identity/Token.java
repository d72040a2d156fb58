package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Scoped;
import agrippa.cloud.identity.Scope.Target;
import agrippa.cloud.identity.Scope.TargetKind;
import agrippa.cloud.identity.Scope.Unscoped;
import agrippa.web.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A token as it is kept: what its holder shows is known only by its hash.
///
/// @param hash SHA-256 of the token, in hexadecimal digits
/// @param credential application credential it was got with, or empty
record Token(
    String hash,
    String user,
    List<String> methods,
    Scope scope,
    String credential,
    String auditId,
    Instant issued,
    Instant expires) {
  Token {
    methods = List.copyOf(methods);
  }

  JsonNode json() {
    ArrayNode names = Json.array();
    methods.forEach(names::add);
    ObjectNode json =
        Json.object()
            .put("user", user)
            .put("credential", credential)
            .put("audit_id", auditId)
            .put("issued", issued.toString())
            .put("expires", expires.toString());
    json.set("methods", names);
    switch (scope) {
      case Unscoped() -> json.putNull("target");
      case Scoped(Target target) ->
          json.put("target", target.kind().name()).put("target_id", target.id());
    }
    return json;
  }

  static Token of(String hash, JsonNode json) {
    List<String> methods = new ArrayList<>();
    json.path("methods").forEach(it -> methods.add(it.asString()));
    Scope scope =
        json.path("target").isString()
            ? new Scoped(
                new Target(
                    TargetKind.valueOf(json.path("target").asString()),
                    json.path("target_id").asString()))
            : new Unscoped();
    return new Token(
        hash,
        json.path("user").asString(),
        methods,
        scope,
        json.path("credential").asString(),
        json.path("audit_id").asString(),
        Instant.parse(json.path("issued").asString()),
        Instant.parse(json.path("expires").asString()));
  }
}
