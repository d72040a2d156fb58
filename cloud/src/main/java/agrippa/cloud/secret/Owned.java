package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What secrets and containers have in common.
///
/// @param consumers who told that they use it, as they told it
record Owned(
    String id,
    ProjectId project,
    String creator,
    String name,
    Instant created,
    Instant updated,
    Acl acl,
    List<ObjectNode> consumers) {
  private static final int MOST_CONSUMERS = 1000;

  Owned {
    consumers = List.copyOf(consumers);
  }

  boolean readableBy(Caller caller) {
    boolean insider = project.equals(caller.project());
    return caller.admin()
        || acl.users().contains(caller.userId())
        || (insider && (acl.projectAccess() || creator.equals(caller.userId())));
  }

  boolean writableBy(Caller caller) {
    return caller.admin()
        || (project.equals(caller.project())
            && (acl.projectAccess() || creator.equals(caller.userId())));
  }

  Owned with(Acl next, Instant now) {
    return new Owned(id, project, creator, name, created, now, next, consumers);
  }

  Owned touched(Instant now) {
    return new Owned(id, project, creator, name, created, now, acl, consumers);
  }

  Owned withConsumer(ObjectNode consumer) {
    if (consumers.contains(consumer)) {
      return this;
    }
    if (consumers.size() >= MOST_CONSUMERS) {
      throw Refused.bad("There are too many consumers already.");
    }
    List<ObjectNode> all = new ArrayList<>(consumers);
    all.add(consumer);
    return new Owned(id, project, creator, name, created, updated, acl, all);
  }

  Owned withoutConsumer(ObjectNode consumer) {
    List<ObjectNode> rest = consumers.stream().filter(it -> !it.equals(consumer)).toList();
    return new Owned(id, project, creator, name, created, updated, acl, rest);
  }

  ArrayNode consumersJson() {
    ArrayNode all = Json.array();
    consumers.forEach(all::add);
    return all;
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("project", project.value())
            .put("creator", creator)
            .put("name", name)
            .put("created", created.toString())
            .put("updated", updated.toString());
    json.set("acl", acl.json());
    json.set("consumers", consumersJson());
    return json;
  }

  static Owned of(String id, JsonNode json) {
    List<ObjectNode> consumers = new ArrayList<>();
    json.path("consumers").forEach(it -> consumers.add(it.asObject()));
    return new Owned(
        id,
        new ProjectId(json.path("project").asString()),
        json.path("creator").asString(),
        json.path("name").asString(),
        Instant.parse(json.path("created").asString()),
        Instant.parse(json.path("updated").asString()),
        Acl.STANDARD.with(json.path("acl")),
        consumers);
  }
}
