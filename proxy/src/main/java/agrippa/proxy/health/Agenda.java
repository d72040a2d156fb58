package agrippa.proxy.health;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/// Things to do at certain times. Knows no clock and no thread: its caller has both.
final class Agenda {
  // Both guarded by this object's monitor.
  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private long added;

  private record Entry(long at, long order, Runnable action) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      // By difference, since the clock of nanoseconds may overflow.
      int byTime = Long.signum(at - other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /// @param at nanoseconds on the caller's clock
  synchronized void add(long at, Runnable action) {
    entries.add(new Entry(at, added++, action));
    notifyAll();
  }

  /// Does everything that is due.
  void run(long now) {
    due(now).forEach(Runnable::run);
  }

  private synchronized List<Runnable> due(long now) {
    List<Runnable> due = new ArrayList<>();
    for (Entry first = entries.peek(); first != null && first.at - now <= 0; ) {
      due.add(entries.remove().action);
      first = entries.peek();
    }
    return due;
  }

  /// Waits until something is due by a clock that stood at `now`, or was added; or at most a
  /// minute.
  synchronized void await(long now) throws InterruptedException {
    long longest = 60_000;
    Entry first = entries.peek();
    long millis = first == null ? longest : Math.ceilDiv(first.at - now, 1_000_000);
    if (millis > 0) {
      wait(Math.min(millis, longest));
    }
  }
}
