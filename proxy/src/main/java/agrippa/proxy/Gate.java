package agrippa.proxy;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the connections of a frontend over all loops, and never lets in more than its limit.
final class Gate {
  private final AtomicInteger open = new AtomicInteger();
  // Loops that have turned clients away and want to know when there is room.
  private final AtomicInteger waiting = new AtomicInteger();
  // The most that were ever open.
  private final AtomicInteger peak = new AtomicInteger();
  private volatile int limit;

  Gate(int limit) {
    this.limit = limit;
  }

  void limit(int newLimit) {
    limit = newLimit;
  }

  /// The most connections that were ever open at a time.
  int peak() {
    return peak.get();
  }

  boolean full() {
    return open.get() >= limit;
  }

  /// Takes a place if there is one.
  boolean enter() {
    int now = open.get();
    while (now < limit) {
      if (open.compareAndSet(now, now + 1)) {
        if (now >= peak.get()) {
          peak.accumulateAndGet(now + 1, Math::max);
        }
        return true;
      }
      now = open.get();
    }
    return false;
  }

  /// Gives a place back.
  ///
  /// @return whether some loop waits for it
  boolean leave() {
    open.getAndDecrement();
    return waiting.get() > 0;
  }

  /// Announces that a loop waits. It must try to enter once more afterwards: a place may have
  /// become free before anybody knew of it.
  void startWaiting() {
    waiting.getAndIncrement();
  }

  void stopWaiting() {
    waiting.getAndDecrement();
  }
}
