package agrippa.cloud.network;

import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What everything that the network service keeps has.
///
/// @param name empty if it has none
/// @param created to the second
/// @param updated to the second
/// @param revision grows with each change
record Meta(
    UUID id,
    ProjectId project,
    String name,
    String description,
    List<String> tags,
    Instant created,
    Instant updated,
    long revision) {
  Meta {
    tags = List.copyOf(tags);
  }

  Meta labelled(String newName, String newDescription) {
    return new Meta(id, project, newName, newDescription, tags, created, updated, revision);
  }

  Meta tagged(List<String> next) {
    return new Meta(id, project, name, description, next, created, updated, revision);
  }

  /// One revision on.
  Meta changed(Instant now) {
    return new Meta(id, project, name, description, tags, created, now, revision + 1);
  }

  /// As Neutron shows it, the id first.
  ObjectNode json() {
    ArrayNode labels = Json.array();
    tags.forEach(labels::add);
    ObjectNode json = Json.object();
    json.put("id", id.toString());
    json.put("name", name);
    json.put("tenant_id", project.value());
    json.put("project_id", project.value());
    json.put("description", description);
    json.set("tags", labels);
    json.put("created_at", created.toString());
    json.put("updated_at", updated.toString());
    json.put("revision_number", revision);
    return json;
  }

  /// Reads what [#json] wrote.
  static Meta of(JsonNode json) {
    return new Meta(
        UUID.fromString(json.path("id").stringValue()),
        new ProjectId(json.path("project_id").stringValue()),
        json.path("name").stringValue(),
        json.path("description").stringValue(),
        StreamSupport.stream(json.path("tags").spliterator(), false)
            .map(JsonNode::stringValue)
            .toList(),
        Instant.parse(json.path("created_at").stringValue()),
        Instant.parse(json.path("updated_at").stringValue()),
        json.path("revision_number").longValue());
  }
}
