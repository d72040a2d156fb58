package agrippa.control.ledger;

import agrippa.control.Inventory;
import agrippa.control.Quotas;
import agrippa.control.spi.StateStore;
import agrippa.model.Countable;
import agrippa.model.HealthMonitorId;
import agrippa.model.L7PolicyId;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.PoolId;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.model.Statistics;
import agrippa.model.Usage;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/// All trees, each behind a lock of its own, so that a write for one load balancer never waits for
/// another. What is visible here is in the store; only operating statuses may be newer.
///
/// Writers take a tree, think without a lock, and replace exactly the tree that they took: with
/// [#accept] if it is a change that somebody wants and that quotas may forbid, with [#settle] if it
/// is what became of one.
public final class Ledger implements Inventory {
  private final StateStore store;
  private final Counters counters;
  private final QuotaBook quotas;
  private final Usages usages = new Usages();
  private final ConcurrentMap<LoadBalancerId, Slot> slots = new ConcurrentHashMap<>();
  private final ConcurrentSkipListMap<Age, Slot> byAge = new ConcurrentSkipListMap<>();
  // Ids of listeners, pools, health monitors and L7 policies, each of its own type.
  private final ConcurrentMap<Record, LoadBalancerId> owners = new ConcurrentHashMap<>();

  /// Loads what is stored.
  ///
  /// @param defaults of all quotas
  public Ledger(StateStore store, Counters counters, Quota defaults) {
    this.store = store;
    this.counters = counters;
    this.quotas = new QuotaBook(store, defaults);
    for (var tree : store.load()) {
      usages.add(tree.loadBalancer().project(), Usage.of(tree));
      publish(tree);
    }
  }

  /// What became of a tree that a writer wants shown.
  public sealed interface Acceptance {
    /// It is stored and visible.
    record Done() implements Acceptance {}

    /// The tree that it was made from is no longer the current one; nothing happened.
    record Stale() implements Acceptance {}

    /// The project already has as much of this as it may; nothing happened.
    record Full(Countable kind) implements Acceptance {}
  }

  /// Stores and shows a new tree, if its project may have it.
  ///
  /// @return never stale
  public Acceptance add(LoadBalancerTree tree) {
    quotas.meet(tree.loadBalancer().project());
    return within(tree, Usage.NONE, () -> publish(tree));
  }

  /// Stores a tree, if its project may have what it holds more than before, and then shows it.
  private Acceptance within(LoadBalancerTree next, Usage before, Runnable show) {
    var project = next.loadBalancer().project();
    var after = Usage.of(next);
    var growth = before.growthTo(after);
    var full = usages.claim(project, growth, quotas.of(project));
    if (full.isPresent()) {
      return new Acceptance.Full(full.get());
    }
    boolean stored = false;
    try {
      store.commit(next);
      stored = true;
    } finally {
      usages.release(project, stored ? after.growthTo(before) : growth);
    }
    show.run();
    return new Acceptance.Done();
  }

  private void publish(LoadBalancerTree tree) {
    var slot = new Slot(tree);
    slots.put(tree.id(), slot);
    partsOf(tree).forEach(part -> owners.put(part, tree.id()));
    byAge.put(Age.of(tree), slot);
  }

  /// Stores and shows a tree of the next generation in place of the one it was made from, if its
  /// project may have what it holds more than that one.
  public Acceptance accept(LoadBalancerTree seen, LoadBalancerTree next) {
    var slot = slots.get(seen.id());
    return slot == null
        ? new Acceptance.Stale()
        : slot.locked(
            () ->
                slot.tree() == seen
                    ? within(next, Usage.of(seen), () -> show(slot, seen, next))
                    : new Acceptance.Stale());
  }

  /// Stores and shows a tree of the next generation in place of the one it was made from. Quotas
  /// have no say: what is there is there.
  ///
  /// @return false if that one is no longer the current one; nothing happened then
  public boolean settle(LoadBalancerTree seen, LoadBalancerTree next) {
    var slot = slots.get(seen.id());
    return slot != null
        && slot.locked(
            () -> {
              if (slot.tree() != seen) {
                return false;
              }
              store.commit(next);
              usages.add(seen.loadBalancer().project(), Usage.of(next).minus(Usage.of(seen)));
              show(slot, seen, next);
              return true;
            });
  }

