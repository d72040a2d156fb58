package agrippa.cloud.identity;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Something that the identity service keeps, with the attributes that Keystone shows: those it
/// knows and those that clients added, as Keystone keeps them too. Immutable: every reader and
/// writer gets a copy.
record Entity(Kind kind, ObjectNode attributes) {
  Entity {
    attributes = attributes.deepCopy();
  }

  @Override
  public ObjectNode attributes() {
    return attributes.deepCopy();
  }

  String id() {
    return text("id");
  }

  String name() {
    return text("name");
  }

  /// The domain that it belongs to, or empty.
  String domain() {
    return text("domain_id");
  }

  boolean enabled() {
    return attributes.path("enabled").asBoolean(true);
  }

  /// A text attribute, or empty.
  String text(String key) {
    return attributes.path(key).asString("");
  }

  @Nullable JsonNode get(String key) {
    return attributes.get(key);
  }

  /// With some attributes replaced; others stay.
  Entity with(ObjectNode changes) {
    ObjectNode next = attributes();
    changes.properties().forEach(each -> next.set(each.getKey(), each.getValue()));
    return new Entity(kind, next);
  }
}
