package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Scoped;
import agrippa.cloud.identity.Scope.Target;
import java.util.List;
import java.util.Optional;

/// A valid token with what is behind it now.
///
/// @param roles held in the token's scope, implied ones included
record Session(Token token, Entity user, List<Entity> roles) {
  boolean admin() {
    return roles.stream().anyMatch(it -> it.name().equals("admin"));
  }

  Optional<Target> target() {
    return switch (token.scope()) {
      case Scope.Unscoped() -> Optional.empty();
      case Scoped(Target target) -> Optional.of(target);
    };
  }
}
