package agrippa.proxy.limit;

import agrippa.proxy.balance.Hash;
import java.util.concurrent.atomic.AtomicLongArray;

/// A token bucket for each client, in fixed memory. Shared by all loops without a lock.
///
/// What is remembered of a client is one number: when its bucket will be full again (the generic
/// cell rate algorithm). A full bucket is as good as none, so clients that rest need no place. A
/// client has its place in one of a few cells that its key names; if all of these have buckets that
/// are not full, the fullest is forgotten, and its client begins anew.
final class RateTable {
  /// Clients that can have a bucket, at 16 bytes each.
  static final int CAPACITY = 16_384;

  private static final int WAYS = 8;
  private static final int SETS = CAPACITY / WAYS;
  // Earlier than any clock says, and far from overflowing.
  private static final long LONG_AGO = Long.MIN_VALUE / 4;

  // Pairs: the client's key, and when its bucket is full, in nanoseconds.
  private final AtomicLongArray cells = new AtomicLongArray(2 * CAPACITY);

  RateTable() {
    for (int i = 1; i < cells.length(); i += 2) {
      cells.setPlain(i, LONG_AGO);
    }
  }

  /// Takes a token if there is one.
  ///
  /// @param now nanoseconds on a clock that never goes back
  /// @param interval in which a token comes
  /// @param depth the time in which an empty bucket fills
  /// @return 0, or how long to wait for the next token
  long take(long key, long now, long interval, long depth) {
    int cell = cell(key, now) + 1;
    while (true) {
      long full = cells.get(cell);
      long next = Math.max(full, now) + interval;
      if (next - now > depth) {
        return next - now - depth;
      }
      if (cells.compareAndSet(cell, full, next)) {
        return 0;
      }
    }
  }

  private int cell(long key, long now) {
    int first = (int) Long.remainderUnsigned(Hash.mix(key), SETS) * 2 * WAYS;
    while (true) {
      int fullest = first;
      for (int i = first; i < first + 2 * WAYS; i += 2) {
        if (cells.get(i) == key) {
          return i;
        }
        if (cells.get(i + 1) < cells.get(fullest + 1)) {
          fullest = i;
        }
      }
      long forgotten = cells.get(fullest);
      long full = cells.get(fullest + 1);
      if (cells.compareAndSet(fullest, forgotten, key)) {
        if (full > now) {
          // Else it is full anyway. If another loop was faster, its client has taken a token.
          cells.compareAndSet(fullest + 1, full, now);
        }
        return fullest;
      }
    }
  }
}
