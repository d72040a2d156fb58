package agrippa.control.reconcile;

import agrippa.model.Vip;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the reconciler remembers of one load balancer. All of it may be forgotten: a new desk takes
/// its load balancer for due.
final class Desk {
  // Calls not yet answered; whoever makes the first one starts the work.
  private final AtomicInteger calls = new AtomicInteger();
  // The rest is guarded by this.
  private long attendedGeneration;
  private boolean doubtful = true;
  private boolean resting;
  private int failures;
  private @Nullable Vip vip;
  private @Nullable Integer failovers;

  /// Asks for attention.
  ///
  /// @return whether the caller must have the desk served
  boolean call() {
    return calls.getAndIncrement() == 0;
  }

  /// Works until no call is left, one piece of work after the other.
  void serve(BooleanSupplier stopped, Runnable work) {
    boolean answered = false;
    try {
      while (!answered && !stopped.getAsBoolean()) {
        int heard = calls.get();
        work.run();
        answered = calls.addAndGet(-heard) == 0;
      }
    } finally {
      if (!answered) {
        calls.set(0);
      }
    }
  }

  /// Whether to converge now. Doubts are settled by doing so, and come back with a failure.
  synchronized boolean due(long generation) {
    boolean due = generation != attendedGeneration || (doubtful && !resting);
    if (due) {
      doubtful = false;
    }
    return due;
  }

  /// The world may have changed.
  synchronized void doubt() {
    doubtful = true;
  }

  /// The world matches this generation.
  synchronized void done(long generation) {
    attendedGeneration = generation;
    failures = 0;
    resting = false;
  }

  /// The world does not match this generation.
  ///
  /// @return the number of failures in a row, which names this rest
  synchronized int failed(long generation) {
    attendedGeneration = generation;
    doubtful = true;
    resting = true;
    failures++;
    return failures;
  }

  /// Ends a rest, unless a later failure began another.
  synchronized void rested(int rest) {
    if (rest == failures) {
      resting = false;
    }
  }

  /// Whether the VIP's port may be other than this.
  synchronized boolean vipIsNew(Vip wanted) {
    return !wanted.equals(vip);
  }

  /// The VIP's port is like this.
  synchronized void vipIs(Vip now) {
    vip = now;
  }

  /// Whether what runs must be torn down first. A new desk says no: nothing has run so far.
  ///
  /// @param ordered how often a failover was asked for until now
  synchronized boolean failOver(int ordered) {
    boolean due = failovers != null && failovers != ordered;
    failovers = ordered;
    return due;
  }

  /// How long to rest after so many failures: twice as long each time.
  static Duration rest(int failures, Duration first, Duration longest) {
    var rest = first.multipliedBy(1L << Math.min(failures - 1, 20));
    return rest.compareTo(longest) < 0 ? rest : longest;
  }
}
