package agrippa.control.testing;

import agrippa.control.reconcile.Tasks;
import java.time.Duration;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Runs tasks when told to, in order, on the thread that tells; time passes when told to.
public final class ManualTasks implements Tasks {
  private final Deque<Runnable> ready = new ConcurrentLinkedDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparing(Later::at).thenComparing(Later::order));
  private Duration now = Duration.ZERO;
  private long order;

  private record Later(Duration at, long order, Runnable task) {}

  @Override
  public void run(Runnable task) {
    ready.add(task);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    order++;
    later.add(new Later(now.plus(delay), order, task));
  }

  /// Runs what is ready, and what that makes ready.
  public void settle() {
    for (var task = ready.poll(); task != null; task = ready.poll()) {
      task.run();
    }
  }

  /// Lets time pass.
  public void pass(Duration duration) {
    var end = now.plus(duration);
    settle();
    while (!later.isEmpty() && later.peek().at().compareTo(end) <= 0) {
      var next = later.poll();
      now = next.at();
      ready.add(next.task());
      settle();
    }
    now = end;
  }

  public int ready() {
    return ready.size();
  }

  @Override
  public void close() {
    ready.clear();
    later.clear();
  }
}
