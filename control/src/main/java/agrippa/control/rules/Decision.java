package agrippa.control.rules;

import agrippa.control.Verdict;
import agrippa.model.LoadBalancerTree;
import java.util.Optional;

/// What the rules say of a change.
///
/// @param seen the tree they looked at, if there is one
/// @param verdict if accepted, with the tree as it shall be, still of the generation of `seen`;
///     `seen` itself if there is nothing to do
public record Decision(Optional<LoadBalancerTree> seen, Verdict verdict) {}
