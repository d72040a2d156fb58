package agrippa.provider.accesslog;

import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.Journals;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/// Writes what load balancers served, on one thread. While its target takes nothing, entries wait
/// in the journals, which drop what they have no room for: clients are served all the same.
public final class AccessLog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

  /// Entries of so long have room in the journals at full load.
  private static final long PAUSE_NANOS = 20_000_000;

  private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Journals journals;
  private final Format format;
  private final Target target;
  private final InstantSource clock;
  private final StringBuilder line = new StringBuilder();
  private final Thread thread;
  private volatile boolean closed;
  private volatile long lost;
  // The thread's own.
  private long complainedOf;
  private Instant complained = Instant.MIN;

  private AccessLog(Journals journals, Format format, Target target, InstantSource clock) {
    this.journals = journals;
    this.format = format;
    this.target = target;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  }

  /// Begins to read the journals; nobody else may.
  ///
  /// @throws IOException if the target is a file that cannot be opened
  public static AccessLog start(Journals journals, AccessLogSettings settings, InstantSource clock)
      throws IOException {
    return start(journals, settings.format(), settings.open(clock), clock);
  }

  static AccessLog start(Journals journals, Format format, Target target, InstantSource clock) {
    AccessLog log = new AccessLog(journals, format, target, clock);
    log.thread.start();
    return log;
  }

  /// Lines that were not written: nobody read them in time, or the target failed.
  public long dropped() {
    return journals.dropped() + lost;
  }

  private void run() {
    while (!closed) {
      turn();
      complain();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    turn();
    target.close();
  }

  private void turn() {
    try {
      if (target.ready() && journals.read(this::write) > 0) {
        target.flush();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  /// @return whether to go on
  private boolean write(Entry entry) {
    line.setLength(0);
    format.write(entry, line);
    try {
      target.write(line, Instant.ofEpochMilli(entry.date()));
      return true;
    } catch (IOException e) {
      failed(e);
      return false;
    }
  }

  private void failed(IOException why) {
    // A single writer. What was buffered with this line is lost, too, and not counted.
    long count = lost + 1;
    lost = count;
    LOG.log(Level.WARNING, "the access log is interrupted: {0}", why.toString());
  }

  private void complain() {
    long now = dropped();
    Instant time = clock.instant();
    if (now > complainedOf && complained.plus(BETWEEN_COMPLAINTS).isBefore(time)) {
      LOG.log(Level.WARNING, "{0} lines of the access log were dropped", now - complainedOf);
      complainedOf = now;
      complained = time;
    }
  }

  /// Writes what is there still, if that does not take long.
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(LAST_WORDS)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
