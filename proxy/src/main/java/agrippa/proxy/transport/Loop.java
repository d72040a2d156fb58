package agrippa.proxy.transport;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// What loops of every kind have in common: a thread that takes turns.
///
/// A turn is: wait for events and serve them; serve the channels that asked for more; run what has
/// expired; run tasks from other threads. What fails in one session is logged and harms no other.
public abstract class Loop implements EventLoop {
  private static final Logger LOG = System.getLogger(Loop.class.getName());

  /// Free buffers kept for the next who needs one: 16 MiB.
  private static final int FREE_BUFFERS = 256;

  /// Tasks run in one turn, so that tasks which make tasks do not starve the sockets.
  private static final int TASKS = 1024;

  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /// Whether the loop will look at its tasks before it waits again without being woken.
  private final AtomicBoolean awake = new AtomicBoolean(true);

  private final Wheel wheel;
  private final Buffer scratch = Buffer.allocate(SCRATCH_FRONT + SCRATCH_ROOM);
  private final ArrayDeque<Buffer> free = new ArrayDeque<>();
  private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
  private long now = millis();
  private volatile boolean closing;
  private volatile boolean ended;

  protected Loop(String name) {
    this.wheel = new Wheel(now);
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  protected final void begin() {
    thread.start();
  }

  private void run() {
    while (!closing) {
      try {
        turn();
      } catch (IOException | RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a turn of the event loop failed", e);
      }
    }
    ended = true;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guard(task);
    }
    closeAll();
    free.forEach(Buffer::free);
    scratch.free();
  }

  private void turn() throws IOException {
    watchAll();
    poll(patience());
    // Only those that are there now: who asks again while being served waits for the next turn.
    for (int i = ready.size(); i > 0; i--) {
      serve(ready.remove());
    }
    wheel.advance();
    Runnable task = tasks.poll();
    for (int i = 1; task != null; i++) {
      serve(task);
      task = i < TASKS ? tasks.poll() : null;
    }
  }

  private long patience() {
    // First says that it sleeps, then looks: a task that this look misses wakes it.
    awake.set(false);
    return tasks.isEmpty() && ready.isEmpty() ? wheel.untilNext() : 0;
  }

  /// Has the channels watched that came to need it in the last turn.
  protected void watchAll() {}

  /// Waits for events, says [#woke], and serves them by [#serve].
  ///
  /// @param millis longest wait; -1 for no limit
  protected abstract void poll(long millis) throws IOException;

  /// Ends a [#poll] early, from any thread; nothing happens when the loop has ended.
  protected abstract void wakeUp();

  /// Closes all channels and the loop's own descriptors.
  protected abstract void closeAll();

  /// Runs something on behalf of a channel, with an empty scratch buffer.
  protected final void serve(Runnable work) {
    scratch.window(SCRATCH_FRONT, SCRATCH_FRONT);
    guard(work);
  }

  /// Runs something in this turn, after what is under way.
  protected final void later(Runnable work) {
    ready.add(work);
  }

  /// To be called when the waiting has ended, before events are served.
  protected final void woke() {
    awake.set(true);
    now = millis();
    wheel.now(now);
  }

  private static void guard(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "a session failed", e);
    }
  }

  @Override
  public final void execute(Runnable task) {
    tasks.add(task);
    if (ended && tasks.remove(task)) {
      throw new RejectedExecutionException(thread.getName() + " has ended");
    }
    if (awake.compareAndSet(false, true)) {
      wakeUp();
    }
  }

  @Override
  public final long now() {
    return now;
  }

  @Override
  public final Buffer scratch() {
    return scratch;
  }

  @Override
  public final Deadline deadline(Runnable expired) {
    return wheel.deadline(() -> serve(expired));
  }

  @Override
  public final Buffer borrow() {
    Buffer buffer = free.poll();
    return buffer == null ? Buffer.allocate(SCRATCH_ROOM) : buffer;
  }

  @Override
  public final void giveBack(Buffer buffer) {
    if (free.size() < FREE_BUFFERS) {
      buffer.window(0, 0);
      free.push(buffer);
    } else {
      buffer.free();
    }
  }

  @Override
  public final void close() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a loop cannot wait for its own end");
    }
    closing = true;
    wakeUp();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}
