package agrippa.proxy.balance;

/// Keeps further tries in proportion to the work that there is, so that endpoints which fail under
/// their load do not get more of it.
final class RetryBudget {
  private static final int SECONDS = 10;

  /// So many tries a second are there whatever the work.
  static final int LEAST = 3;

  // Rings, by second. All guarded by this object's monitor.
  private final long[] asked = new long[SECONDS];
  private final long[] retried = new long[SECONDS];
  private long second;

  /// Counts a piece of work.
  ///
  /// @param now milliseconds on a clock that never goes back
  synchronized void asked(long now) {
    asked[slot(now)]++;
  }

  /// Takes a further try if there is one.
  ///
  /// @param percent of the work of the last ten seconds
  synchronized boolean take(long now, int percent) {
    int slot = slot(now);
    if (retried[slot] >= LEAST && (sum(retried) + 1) * 100 > sum(asked) * percent) {
      return false;
    }
    retried[slot]++;
    return true;
  }

  /// Loops read their clocks each turn: one may be a little behind another.
  private int slot(long now) {
    long current = Math.max(second, now / 1_000);
    for (long each = Math.max(second + 1, current - SECONDS + 1); each <= current; each++) {
      asked[(int) (each % SECONDS)] = 0;
      retried[(int) (each % SECONDS)] = 0;
    }
    second = current;
    return (int) (current % SECONDS);
  }

  private static long sum(long[] ring) {
    long sum = 0;
    for (long each : ring) {
      sum += each;
    }
    return sum;
  }
}
