package agrippa.cloud.secret;

import java.time.Instant;
import java.util.Base64;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A secret as it is kept.
///
/// @param description what its maker said of it, in Barbican's names: `secret_type`, `algorithm`,
///     `bit_length`, `mode`, `expiration`
/// @param contentType of the payload, empty while there is none
/// @param encrypted the payload; empty while there is none
record Secret(Owned owned, ObjectNode description, String contentType, byte[] encrypted) {
  Secret {
    description = description.deepCopy();
  }

  String id() {
    return owned.id();
  }

  boolean hasPayload() {
    return !contentType.isEmpty();
  }

  /// Whether its time, if it has one, is over.
  boolean expired(Instant now) {
    return Lists.parsed(description.path("expiration").asString(""))
        .map(it -> !now.isBefore(it))
        .orElse(false);
  }

  Secret with(Owned next) {
    return new Secret(next, description, contentType, encrypted);
  }

  Secret withPayload(String type, byte[] payload) {
    return new Secret(owned, description, type, payload);
  }

  ObjectNode json() {
    ObjectNode json = owned.json();
    json.set("description", description);
    return json.put("content_type", contentType)
        .put("payload", Base64.getEncoder().encodeToString(encrypted));
  }

  static Secret of(String id, JsonNode json) {
    return new Secret(
        Owned.of(id, json),
        json.path("description").asObject(),
        json.path("content_type").asString(),
        Base64.getDecoder().decode(json.path("payload").asString()));
  }

  /// Says nothing of the payload.
  @Override
  public String toString() {
    return "Secret[" + id() + "]";
  }
}
