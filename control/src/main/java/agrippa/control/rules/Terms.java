package agrippa.control.rules;

import agrippa.control.Caller;
import agrippa.control.ControlSettings;
import agrippa.model.ProjectId;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What a decision hangs on besides the change and the tree.
///
/// @param world as the caller sees it
/// @param regexIsValid whether the data plane can use a regular expression
/// @param ids of whatever the change creates
/// @param now to the second
public record Terms(
    Caller caller,
    World world,
    ControlSettings settings,
    Predicate<String> regexIsValid,
    Supplier<UUID> ids,
    Instant now) {

  void requireAccess(ProjectId owner) {
    if (!caller.mayUse(owner)) {
      throw RefusedException.forbidden();
    }
  }
}
