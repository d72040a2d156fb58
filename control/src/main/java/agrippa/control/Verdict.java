package agrippa.control;

import agrippa.model.LoadBalancerTree;
import java.util.UUID;

/// What became of a change.
public sealed interface Verdict {
  /// It is stored, and the world will match.
  ///
  /// @param tree with the change in it
  /// @param subject id of what was created, updated or deleted (the pool's for a batch of members)
  record Accepted(LoadBalancerTree tree, UUID subject) implements Verdict {}

  /// Nothing changed.
  record Refused(Refusal why) implements Verdict {}
}
