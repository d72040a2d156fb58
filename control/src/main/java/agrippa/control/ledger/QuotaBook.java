package agrippa.control.ledger;

import agrippa.control.Patch;
import agrippa.control.Quotas;
import agrippa.control.spi.StateStore;
import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/// What was said of each project's quota: in memory for readers, in the store for ever.
final class QuotaBook implements Quotas {
  private final StateStore store;
  private final Quota defaults;
  // Written by the holder of the lock only: operators change quotas rarely.
  private final ConcurrentMap<ProjectId, Quota> said;
  private final ReentrantLock lock = new ReentrantLock();

  QuotaBook(StateStore store, Quota defaults) {
    this.store = store;
    this.defaults = defaults;
    this.said = new ConcurrentHashMap<>(store.quotas());
  }

  @Override
  public Quota defaults() {
    return defaults;
  }

  @Override
  public Quota of(ProjectId project) {
    return said.getOrDefault(project, Quota.SILENT).over(defaults);
  }

  @Override
  public SortedMap<ProjectId, Quota> known() {
    var known = new TreeMap<ProjectId, Quota>(Comparator.comparing(ProjectId::value));
    known.putAll(said);
    return known;
  }

  /// Takes note of a project that is about to create something.
  void meet(ProjectId project) {
    if (!said.containsKey(project)) {
      change(project, Map.of());
    }
  }

  @Override
  public void change(ProjectId project, Map<Countable, Patch<Integer>> limits) {
    lock.lock();
    try {
      var next = said.getOrDefault(project, Quota.SILENT);
      for (var limit : limits.entrySet()) {
        var old = next.limits().get(limit.getKey());
        next = next.with(limit.getKey(), limit.getValue().orNull(old));
      }
      write(project, next);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean reset(ProjectId project) {
    lock.lock();
    try {
      boolean known = said.containsKey(project);
      if (known) {
        write(project, Quota.SILENT);
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private void write(ProjectId project, Quota next) {
    if (!next.equals(said.get(project))) {
      store.saveQuota(project, next);
      said.put(project, next);
    }
  }
}
