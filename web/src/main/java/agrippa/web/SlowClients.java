package agrippa.web;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Ends connections whose clients take too long to send a request or to take its answer, since each
/// holds a thread and counts towards the most there may be. Helidon itself only ends those that
/// are silent between two requests.
///
/// A thread that waits for a client is watched from [#watch] to [#unwatch], and interrupted when
/// that lasts too long, which closes its socket. It is never interrupted outside: there it may be
/// writing a file.
final class SlowClients implements AutoCloseable {
  private final ConcurrentMap<Thread, Wait> waits = new ConcurrentHashMap<>();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("slow-clients").factory());

  /// @param patience the longest wait; up to half as much again may pass
  SlowClients(Duration patience) {
    long period = Math.max(1, patience.toMillis() / 2);
    sweeper.scheduleWithFixedDelay(this::sweep, period, period, TimeUnit.MILLISECONDS);
  }

  /// The current thread begins to wait for its client.
  void watch() {
    waits.put(Thread.currentThread(), new Wait(Thread.currentThread()));
  }

  /// The current thread waits no more.
  void unwatch() {
    Wait wait = waits.remove(Thread.currentThread());
    if (wait != null) {
      wait.end();
    }
    // An interrupt that came with the last byte shall not reach what comes next.
    Thread.interrupted();
  }

  private void sweep() {
    waits
        .values()
        .forEach(
            it -> {
              if (it.tooLong()) {
                waits.remove(it.thread, it);
              }
            });
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
  }

  /// One thread's wait; three sweeps long at most.
  private static final class Wait {
    final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    // Both guarded by the lock.
    private boolean over;
    private int sweeps;

    Wait(Thread thread) {
      this.thread = thread;
    }

    void end() {
      lock.lock();
      try {
        over = true;
      } finally {
        lock.unlock();
      }
    }

    /// Counts a sweep, and interrupts the thread at the third.
    boolean tooLong() {
      lock.lock();
      try {
        sweeps++;
        if (sweeps < 3 || over) {
          return false;
        }
        thread.interrupt();
        return true;
      } finally {
        lock.unlock();
      }
    }
  }
}
