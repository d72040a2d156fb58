package agrippa.control.ledger;

import agrippa.control.spi.Provider;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.Statistics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What listeners have carried. A provider counts from its own start, which may be later than the
/// listener's; what was counted before is kept here and saved.
public final class Counters {
  private final Provider provider;
  private final ConcurrentMap<ListenerId, Count> counts = new ConcurrentHashMap<>();

  /// @param saved totals up to now
  public Counters(Provider provider, Map<ListenerId, Statistics> saved) {
    this.provider = provider;
    saved.forEach((id, total) -> counts.put(id, new Count(settled(total), Statistics.ZERO)));
  }

  /// The total of one listener.
  Statistics of(LoadBalancerId loadBalancer, ListenerId id) {
    provider
        .observe(loadBalancer)
        .map(it -> it.listeners().get(id))
        .ifPresent(it -> see(id, it.statistics()));
    return total(id);
  }

  /// Takes note of what a provider has counted.
  public void see(ListenerId id, Statistics counted) {
    counts.merge(id, new Count(Statistics.ZERO, counted), (old, fresh) -> old.next(counted));
  }

  /// The totals of these listeners, fit to be saved; all others are forgotten.
  public Map<ListenerId, Statistics> totals(List<ListenerId> listeners) {
    counts.keySet().retainAll(new HashSet<>(listeners));
    var totals = new HashMap<ListenerId, Statistics>();
    counts.keySet().forEach(id -> totals.put(id, settled(total(id))));
    return totals;
  }

  private Statistics total(ListenerId id) {
    var count = counts.get(id);
    return count == null ? Statistics.ZERO : count.before().plus(count.counted());
  }

  /// Connections that were open then are not open now.
  private static Statistics settled(Statistics past) {
    return new Statistics(
        past.bytesIn(), past.bytesOut(), 0, past.totalConnections(), past.requestErrors());
  }

  /// @param before counted by earlier runs of the provider
  /// @param counted by its present run
  private record Count(Statistics before, Statistics counted) {
    Count next(Statistics seen) {
      boolean restarted =
          seen.totalConnections() < counted.totalConnections()
              || seen.bytesIn() < counted.bytesIn()
              || seen.bytesOut() < counted.bytesOut();
      return new Count(restarted ? before.plus(settled(counted)) : before, seen);
    }
  }
}
