package agrippa.proxy;

import java.util.Iterator;

/// Writes the pages that [agrippa.proxy.plan.Route.Action.Report] answers with.
@FunctionalInterface
public interface Reporter {
  /// Begins a page about a plan. This and the iterator are never called on an event loop, but on a
  /// thread that all pages of a proxy share: a piece should be quick to make, and some kilobytes
  /// long.
  ///
  /// @param plan what the plan's proxy counts and knows
  /// @return the page in pieces; the next is asked for when the client has taken the one before, so
  ///     the last may be asked for long after the first, or never
  Iterator<byte[]> page(PlanMeter plan);
}
