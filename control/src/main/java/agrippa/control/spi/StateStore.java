package agrippa.control.spi;

import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Statistics;
import java.util.List;
import java.util.Map;

/// Where trees are kept. What [#commit] returned from survives a crash of the process and of the
/// machine. Safe for use by many threads.
public interface StateStore {
  /// All trees.
  List<LoadBalancerTree> load();

  /// Stores a tree whose generation is one more than the stored one's; a first one has generation
  /// 1.
  ///
  /// @throws StaleGenerationException if another writer was faster; nothing is stored then
  void commit(LoadBalancerTree tree);

  /// Forgets a tree.
  ///
  /// @param generation the stored one
  /// @throws StaleGenerationException if another writer was faster; nothing is removed then
  void remove(LoadBalancerId id, long generation);

  /// What listeners had carried when it was last saved.
  Map<ListenerId, Statistics> statistics();

  /// Saves what listeners have carried, and forgets all other listeners.
  void saveStatistics(Map<ListenerId, Statistics> statistics);

  /// What was said of each project's quota; [Quota#SILENT] of one that is merely known.
  Map<ProjectId, Quota> quotas();

  /// Stores what is said of a project's quota, in place of what was said before.
  void saveQuota(ProjectId project, Quota quota);

  /// The part of it that keeps flavors and availability zones.
  CatalogStore catalog();

  /// A writer worked on an old tree.
  final class StaleGenerationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StaleGenerationException(LoadBalancerId id, long generation) {
      super("load balancer " + id + " has moved on from generation " + generation);
    }
  }
}
