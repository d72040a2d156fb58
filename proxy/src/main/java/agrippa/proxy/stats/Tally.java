package agrippa.proxy.stats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One loop's counts of one thing: that loop alone writes, anybody reads.
public final class Tally {
  // Opaque access: never torn, visible soon, and as cheap as a plain field.
  private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

  // What different loops write must not share a cache line.
  private static final int LINE = 8;
  private static final int SIZE = Count.values().length;

  private final long[] counts = new long[LINE + SIZE + LINE];
  private final @Nullable Tally whole;

  /// @param whole of which this is a part, or null
  Tally(@Nullable Tally whole) {
    this.whole = whole;
  }

  /// Counts here only.
  public void own(Count what) {
    add(what, 1);
  }

  /// Counts here and in the whole.
  public void count(Count what, long amount) {
    add(what, amount);
    if (whole != null) {
      whole.add(what, amount);
    }
  }

  private void add(Count what, long amount) {
    int at = LINE + what.ordinal();
    COUNTS.setOpaque(counts, at, (long) COUNTS.getOpaque(counts, at) + amount);
  }

  long read(Count what) {
    return (long) COUNTS.getOpaque(counts, LINE + what.ordinal());
  }
}
