package agrippa.proxy.http2;

import org.jspecify.annotations.Nullable;

/// The fields that a peer has told to remember (RFC 7541, section 2.3.2): a ring of bytes and a
/// ring of where the entries are in it. Takes memory once the first entry comes.
final class DynamicTable {
  /// What we let peers use, and what they may use unasked.
  static final int SIZE = 4_096;

  /// What an entry costs besides its text (RFC 7541, section 4.1).
  static final int OVERHEAD = 32;

  private static final int ENTRIES = SIZE / OVERHEAD;

  private byte @Nullable [] text;
  private final int[] starts = new int[ENTRIES];
  private final int[] names = new int[ENTRIES];
  private final int[] values = new int[ENTRIES];
  private int limit = SIZE;
  private int size;
  private int count;
  // Where the newest entry is, and where the text behind it begins.
  private int newest;
  private int end;

  int count() {
    return count;
  }

  /// The peer wants to use this much, at most [#SIZE].
  void limit(int bytes) {
    limit = bytes;
    makeRoom(0);
  }

  /// Remembers a field: `from` is where its name begins, behind which its value follows.
  void add(byte[] in, int from, int name, int value) {
    int needed = name + value + OVERHEAD;
    makeRoom(needed);
    if (needed > limit) {
      return;
    }
    byte[] ring = text;
    if (ring == null) {
      ring = new byte[SIZE];
      text = ring;
    }
    newest = (newest + 1) % ENTRIES;
    starts[newest] = end;
    names[newest] = name;
    values[newest] = value;
    int straight = Math.min(name + value, SIZE - end);
    System.arraycopy(in, from, ring, end, straight);
    System.arraycopy(in, from + straight, ring, 0, name + value - straight);
    end = (end + name + value) % SIZE;
    size += needed;
    count++;
  }

  private void makeRoom(int needed) {
    while (count > 0 && size + needed > limit) {
      int oldest = slot(count - 1);
      size -= names[oldest] + values[oldest] + OVERHEAD;
      count--;
    }
  }

  /// @param age 0 is the newest entry
  private int slot(int age) {
    return (newest - age + ENTRIES) % ENTRIES;
  }

  int nameLength(int age) {
    return names[slot(age)];
  }

  int valueLength(int age) {
    return values[slot(age)];
  }

  /// Copies an entry's text, name and value or the name alone.
  void copy(int age, int bytes, byte[] into, int at) {
    byte[] ring = text;
    if (ring != null) {
      int start = starts[slot(age)];
      int straight = Math.min(bytes, SIZE - start);
      System.arraycopy(ring, start, into, at, straight);
      System.arraycopy(ring, 0, into, at + straight, bytes - straight);
    }
  }
}
