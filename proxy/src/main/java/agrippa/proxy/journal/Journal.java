package agrippa.proxy.journal;

import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Journaling;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One loop's entries. The loop writes, one other thread reads; neither waits for the other. If
/// nobody reads for long, entries are dropped and counted.
///
/// ```
///   begin ──▶ filled by a session ──end──▶ ring ──read──▶ left in the ring, to be filled again
/// ```
public final class Journal {
  private static final VarHandle COUNT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      COUNT = lookup.findVarHandle(Journal.class, "written", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /// Entries that wait to be filled; more than are under way at a time in most loops.
  private static final int MOST_SPARE = 1_024;

  private final LongSupplier now;
  private final InstantSource clock;
  private final RandomGenerator random;
  // Between the counts of what was read and written: entries to read. The others: to be filled.
  private final @Nullable Entry[] ring;
  private final ArrayDeque<Entry> spare = new ArrayDeque<>();
  // The loop's own.
  private long written;
  private volatile long dropped;
  // The reader's own.
  private volatile long read;

  /// @param now the loop's own clock
  /// @param clock dates entries
  /// @param random chooses what is written of what is sampled, and names traces
  /// @param room most entries that wait to be read, a power of two; with 0 nothing is written
  public Journal(LongSupplier now, InstantSource clock, RandomGenerator random, int room) {
    this.now = now;
    this.clock = clock;
    this.random = random;
    this.ring = new @Nullable Entry[room];
  }

  /// One whose entries nobody reads: there are none.
  public static Journal closed() {
    return new Journal(() -> 0, InstantSource.system(), new SplittableRandom(0), 0);
  }

  /// Of the loop's own, and as random as names must be, not secrets.
  public RandomGenerator random() {
    return random;
  }

  public long now() {
    return now.getAsLong();
  }

  /// Begins an entry.
  ///
  /// @return null if none is wanted; else to be given back by [#end]
  public @Nullable Entry begin(Frontend frontend) {
    Journaling wanted = frontend.options().journaling();
    if (wanted == null || ring.length == 0) {
      return null;
    }
    if (wanted.oneIn() > 1 && random.nextInt(wanted.oneIn()) != 0) {
      return null;
    }
    Entry known = spare.pollLast();
    Entry entry = known == null ? new Entry() : known;
    entry.begin(frontend, wanted, clock.millis(), now());
    return entry;
  }

  /// Hands an entry over to whoever reads.
  public void end(Entry entry) {
    entry.end(now());
    if (written - read >= ring.length) {
      // A single writer.
      long count = dropped + 1;
      dropped = count;
      keep(entry);
      return;
    }
    int slot = (int) (written & ring.length - 1);
    Entry old = ring[slot];
    ring[slot] = entry;
    COUNT.setRelease(this, written + 1);
    if (old != null) {
      keep(old);
    }
  }

  private void keep(Entry entry) {
    if (spare.size() < MOST_SPARE) {
      spare.addLast(entry);
    }
  }

  /// Entries that found no room.
  long dropped() {
    return dropped;
  }

  /// Shows entries that wait until `reader` says that it is enough; each is the reader's only until
  /// it returns.
  int read(Predicate<Entry> reader) {
    long from = read;
    long to = (long) COUNT.getAcquire(this);
    for (long at = from; at < to; at++) {
      Entry entry = ring[(int) (at & ring.length - 1)];
      boolean enough = entry != null && !reader.test(entry);
      read = at + 1;
      if (enough) {
        return (int) (at + 1 - from);
      }
    }
    return (int) (to - from);
  }
}
