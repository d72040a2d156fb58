package agrippa.control.rules;

import agrippa.control.Caller;
import agrippa.control.Catalog;
import agrippa.control.Change;
import agrippa.control.ControlSettings;
import agrippa.control.Refusal;
import agrippa.control.access.Action;
import agrippa.model.Countable;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What a decision hangs on besides the change and the tree.
///
/// @param world as the caller sees it
/// @param catalog of flavors and availability zones
/// @param room that quotas leave
/// @param regexIsValid whether the data plane can use a regular expression
/// @param ids of whatever the change creates
/// @param now to the second
public record Terms(
    Caller caller,
    World world,
    Catalog catalog,
    Room room,
    ControlSettings settings,
    Predicate<String> regexIsValid,
    Supplier<UUID> ids,
    Instant now) {

  /// How much more of something a project may have.
  @FunctionalInterface
  public interface Room {
    long left(ProjectId project, Countable kind);
  }

  void requireAllowed(Change change, ProjectId owner) {
    for (Action action : Demands.of(change)) {
      if (!settings.policy().allows(caller, action, owner)) {
        throw RefusedException.forbidden();
      }
    }
  }

  /// Octavia's place for this check is behind those of the provider and before those of states.
  /// Two changes that pass it at once may still be too much: the ledger has the last word.
  void requireRoom(ProjectId project, Countable kind, int more) {
    if (more > 0 && room.left(project, kind) < more) {
      throw new RefusedException(new Refusal.QuotaMet(kind));
    }
  }

  void requireRoom(LoadBalancerTree tree, Countable kind, int more) {
    requireRoom(tree.loadBalancer().project(), kind, more);
  }
}
