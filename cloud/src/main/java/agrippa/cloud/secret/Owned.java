package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What secrets and containers have in common. Who may do what follows Barbican's policies: admins
/// of other projects may nothing.
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

  /// Roles that Barbican and Octavia let work with secrets: other than a reader's.
  private static final Set<String> WORKERS =
      Set.of("admin", "member", "creator", "load-balancer_admin", "load-balancer_member");

  Owned {
    consumers = List.copyOf(consumers);
  }

  /// Whether it may be known that this is there, and what it is.
  boolean visibleTo(Caller caller) {
    return listed(caller) || (in(caller) && open(caller));
  }

  /// Whether what is inside may be read: other than to know of it, a mere reader may not.
  boolean readableBy(Caller caller) {
    return listed(caller) || writableBy(caller);
  }

  boolean writableBy(Caller caller) {
    return in(caller) && worker(caller) && open(caller);
  }

  /// Whether the access list may be changed, which could lock others out or let strangers in.
  boolean sharableBy(Caller caller) {
    return in(caller) && (caller.admin() || (worker(caller) && made(caller)));
  }

  /// Whether a caller may make things in its project at all.
  static boolean worker(Caller caller) {
    return caller.project() != null && caller.roles().stream().anyMatch(WORKERS::contains);
  }

  private boolean in(Caller caller) {
    return project.equals(caller.project());
  }

  private boolean listed(Caller caller) {
    return acl.users().contains(caller.userId());
  }

  private boolean made(Caller caller) {
    return creator.equals(caller.userId());
  }

  private boolean open(Caller caller) {
    return acl.projectAccess() || made(caller) || caller.admin();
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
