package agrippa.proxy.http2;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The streams of a connection that are under way, by number, and the numbers of those that were
/// reset last: what their peer had sent before it knew is to be ignored.
final class StreamTable {
  private static final int ROWS = 64;
  private static final int RESETS = 128;

  private final @Nullable Stream[] rows = new @Nullable Stream[ROWS];
  private int @Nullable [] resets;
  private int nextReset;
  private int size;

  @Nullable Stream find(int id) {
    Stream stream = rows[row(id)];
    while (stream != null && stream.id != id) {
      stream = stream.next;
    }
    return stream;
  }

  void add(Stream stream) {
    int row = row(stream.id);
    stream.next = rows[row];
    rows[row] = stream;
    size++;
  }

  /// Forgets a stream, which then has no number.
  void remove(Stream stream) {
    int row = row(stream.id);
    Stream before = null;
    Stream at = rows[row];
    while (at != null && at != stream) {
      before = at;
      at = at.next;
    }
    if (at == null) {
      throw new IllegalStateException("stream " + stream.id + " is not under way");
    }
    if (before == null) {
      rows[row] = at.next;
    } else {
      before.next = at.next;
    }
    stream.next = null;
    stream.id = 0;
    size--;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /// Whether all streams pass.
  boolean all(Predicate<Stream> test) {
    boolean all = true;
    for (Stream row : rows) {
      for (Stream stream = row; stream != null; stream = stream.next) {
        all &= test.test(stream);
      }
    }
    return all;
  }

  void remember(int reset) {
    int[] ring = resets;
    if (ring == null) {
      ring = new int[RESETS];
      resets = ring;
    }
    ring[nextReset] = reset;
    nextReset = (nextReset + 1) % RESETS;
  }

  boolean wasReset(int id) {
    if (resets != null) {
      for (int reset : resets) {
        if (reset == id) {
          return true;
        }
      }
    }
    return false;
  }

  private static int row(int id) {
    return id >>> 1 & ROWS - 1;
  }
}
