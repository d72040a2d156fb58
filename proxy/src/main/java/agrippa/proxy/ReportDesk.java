package agrippa.proxy;

import agrippa.proxy.session.Pages;
import agrippa.proxy.transport.EventLoop;
import java.lang.System.Logger.Level;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has reports written, all of them on one thread: however many clients ask, and however much
/// there is to tell, that is the most that reports take of the machine. Pieces of different
/// pages take turns.
final class ReportDesk implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ReportDesk.class.getName());

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("reports").factory());
  private volatile Reporter reporter =
      plan -> {
        throw new IllegalStateException("nobody writes reports");
      };

  /// Has reports written by somebody else from now on.
  void reporter(Reporter next) {
    reporter = next;
  }

  /// The pages about a plan.
  Pages about(Supplier<PlanMeter> plan) {
    return () -> new Writing(plan);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private final class Writing implements Pages.Page {
    private final Supplier<PlanMeter> plan;
    // Belongs to the desk's thread.
    private @Nullable Iterator<byte[]> pieces;

    private Writing(Supplier<PlanMeter> plan) {
      this.plan = plan;
    }

    @Override
    public void next(EventLoop loop, Pages.Taker taker) {
      try {
        thread.execute(() -> make(loop, taker));
      } catch (RejectedExecutionException e) {
        LOG.log(Level.DEBUG, "a report was asked for at the end", e);
      }
    }

    private void make(EventLoop loop, Pages.Taker taker) {
      Runnable told;
      try {
        byte[] piece = piece();
        told = () -> taker.piece(piece);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a report failed", e);
        told = taker::failed;
      }
      try {
        loop.execute(told);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.DEBUG, "a report was written for nobody", e);
      }
    }

    private byte @Nullable [] piece() {
      if (pieces == null) {
        pieces = reporter.page(plan.get());
      }
      while (pieces.hasNext()) {
        byte[] piece = pieces.next();
        if (piece.length > 0) {
          return piece;
        }
      }
      return null;
    }
  }
}
