package agrippa.proxy.transport;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Lends memory to those connections of one loop that must hold bytes for a while. Keeps a bounded
/// part of what comes back, because freeing native memory is slow.
public final class BufferStore {
  private static final int SMALLEST = 2_048;
  // From 2 to 256 KiB, each twice the one before.
  private static final int SIZES = 8;
  private static final long KEPT = 16L << 20;

  private final List<ArrayDeque<Buffer>> free = new ArrayList<>();
  private long kept;

  public BufferStore() {
    for (int i = 0; i < SIZES; i++) {
      free.add(new ArrayDeque<>());
    }
  }

  /// An empty buffer of at least this capacity.
  public Buffer take(int capacity) {
    int size = size(capacity);
    Buffer buffer = size < SIZES ? free.get(size).pollLast() : null;
    if (buffer == null) {
      return Buffer.allocate(size < SIZES ? SMALLEST << size : capacity);
    }
    kept -= buffer.capacity();
    return buffer;
  }

  public void give(Buffer buffer) {
    int size = size(buffer.capacity());
    if (size >= SIZES || kept + buffer.capacity() > KEPT) {
      buffer.free();
      return;
    }
    buffer.window(0, 0);
    kept += buffer.capacity();
    free.get(size).addLast(buffer);
  }

  public void close() {
    for (ArrayDeque<Buffer> buffers : free) {
      buffers.forEach(Buffer::free);
      buffers.clear();
    }
    kept = 0;
  }

  private static int size(int capacity) {
    int size = 0;
    while (size < SIZES && SMALLEST << size < capacity) {
      size++;
    }
    return size;
  }
}
