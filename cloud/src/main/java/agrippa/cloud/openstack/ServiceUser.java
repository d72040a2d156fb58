package agrippa.cloud.openstack;

import agrippa.web.Json;
import tools.jackson.databind.node.ObjectNode;

/// Who Agrippa is in an OpenStack.
///
/// @param userDomain by name
/// @param projectDomain by name
/// @param password a secret
public record ServiceUser(
    String name, String userDomain, String project, String projectDomain, String password) {

  /// Keystone's request for a token.
  ObjectNode login() {
    ObjectNode body = Json.object();
    ObjectNode auth = body.putObject("auth");
    ObjectNode identity = auth.putObject("identity");
    identity.putArray("methods").add("password");
    ObjectNode user = identity.putObject("password").putObject("user");
    user.put("name", name).put("password", password).putObject("domain").put("name", userDomain);
    ObjectNode scope = auth.putObject("scope").putObject("project");
    scope.put("name", project).putObject("domain").put("name", projectDomain);
    return body;
  }

  /// Leaves the password out.
  @Override
  public String toString() {
    return "ServiceUser[" + name + " of " + userDomain + "]";
  }
}
