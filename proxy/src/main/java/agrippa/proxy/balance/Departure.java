package agrippa.proxy.balance;

import java.time.Duration;

/// How an endpoint that gets no new work is left by the work that it has. Changed under the
/// upstream's monitor.
final class Departure {
  private enum Stage {
    STAYS,
    /// What it has may go on.
    LEAVING,
    /// Its time is over.
    LEFT
  }

  private volatile Stage stage = Stage.STAYS;
  // Counts departures: the end of an older one is void.
  private int begun;

  /// @param told that time is over
  void begin(Duration time, Turns turns, Runnable told) {
    stage = Stage.LEAVING;
    int mine = ++begun;
    turns.in(
        time,
        () -> {
          boolean mattered = mine == begun;
          if (mattered) {
            stage = Stage.LEFT;
            told.run();
          }
          return mattered;
        });
  }

  void cancel() {
    begun++;
    stage = Stage.STAYS;
  }

  boolean stays() {
    return stage == Stage.STAYS;
  }

  boolean leaving() {
    return stage == Stage.LEAVING;
  }

  boolean over() {
    return stage == Stage.LEFT;
  }
}
