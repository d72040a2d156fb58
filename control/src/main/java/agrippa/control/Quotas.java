package agrippa.control;

import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import java.util.Map;
import java.util.SortedMap;

/// How much each project may have. Safe for use by many threads; what was changed is stored before
/// the call returns, and counts for every decision from then on.
public interface Quotas {
  /// What holds for a project of which nothing else is said.
  Quota defaults();

  /// What holds for a project, defaults included.
  Quota of(ProjectId project);

  /// What was said of each project that ever created something or was spoken of, by id.
  SortedMap<ProjectId, Quota> known();

  /// Changes some limits of a project, whether or not the identity service knows it; to reset one
  /// is to leave it to the defaults.
  void change(ProjectId project, Map<Countable, Patch<Integer>> limits);

  /// Leaves a project to the defaults.
  ///
  /// @return false if nothing is known of it
  boolean reset(ProjectId project);
}
