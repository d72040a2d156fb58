package agrippa.proxy.health;

import agrippa.proxy.plan.Check;
import agrippa.proxy.stats.CheckHistory;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Probes endpoints again and again, each at its own constant interval, with the first probes
/// spread over it.
public final class HealthChecker implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HealthChecker.class.getName());

  /// Longest wait for the reply to a ping, as in Octavia.
  private static final int PING_SECONDS = 1;

  private final Prober prober;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Semaphore permits;
  // Gives each task a thread of its own.
  private final Executor threads;
  private final Agenda agenda = new Agenda();
  private final Set<Timeout> running = ConcurrentHashMap.newKeySet();
  private @Nullable Thread driver;
  private volatile boolean closed;

  HealthChecker(
      Prober prober,
      LongSupplier nanos,
      InstantSource clock,
      RandomGenerator random,
      int probes,
      Executor threads) {
    this.prober = prober;
    this.nanos = nanos;
    this.clock = clock;
    this.random = random;
    this.permits = new Semaphore(probes, true);
    this.threads = threads;
  }

  /// @param nanos a clock that never goes back
  /// @param clock dates the findings
  /// @param random spreads the first probes; called by one thread at a time
  /// @param probes most probes under way at a time; more wait, and their time does not run yet
  public static HealthChecker start(
      LongSupplier nanos, InstantSource clock, RandomGenerator random, int probes) {
    HealthChecker checker =
        new HealthChecker(
            new SocketProber(Ping.best(PING_SECONDS)),
            nanos,
            clock,
            random,
            probes,
            task -> Thread.ofVirtual().name("probe").start(task));
    checker.driver = Thread.ofPlatform().daemon().name("health").start(checker::drive);
    return checker;
  }

  /// Probes a target from now on, of which nothing is known: it counts as up until its first
  /// result.
  ///
  /// @param changed called when it went up or down, on the probe's thread
  public Watch watch(Check check, Target target, Consumer<Watch> changed) {
    return watch(check, target, RiseFall.trusting(check.rise(), check.fall()), changed);
  }

  /// Probes a target from now on that is known to be up or down from other checks.
  public Watch watch(Check check, Target target, boolean up, Consumer<Watch> changed) {
    return watch(check, target, RiseFall.known(check.rise(), check.fall(), up), changed);
  }

  private Watch watch(Check check, Target target, RiseFall state, Consumer<Watch> changed) {
    Watch watch = new Watch(check, target, state, changed);
    watch.spread();
    return watch;
  }

  /// Does something else at a later time, on the thread that keeps the time of all probes.
  ///
  /// @param action must not wait for anybody
  public void later(Duration time, Runnable action) {
    agenda.add(nanos.getAsLong() + time.toNanos(), action);
  }

  @Override
  public void close() {
    closed = true;
    if (driver != null) {
      driver.interrupt();
    }
    running.forEach(Timeout::expire);
  }

  private void drive() {
    try {
      while (!closed) {
        turn();
        agenda.await(nanos.getAsLong());
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "closed");
    }
  }

  /// Starts the probes that are due and ends those that take too long.
  void turn() {
    agenda.run(nanos.getAsLong());
  }

  /// One target that is being probed.
  public final class Watch implements AutoCloseable {
    private final Target target;
    private final Consumer<Watch> changed;
    // All guarded by this object's monitor.
    private Check check;
    private RiseFall state;
    private @Nullable Finding last;
    private final History history;
    private boolean busy;
    private boolean ended;
    // Counts changes of the interval: turns of an older one are void.
    private int schedule;

    private Watch(Check check, Target target, RiseFall state, Consumer<Watch> changed) {
      this.check = check;
      this.target = target;
      this.changed = changed;
      this.state = state;
      this.history = new History(nanos.getAsLong());
    }

    public Target target() {
      return target;
    }

    public synchronized boolean up() {
      return state.up();
    }

    /// What the last probe found, or null if none has ended yet.
    public synchronized @Nullable Finding last() {
      return last;
    }

    /// What became of the target since it is watched.
    public synchronized CheckHistory history() {
      return history.at(nanos.getAsLong(), state.up());
    }

    /// Probes in another way from now on. What is known of the target stays.
    public synchronized void update(Check newCheck) {
      if (newCheck.equals(check)) {
        return;
      }
      boolean reschedule = !newCheck.interval().equals(check.interval());
      check = newCheck;
      state = state.with(newCheck.rise(), newCheck.fall());
      if (reschedule) {
        spread();
      }
    }

    /// Ends it; `changed` is not called any more, unless that is happening already.
    @Override
    public synchronized void close() {
      ended = true;
    }

    private synchronized void spread() {
      schedule++;
      next(nanos.getAsLong() + (long) (check.interval().toNanos() * nextRandom()));
    }

    private double nextRandom() {
      synchronized (random) {
        return random.nextDouble();
      }
    }

    private void next(long at) {
      int mine = schedule;
      agenda.add(at, () -> due(mine, at));
    }

    private synchronized void due(int mine, long at) {
      if (ended || closed || mine != schedule) {
        return;
      }
      long interval = check.interval().toNanos();
      long now = nanos.getAsLong();
      // Constant intervals; but what a stopped machine missed is not made up for.
      next(at + interval - now > 0 ? at + interval : now + interval);
      if (!busy) {
        busy = true;
        threads.execute(this::run);
      }
    }

    private void run() {
      try {
        permits.acquire();
      } catch (InterruptedException e) {
        LOG.log(Level.DEBUG, "interrupted before a probe");
        return;
      }
      Finding finding;
      try {
        finding = probe();
      } finally {
        permits.release();
      }
      if (take(finding)) {
        changed.accept(this);
      }
    }

    private Finding probe() {
      Check current = current();
      Timeout timeout = new Timeout(Thread.currentThread());
      running.add(timeout);
      agenda.add(nanos.getAsLong() + current.timeout().toNanos(), timeout::expire);
      try {
        String detail = prober.probe(current.probe(), target);
        // Some probes cannot be interrupted and pass too late.
        return timeout.expired ? late() : new Finding(true, detail, clock.instant());
      } catch (IOException | InterruptedException | RuntimeException e) {
        // RuntimeException too: a probe that fails in a way nobody thought of must not end
        // checking.
        return timeout.expired ? late() : new Finding(false, describe(e), clock.instant());
      } finally {
        running.remove(timeout);
        timeout.over();
      }
    }

    private Finding late() {
      return new Finding(false, "no answer in time", clock.instant());
    }

    private synchronized Check current() {
      return check;
    }

    private synchronized boolean take(Finding finding) {
      busy = false;
      if (ended) {
        return false;
      }
      last = finding;
      boolean flipped = state.take(finding.passed());
      history.take(finding.passed(), flipped, state.up(), nanos.getAsLong());
      if (flipped) {
        LOG.log(
            Level.INFO,
            "{0} is {1}: {2}",
            target.address(),
            state.up() ? "up" : "down",
            finding.detail());
      }
      return flipped;
    }
  }

  private static String describe(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.replaceAll("\\p{Cntrl}", " ");
  }

  /// Interrupts a probe's thread, but never what the thread does afterwards.
  private static final class Timeout {
    private @Nullable Thread thread;
    private volatile boolean expired;

    private Timeout(Thread thread) {
      this.thread = thread;
    }

    private synchronized void expire() {
      if (thread != null) {
        expired = true;
        thread.interrupt();
      }
    }

    private synchronized void over() {
      thread = null;
      // Clears an interrupt that came too late to end the probe.
      Thread.interrupted();
    }
  }
}
