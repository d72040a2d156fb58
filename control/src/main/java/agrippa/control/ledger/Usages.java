package agrippa.control.ledger;

import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Usage;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How much each project has: the sum over its trees, kept along with them, and what is just being
/// stored on top. Projects do not meet, and nobody waits while something is written to disk.
final class Usages {
  // Nothing is kept of a project that has nothing.
  private final ConcurrentMap<ProjectId, Usage> sums = new ConcurrentHashMap<>();

  Usage of(ProjectId project) {
    return sums.getOrDefault(project, Usage.NONE);
  }

  /// Takes up what is there anyway.
  void add(ProjectId project, Usage more) {
    sums.compute(
        project,
        (it, before) -> {
          var after = before == null ? more : before.plus(more);
          return after.equals(Usage.NONE) ? null : after;
        });
  }

  /// Gives back what is gone, or what was claimed in vain.
  void release(ProjectId project, Usage less) {
    add(project, Usage.NONE.minus(less));
  }

  /// Takes up more, unless that is more than there may be. Of two that claim the last free place
  /// one gets it.
  ///
  /// @return what there is already as much of as there may be; nothing was claimed then
  Optional<Countable> claim(ProjectId project, Usage more, Quota quota) {
    while (true) {
      var before = of(project);
      var full = quota.full(before, more);
      if (full.isPresent() || swap(project, before, before.plus(more))) {
        return full;
      }
    }
  }

  /// @return false if somebody else was faster
  private boolean swap(ProjectId project, Usage before, Usage after) {
    if (before.equals(after)) {
      return true;
    }
    return before.equals(Usage.NONE)
        ? sums.putIfAbsent(project, after) == null
        : sums.replace(project, before, after);
  }
}
