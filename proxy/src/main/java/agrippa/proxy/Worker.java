package agrippa.proxy;

import agrippa.proxy.session.HttpLoop;
import agrippa.proxy.transport.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An event loop and what its sessions share.
///
/// @param index number of the loop, from 0
record Worker(int index, EventLoop loop, HttpLoop http) {
  /// A loop's turn takes far less; if one takes this long the process is broken.
  private static final int LONGEST_TURN_SECONDS = 30;

  /// Does something on the loop's thread and waits for it. Not for the loops' own threads.
  ///
  /// @throws ExecutionException if the task failed
  <T> T call(Callable<T> task) throws ExecutionException {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Exception e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(LONGEST_TURN_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for loop " + index, e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("loop " + index + " does not answer", e);
    }
  }

  /// Does something on the loop's thread that cannot fail, and waits for it.
  void run(Runnable task) {
    try {
      call(
          () -> {
            task.run();
            return true;
          });
    } catch (ExecutionException e) {
      throw new IllegalStateException("loop " + index + " failed", e.getCause());
    }
  }
}
