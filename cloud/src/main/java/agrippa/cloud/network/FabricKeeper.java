package agrippa.cloud.network;

import agrippa.cloud.fabric.Fabric;
import agrippa.cloud.fabric.FabricException;
import agrippa.cloud.fabric.FabricPlan;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Keeps the kernel like the networks: soon after each change, and until it succeeds.
final class FabricKeeper implements AutoCloseable {
  private static final Logger LOG = System.getLogger(FabricKeeper.class.getName());
  private static final long RETRY_SECONDS = 2;

  private final Fabric fabric;
  private final Supplier<FabricPlan> plan;
  private final ReentrantLock turn = new ReentrantLock();
  // Guarded by `turn`.
  private boolean closed;
  // Holds one token while there is something to do.
  private final BlockingQueue<Boolean> due = new ArrayBlockingQueue<>(1);
  private final Thread thread;
  // What was last complained about; only by the thread.
  private Map<String, String> told;

  /// Makes the kernel match, and keeps it so until closed. What it holds stays then.
  ///
  /// @param plan what it shall hold at this moment
  /// @throws FabricException if the kernel refuses everything
  FabricKeeper(Fabric fabric, Supplier<FabricPlan> plan) {
    this.fabric = fabric;
    this.plan = plan;
    told = apply();
    warn(told);
    this.thread = Thread.ofVirtual().name("fabric").start(this::run);
  }

  /// Has the kernel follow soon.
  void wake() {
    due.offer(true);
  }

  /// Has the kernel follow now.
  ///
  /// @param namespace one that the networks need
  /// @return its file
  /// @throws FabricException if the kernel refuses this namespace
  Path ensure(String namespace) {
    String failure = apply().get(namespace);
    if (failure != null) {
      wake();
      throw new FabricException(failure);
    }
    return fabric.file(namespace);
  }

  /// The plan is made in turn, so that an old one never follows a newer one.
  private Map<String, String> apply() {
    turn.lock();
    try {
      if (closed) {
        throw new FabricException("the program stops");
      }
      return fabric.apply(plan.get());
    } finally {
      turn.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        due.take();
        while (!succeeds()) {
          due.poll(RETRY_SECONDS, TimeUnit.SECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean succeeds() {
    try {
      Map<String, String> failures = apply();
      if (!failures.equals(told)) {
        warn(failures);
        told = failures;
      }
      return failures.isEmpty();
    } catch (RuntimeException e) {
      // Whatever it is, later changes must not find nobody at work.
      LOG.log(Level.WARNING, "the kernel's networks are not as they shall be", e);
      return false;
    }
  }

  private static void warn(Map<String, String> failures) {
    failures.forEach(
        (namespace, failure) ->
            LOG.log(Level.WARNING, "network namespace {0} is not ready: {1}", namespace, failure));
  }

  /// When it returns, nothing touches the kernel any more.
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
    } finally {
      turn.unlock();
    }
    thread.interrupt();
  }
}
