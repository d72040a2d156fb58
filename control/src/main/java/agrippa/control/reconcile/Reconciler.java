package agrippa.control.reconcile;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import agrippa.control.ControlSettings.Pace;
import agrippa.control.ledger.Counters;
import agrippa.control.ledger.Ledger;
import agrippa.control.spi.Networks;
import agrippa.control.spi.ProfileSettings;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Provider.Observation;
import agrippa.control.spi.Provider.Outcome;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.control.spi.StateStore;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Placement;
import agrippa.model.PortId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.Statistics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Makes the world match the trees.
///
/// Everything that may make work (a change, a restart, a failure's retry, news from the data plane,
/// the passing of time) only says which load balancer is due. The work itself looks at the tree as
/// it is then and takes the same road every time: converge, settle, roll statuses up. So nothing is
/// lost by a crash, and nothing depends on the order of events.
public final class Reconciler implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Reconciler.class.getName());
  // Converging is mostly waiting for other services; more at a time would only crowd them.
  private static final int MOST_AT_A_TIME = 32;
  // Longer than any service may take to answer.
  private static final Duration STANDSTILL = Duration.ofMinutes(2);
  private static final Observation NOTHING = new Observation(Map.of(), Set.of(), Map.of());

  private final Ledger ledger;
  private final Counters counters;
  private final StateStore store;
  private final Provider provider;
  private final Function<Placement, ProfileSettings> settings;
  private final Networks networks;
  private final InstantSource clock;
  private final Pace pace;
  private final Tasks tasks;
  private final ClaimSweep sweep;
  private final Semaphore permits = new Semaphore(MOST_AT_A_TIME);
  private final ConcurrentMap<LoadBalancerId, Desk> desks = new ConcurrentHashMap<>();
  // Touched by one round after the other.
  private long round;
  private Map<ListenerId, Statistics> savedStatistics = Map.of();
  // When there was progress last; read by those who ask whether there is any.
  private volatile Instant lookedAround = Instant.MAX;
  private volatile Instant attended = Instant.MAX;
  private volatile boolean closed;

  /// @param settings of flavors and availability zones
  /// @param beingCreated whether a load balancer that has no tree yet is about to get one
  public Reconciler(
      Ledger ledger,
      Counters counters,
      StateStore store,
      Provider provider,
      Function<Placement, ProfileSettings> settings,
      Networks networks,
      Predicate<LoadBalancerId> beingCreated,
      InstantSource clock,
      Pace pace,
      Tasks tasks) {
    this.ledger = ledger;
    this.counters = counters;
    this.store = store;
    this.provider = provider;
    this.settings = settings;
    this.networks = networks;
    this.clock = clock;
    this.pace = pace;
    this.tasks = tasks;
    this.sweep = new ClaimSweep(networks, ledger, beingCreated);
  }

  /// Takes up all trees, then listens and looks around for ever.
  public void start() {
    lookedAround = clock.instant();
    attended = clock.instant();
    provider.onChange(this::wake);
    networks.onChange(this::vipMoved);
    ledger.all().forEach(tree -> wake(tree.id()));
    tasks.run(sweep);
    tasks.after(pace.period(), this::lookAround);
  }

  /// Says that a load balancer is due. Cheap; may be called by any thread, holding any lock.
  public void wake(LoadBalancerId id) {
    var desk = desks.computeIfAbsent(id, it -> new Desk());
    if (!closed && desk.call()) {
      tasks.run(() -> attend(id, desk));
    }
  }

  private void vipMoved(PortId port) {
    ledger.all().stream()
        .filter(tree -> tree.loadBalancer().vip().port().equals(port))
        .forEach(tree -> convergeAgain(tree.id()));
  }

  /// Says that a load balancer is due although nothing changed. Cheap, like [#wake].
  public void convergeAgain(LoadBalancerId id) {
    desks.computeIfAbsent(id, it -> new Desk()).doubt();
    wake(id);
  }

  /// Whether the work goes on: load balancers are looked at in time, and not all that may be at
  /// work at a time hang.
  ///
  /// @return what is wrong, or nothing
  public Optional<String> complaint() {
    Instant late = clock.instant().minus(STANDSTILL);
    if (lookedAround.isBefore(late.minus(pace.period()))) {
      return Optional.of("nobody has looked at the load balancers since " + lookedAround);
    }
    return permits.availablePermits() == 0 && attended.isBefore(late)
        ? Optional.of("all " + MOST_AT_A_TIME + " that are at work hang since " + attended)
        : Optional.empty();
  }

  private void lookAround() {
    lookedAround = clock.instant();
    try {
      long rounds = Math.max(1, pace.resync().dividedBy(pace.period()));
      round++;
      for (var tree : ledger.all()) {
        // Spread over the rounds, so that not everything converges at once.
        if (Math.floorMod(tree.id().hashCode() + round, rounds) == 0) {
          convergeAgain(tree.id());
        } else {
          wake(tree.id());
        }
      }
      if (round % rounds == 0) {
        tasks.run(sweep);
      }
      saveStatistics();
    } finally {
      tasks.after(pace.period(), this::lookAround);
    }
  }

  private void saveStatistics() {
    var listeners =
        ledger.all().stream().flatMap(tree -> tree.listeners().stream()).map(Listener::id).toList();
    var totals = counters.totals(listeners);
    if (!totals.equals(savedStatistics)) {
      try {
        store.saveStatistics(totals);
        savedStatistics = totals;
      } catch (RuntimeException e) {
        LOG.log(ERROR, "statistics could not be saved; the next round tries again", e);
      }
    }
  }

  private void attend(LoadBalancerId id, Desk desk) {
    permits.acquireUninterruptibly();
    attended = clock.instant();
    try {
      desk.serve(() -> closed, () -> attendOnce(id, desk));
    } finally {
      attended = clock.instant();
      permits.release();
    }
  }

  private void attendOnce(LoadBalancerId id, Desk desk) {
    var tree = ledger.tree(id).orElse(null);
    if (tree == null) {
      desks.remove(id, desk);
      return;
    }
    try {
      if (!desk.due(tree.generation())) {
        look(tree);
      } else if (deleting(tree)) {
        remove(tree, desk);
      } else {
        converge(tree, desk);
      }
    } catch (ServiceUnavailableException e) {
      LOG.log(WARNING, "load balancer {0} waits: {1}", id, printable(e.getMessage()));
      retry(tree, desk);
    } catch (RuntimeException e) {
      LOG.log(ERROR, "load balancer " + id + " could not be attended to", e);
      retry(tree, desk);
    }
  }

  private static boolean deleting(LoadBalancerTree tree) {
    return tree.loadBalancer().lifecycle().provisioning() == ProvisioningStatus.PENDING_DELETE;
  }

  private void look(LoadBalancerTree tree) {
    provider
        .observe(tree.id())
        .ifPresent(seen -> ledger.amend(tree.id(), current -> rollUp(current, seen)));
  }

  /// A tree that is PENDING is left alone: it is about to be settled.
  private LoadBalancerTree rollUp(LoadBalancerTree tree, Observation observation) {
    count(observation);
    boolean pending = tree.loadBalancer().lifecycle().provisioning().pending();
    return pending ? tree : StatusRollup.rollUp(tree, observation);
  }

  private void count(Observation observation) {
    observation.listeners().forEach((id, state) -> counters.see(id, state.statistics()));
  }

  private void remove(LoadBalancerTree tree, Desk desk) {
    provider.remove(tree.id());
    networks.releaseVip(tree.id(), tree.loadBalancer().vip());
    if (ledger.remove(tree)) {
      desks.remove(tree.id(), desk);
    } else {
      wake(tree.id());
    }
  }

  private void converge(LoadBalancerTree tree, Desk desk) {
    var outcome = match(tree, desk);
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var settled = Settlement.settle(tree, outcome, now);
    var next = rollUp(settled, provider.observe(tree.id()).orElse(NOTHING));
    if (settled.equals(tree)) {
      ledger.amend(tree.id(), current -> current == tree ? next : current);
      conclude(tree, outcome, desk);
    } else if (ledger.settle(tree, next.nextGeneration())) {
      conclude(next.nextGeneration(), outcome, desk);
    } else {
      // Somebody changed the tree in the meantime: what came out is about the past.
      wake(tree.id());
    }
  }

  private Outcome match(LoadBalancerTree tree, Desk desk) {
    try {
      var vip = tree.loadBalancer().vip();
      if (desk.vipIsNew(vip)) {
        networks.updateVip(tree.id(), vip);
        desk.vipIs(vip);
      }
      if (desk.failOver(tree.loadBalancer().failovers())) {
        // What was carried so far is seen for the last time.
        provider.observe(tree.id()).ifPresent(this::count);
        provider.remove(tree.id());
      }
      return provider.converge(
          Settlement.desired(tree), settings.apply(tree.loadBalancer().placement()));
    } catch (ServiceUnavailableException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(ERROR, "converging load balancer " + tree.id() + " broke", e);
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    }
  }

  private void conclude(LoadBalancerTree tree, Outcome outcome, Desk desk) {
    switch (outcome) {
      case Outcome.Converged(var failed) when failed.isEmpty() -> desk.done(tree.generation());
      case Outcome.Converged(var failed) -> {
        failed.forEach(
            (id, reason) ->
                LOG.log(WARNING, "listener {0} is not served: {1}", id, printable(reason)));
        retry(tree, desk);
      }
      case Outcome.Failed(var reason) -> {
        LOG.log(WARNING, "load balancer {0} failed: {1}", tree.id(), printable(reason));
        retry(tree, desk);
      }
    }
  }

  private void retry(LoadBalancerTree tree, Desk desk) {
    int failures = desk.failed(tree.generation());
    tasks.after(
        Desk.rest(failures, pace.firstRetry(), pace.lastRetry()),
        () -> {
          desk.rested(failures);
          wake(tree.id());
        });
  }

  /// Reasons may quote tenants.
  private static String printable(@Nullable String reason) {
    return String.valueOf(reason).replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public void close() {
    closed = true;
    tasks.close();
    saveStatistics();
  }
}
