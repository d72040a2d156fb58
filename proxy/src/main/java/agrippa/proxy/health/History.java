package agrippa.proxy.health;

import agrippa.proxy.stats.CheckHistory;
import java.time.Duration;

/// Keeps count of what probes found.
final class History {
  private long changedAt;
  private long failures;
  private long downs;
  // Of the times before this one.
  private long downNanos;

  /// @param now nanoseconds, as all times here
  History(long now) {
    changedAt = now;
  }

  /// @param flipped whether this result changed the state
  /// @param up the state now
  void take(boolean passed, boolean flipped, boolean up, long now) {
    if (!passed) {
      failures++;
    }
    if (!flipped) {
      return;
    }
    if (up) {
      downNanos += now - changedAt;
    } else {
      downs++;
    }
    changedAt = now;
  }

  CheckHistory at(long now, boolean up) {
    long since = now - changedAt;
    return new CheckHistory(
        failures, downs, Duration.ofNanos(since), Duration.ofNanos(downNanos + (up ? 0 : since)));
  }
}
