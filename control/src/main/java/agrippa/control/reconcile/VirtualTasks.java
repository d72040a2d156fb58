package agrippa.control.reconcile;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// One virtual thread per task, since tasks block; one platform thread that keeps time.
public final class VirtualTasks implements Tasks {
  private static final System.Logger LOG = System.getLogger(VirtualTasks.class.getName());

  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService threads;

  /// @param name of the threads
  public VirtualTasks(String name) {
    threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual()
                .name(name + "-", 0)
                .uncaughtExceptionHandler(
                    (thread, fault) ->
                        LOG.log(System.Logger.Level.ERROR, "a task of " + name + " broke", fault))
                .factory());
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name(name + "-timer").factory());
  }

  @Override
  public void run(Runnable task) {
    unlessClosed(() -> threads.execute(task));
  }

  @Override
  public void after(Duration delay, Runnable task) {
    unlessClosed(() -> timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  private void unlessClosed(Runnable submission) {
    try {
      submission.run();
    } catch (RejectedExecutionException e) {
      // Whoever closes may race with whoever still has work; the next start does that work.
      LOG.log(System.Logger.Level.DEBUG, "a task came after the end");
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.close();
  }
}
