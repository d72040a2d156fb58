package agrippa.cloud.secret;

import agrippa.web.Json;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Who may read something.
///
/// @param users in addition to its creator
/// @param projectAccess whether its project's users may
record Acl(Set<String> users, boolean projectAccess) {
  static final Acl STANDARD = new Acl(Set.of(), true);

  private static final int MOST_USERS = 1000;

  Acl {
    users = Set.copyOf(users);
  }

  /// Barbican's `{"read": {"users": [...], "project-access": true}}`.
  ///
  /// @throws Refused if it is not
  Acl with(JsonNode body) {
    JsonNode read = body.path("read");
    if (!read.isObject()) {
      throw Refused.bad("Provided object does not match schema 'ACL': 'read' is required");
    }
    Set<String> readers = users;
    if (read.path("users").isArray()) {
      readers = new LinkedHashSet<>();
      for (JsonNode user : read.path("users")) {
        readers.add(user.asString(""));
      }
      if (readers.size() > MOST_USERS) {
        throw Refused.bad("Provided object does not match schema 'ACL': too many users");
      }
    }
    return new Acl(readers, read.path("project-access").asBoolean(projectAccess));
  }

  ObjectNode json() {
    ObjectNode read = Json.object();
    var list = read.putArray("users");
    users.stream().sorted().forEach(list::add);
    read.put("project-access", projectAccess);
    return Json.object().set("read", read);
  }
}
