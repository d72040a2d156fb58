package agrippa.cloud.compute;

import agrippa.web.Json;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A user's public key.
///
/// @param publicKey a line of OpenSSH's form
record KeyPair(String user, String name, String publicKey, String fingerprint, Instant created) {
  ObjectNode json() {
    return Json.object()
        .put("user", user)
        .put("name", name)
        .put("public_key", publicKey)
        .put("fingerprint", fingerprint)
        .put("created", created.toString());
  }

  static KeyPair of(JsonNode it) {
    return new KeyPair(
        it.path("user").asString(),
        it.path("name").asString(),
        it.path("public_key").asString(),
        it.path("fingerprint").asString(),
        Instant.parse(it.path("created").asString()));
  }
}
