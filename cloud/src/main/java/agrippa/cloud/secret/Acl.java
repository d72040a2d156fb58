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
  private static final int LONGEST_USER = 255;

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
    JsonNode access = read.path("project-access");
    if (!access.isMissingNode() && !access.isBoolean()) {
      throw Refused.bad(
          "Provided object does not match schema 'ACL': 'project-access' is not a boolean");
    }
    return new Acl(
        read.has("users") ? users(read.path("users")) : users, access.asBoolean(projectAccess));
  }

  private static Set<String> users(JsonNode list) {
    Set<String> users = new LinkedHashSet<>();
    for (JsonNode user : list) {
      users.add(user.asString(""));
    }
    boolean named = users.stream().noneMatch(it -> it.isBlank() || it.length() > LONGEST_USER);
    if (!list.isArray() || !named || users.size() > MOST_USERS) {
      throw Refused.bad(
          "Provided object does not match schema 'ACL': 'users' is not a list of at most "
              + MOST_USERS
              + " user ids");
    }
    return users;
  }

  ObjectNode json() {
    ObjectNode read = Json.object();
    var list = read.putArray("users");
    users.stream().sorted().forEach(list::add);
    read.put("project-access", projectAccess);
    return Json.object().set("read", read);
  }
}
