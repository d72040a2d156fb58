package agrippa.control.testing;

import agrippa.control.spi.CatalogStore;
import agrippa.control.spi.StateStore;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Statistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps trees as long as the object lives, and so outlives a control plane.
public final class MemoryStateStore implements StateStore {
  private final Map<LoadBalancerId, LoadBalancerTree> trees = new LinkedHashMap<>();
  private final CatalogStore catalog = new MemoryCatalogStore();
  private final Map<ProjectId, Quota> quotas = new HashMap<>();
  private Map<ListenerId, Statistics> statistics = Map.of();
  private Runnable beforeWrites = () -> {};
  private Runnable afterWrites = () -> {};

  /// Runs before each write; what it throws is what the write throws.
  public synchronized void beforeWrites(Runnable action) {
    beforeWrites = action;
  }

  /// Runs after each write; what it throws is what the caller sees, though the write is done.
  public synchronized void afterWrites(Runnable action) {
    afterWrites = action;
  }

  @Override
  public synchronized List<LoadBalancerTree> load() {
    return List.copyOf(trees.values());
  }

  @Override
  public synchronized void commit(LoadBalancerTree tree) {
    beforeWrites.run();
    var stored = trees.get(tree.id());
    requireGeneration(tree.id(), stored, tree.generation() - 1);
    trees.put(tree.id(), tree);
    afterWrites.run();
  }

  @Override
  public synchronized void remove(LoadBalancerId id, long generation) {
    beforeWrites.run();
    var stored = trees.get(id);
    if (stored == null) {
      throw new StaleGenerationException(id, generation);
    }
    requireGeneration(id, stored, generation);
    trees.remove(id);
    afterWrites.run();
  }

  private static void requireGeneration(
      LoadBalancerId id, LoadBalancerTree stored, long generation) {
    if ((stored == null ? 0 : stored.generation()) != generation) {
      throw new StaleGenerationException(id, generation);
    }
  }

  @Override
  public synchronized Map<ListenerId, Statistics> statistics() {
    return statistics;
  }

  @Override
  public synchronized void saveStatistics(Map<ListenerId, Statistics> next) {
    beforeWrites.run();
    statistics = new HashMap<>(next);
    afterWrites.run();
  }

  @Override
  public CatalogStore catalog() {
    return catalog;
  }

  @Override
  public synchronized Map<ProjectId, Quota> quotas() {
    return Map.copyOf(quotas);
  }

  @Override
  public synchronized void saveQuota(ProjectId project, Quota quota) {
    beforeWrites.run();
    quotas.put(project, quota);
    afterWrites.run();
  }
}
