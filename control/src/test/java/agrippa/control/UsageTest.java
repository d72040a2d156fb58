package agrippa.control;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.ledger.Counters;
import agrippa.control.ledger.Ledger;
import agrippa.control.testing.FakeProvider;
import agrippa.control.testing.MemoryStateStore;
import agrippa.control.testing.RandomTrees;
import agrippa.model.Countable;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Usage;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the ledger has summed up is what one counts, whatever was accepted, settled, refused, lost
/// on its way to the disk, removed or loaded.
class UsageTest {
  private final MemoryStateStore store = new MemoryStateStore();
  private final Quota limits = limits();
  private Ledger ledger = ledger();

  /// Some are met now and then.
  private static Quota limits() {
    var limits = Quota.SILENT;
    for (var kind : Countable.values()) {
      limits = limits.with(kind, kind == Countable.MEMBER ? 20 : 1_000);
    }
    return limits;
  }

  private Ledger ledger() {
    return new Ledger(store, new Counters(new FakeProvider(), Map.of()), limits);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void isWhatOneCounts(long seed) {
    var trees = new RandomTrees(seed);
    var random = new Random(seed);
    int refused = 0;
    int lost = 0;
    for (int i = 0; i < 400; i++) {
      store.beforeWrites(random.nextInt(5) == 0 ? UsageTest::fail : () -> {});
      var all = ledger.all();
      var fresh = trees.next(new ProjectId("p" + random.nextInt(3)));
      try {
        var outcome =
            all.isEmpty() || random.nextInt(3) == 0
                ? ledger.add(fresh)
                : step(random.nextInt(5), all.get(random.nextInt(all.size())), fresh);
        refused += outcome instanceof Ledger.Acceptance.Full ? 1 : 0;
      } catch (DiskFull e) {
        lost++;
      }
      check();
    }
    assertThat(refused).isPositive();
    assertThat(lost).isPositive();
  }

  private static void fail() {
    throw new DiskFull();
  }

  private static final class DiskFull extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private Object step(int what, LoadBalancerTree seen, LoadBalancerTree fresh) {
    return switch (what) {
      case 0, 1 -> ledger.accept(seen, next(seen, fresh));
      case 2 -> ledger.settle(seen, next(seen, fresh));
      case 3 -> ledger.remove(seen);
      default -> ledger = ledger();
    };
  }

  private static LoadBalancerTree next(LoadBalancerTree seen, LoadBalancerTree fresh) {
    return seen.withListeners(fresh.listeners()).withPools(fresh.pools()).nextGeneration();
  }

  private Map<ProjectId, Usage> counted() {
    var counted = new HashMap<ProjectId, Usage>();
    ledger
        .all()
        .forEach(it -> counted.merge(it.loadBalancer().project(), Usage.of(it), Usage::plus));
    return counted;
  }

  private void check() {
    var counted = counted();
    for (var project : ledger.quotas().known().keySet()) {
      for (var kind : Countable.values()) {
        assertThat(ledger.left(project, kind))
            .isEqualTo(limits.limit(kind) - counted.getOrDefault(project, Usage.NONE).of(kind));
      }
    }
  }
}
