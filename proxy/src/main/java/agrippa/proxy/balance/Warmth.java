package agrippa.proxy.balance;

import java.time.Duration;

/// How much of its weight an endpoint counts with: all, but while it starts slowly. Changed under
/// the upstream's monitor.
final class Warmth {
  /// In so many steps it grows, each as long as the others.
  static final int FULL = 10;

  private volatile int steps = FULL;
  // Counts starts: steps of an older one are void.
  private int start;

  /// From 1 to [#FULL].
  int steps() {
    return steps;
  }

  void begin(Duration time, Turns turns) {
    steps = 1;
    next(++start, time.dividedBy(FULL), turns);
  }

  void end() {
    start++;
    steps = FULL;
  }

  private void next(int mine, Duration step, Turns turns) {
    turns.in(
        step,
        () -> {
          if (mine != start) {
            return false;
          }
          int now = steps + 1;
          steps = now;
          if (now < FULL) {
            next(mine, step, turns);
          }
          return true;
        });
  }
}