  private void show(Slot slot, LoadBalancerTree old, LoadBalancerTree next) {
    var before = partsOf(old);
    var after = partsOf(next);
    slot.show(next);
    after.forEach(part -> owners.put(part, next.id()));
    before.stream().filter(part -> !after.contains(part)).forEach(owners::remove);
  }

  /// Changes operating statuses in memory; they are stored along with the next change.
  public void amend(LoadBalancerId id, UnaryOperator<LoadBalancerTree> statuses) {
    var slot = slots.get(id);
    if (slot != null) {
      slot.locked(() -> slot.amend(statuses));
    }
  }

  /// Forgets a tree.
  ///
  /// @return false if it is no longer the current one; nothing happened then
  public boolean remove(LoadBalancerTree seen) {
    var slot = slots.get(seen.id());
    return slot != null
        && slot.locked(
            () -> {
              if (slot.tree() != seen) {
                return false;
              }
              store.remove(seen.id(), seen.generation());
              usages.release(seen.loadBalancer().project(), Usage.of(seen));
              slot.show(null);
              slots.remove(seen.id());
              byAge.remove(Age.of(seen));
              partsOf(seen).forEach(owners::remove);
              return true;
            });
  }

  /// Waits until a tree is no longer the current one.
  ///
  /// @return how many of the nanoseconds are left; 0 or less if they passed in vain
  public long await(LoadBalancerTree seen, long nanoseconds) {
    var slot = slots.get(seen.id());
    return slot == null ? nanoseconds : slot.await(seen, nanoseconds);
  }

  /// How much each project may have.
  public Quotas quotas() {
    return quotas;
  }

  /// How much more of something a project may have now.
  public long left(ProjectId project, Countable kind) {
    return quotas.of(project).left(kind, usages.of(project));
  }

  @Override
  public List<LoadBalancerTree> all() {
    return byAge.values().stream().map(Slot::tree).filter(Objects::nonNull).toList();
  }

  @Override
  public Optional<LoadBalancerTree> tree(LoadBalancerId id) {
    return Optional.ofNullable(slots.get(id)).map(Slot::tree);
  }

  @Override
  public Optional<LoadBalancerTree> treeOf(ListenerId id) {
    return owner(id).filter(tree -> tree.listener(id).isPresent());
  }

  @Override
  public Optional<LoadBalancerTree> treeOf(PoolId id) {
    return owner(id).filter(tree -> tree.pool(id).isPresent());
  }

  @Override
  public Optional<LoadBalancerTree> treeOf(HealthMonitorId id) {
    return owner(id).filter(tree -> tree.poolOf(id).isPresent());
  }

  @Override
  public Optional<LoadBalancerTree> treeOf(L7PolicyId id) {
    return owner(id).filter(tree -> tree.listenerOf(id).isPresent());
  }

  @Override
  public Statistics statistics(ListenerId id) {
    return treeOf(id).map(tree -> counters.of(tree.id(), id)).orElse(Statistics.ZERO);
  }

  private Optional<LoadBalancerTree> owner(Record part) {
    return Optional.ofNullable(owners.get(part)).flatMap(this::tree);
  }

  private static Set<Record> partsOf(LoadBalancerTree tree) {
    var parts = new HashSet<Record>();
    for (var listener : tree.listeners()) {
      parts.add(listener.id());
      listener.policies().forEach(policy -> parts.add(policy.id()));
    }
    for (var pool : tree.pools()) {
      parts.add(pool.id());
      var monitor = pool.monitor();
      if (monitor != null) {
        parts.add(monitor.id());
      }
    }
    return parts;
  }

  /// The order in which trees are listed.
  private record Age(Instant createdAt, LoadBalancerId id) implements Comparable<Age> {
    private static final Comparator<Age> ORDER =
        Comparator.comparing(Age::createdAt).thenComparing(age -> age.id().toString());

    static Age of(LoadBalancerTree tree) {
      return new Age(tree.loadBalancer().lifecycle().createdAt(), tree.id());
    }

    @Override
    public int compareTo(Age other) {
      return ORDER.compare(this, other);
    }
  }
}
