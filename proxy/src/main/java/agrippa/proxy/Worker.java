package agrippa.proxy;

import agrippa.proxy.plan.Frontend;
import agrippa.proxy.session.HttpLoop;
import agrippa.proxy.transport.AssociationLoop;
import agrippa.proxy.transport.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// An event loop and what its sessions share.
///
/// @param index number of the loop, from 0
/// @param mostFlows most flows of datagrams at one address, on this loop
/// @param associations the loop as far as it speaks SCTP, or null: it does not
record Worker(
    int index,
    EventLoop loop,
    HttpLoop http,
    int mostFlows,
    @Nullable AssociationLoop associations) {
  /// A loop's turn takes far less; if one takes this long the process is broken.
  private static final int LONGEST_TURN_SECONDS = 30;

  /// Something done on a loop's thread.
  interface Task<T> {
    T run() throws IOException;
  }

  /// Whether this loop has a part of frontends of this mode: one alone speaks SCTP.
  boolean serves(Frontend.Mode mode) {
    return (mode == Frontend.Mode.SCTP) == (associations != null);
  }

  /// Does something on the loop's thread and waits for it. Not for the loops' own threads.
  ///
  /// @throws IOException if the task does
  <T> T call(Task<T> task) throws IOException {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.run());
          } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    try {
      return done.get(LONGEST_TURN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw new IOException(cause.getMessage(), cause);
      }
      throw new IllegalStateException("loop " + index + " failed", e);
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
