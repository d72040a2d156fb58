package agrippa.control;

import agrippa.model.ProjectId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who asks for something, as the identity service vouches.
///
/// @param userId of the identity service
/// @param project the token's scope, or null for a token without project
/// @param system whether the token's scope is the system as a whole, and no project
/// @param roles held in that scope
/// @param token to be shown to other services on the caller's behalf; a secret
public record Caller(
    String userId, @Nullable ProjectId project, boolean system, Set<String> roles, String token) {
  public Caller {
    roles = Set.copyOf(roles);
  }

  /// Somebody whose scope is a project, or nothing.
  public Caller(String userId, @Nullable ProjectId project, Set<String> roles, String token) {
    this(userId, project, false, roles, token);
  }

  /// Whether the embedded network and secret services allow everything. What the load-balancer API
  /// allows, [agrippa.control.access.Policy] says.
  public boolean admin() {
    return roles.contains("admin");
  }

  /// Whether those services let this project's things be seen and changed: its users may, and
  /// admins.
  public boolean mayUse(ProjectId owner) {
    return admin() || owner.equals(project);
  }

  /// Leaves the token out.
  @Override
  public String toString() {
    return "Caller[" + userId + " in " + project + "]";
  }
}
