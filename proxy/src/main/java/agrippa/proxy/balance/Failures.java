package agrippa.proxy.balance;

import agrippa.proxy.plan.Balancing.Ejection;
import java.util.concurrent.atomic.AtomicInteger;

/// What became of the work that an endpoint was given, and whether it is left out for it.
final class Failures {
  /// An endpoint is left out at most so many times as long as at the first time.
  static final int LONGEST = 10;

  private final AtomicInteger inARow = new AtomicInteger();
  private volatile boolean out;
  // How often it was left out lately. Changed under the upstream's monitor, as `out` is.
  private int times;
  // Counts changes of `out`: what was planned for an older state is void.
  private int change;

  boolean out() {
    return out;
  }

  /// Counts one.
  ///
  /// @return whether the endpoint should be left out
  boolean tooMany(Ejection rule) {
    return inARow.incrementAndGet() >= rule.failures() && !out;
  }

  void succeeded() {
    // Looked at first: loops share it, and most of the time there is nothing to write.
    if (inARow.getPlain() != 0) {
      inARow.set(0);
    }
  }

  /// @param back what is done when it is let in again
  void eject(Ejection rule, Turns turns, Runnable back) {
    out = true;
    times = Math.min(times + 1, LONGEST);
    int mine = ++change;
    turns.in(
        rule.time().multipliedBy(times),
        () -> {
          boolean mattered = mine == change;
          if (mattered) {
            readmit();
            back.run();
            forgive(rule, turns);
          }
          return mattered;
        });
  }

  void readmit() {
    change++;
    out = false;
    inARow.set(0);
  }

  /// For each time that it does well for as long as it would be left out now.
  private void forgive(Ejection rule, Turns turns) {
    int mine = change;
    turns.in(
        rule.time().multipliedBy(times),
        () -> {
          if (mine == change && --times > 0) {
            forgive(rule, turns);
          }
          return false;
        });
  }
}
