package agrippa.proxy.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A block of native memory whose bytes from [#start] to [#end] are content; there may be room on
/// both sides, so that a head can grow at its front. Indices are absolute in the block, and
/// checked.
public final class Buffer {
  private final @Nullable Arena arena;
  private final MemorySegment memory;
  private final ByteBuffer view;
  private final long base;
  private int start;
  private int end;
  private int limit = Integer.MAX_VALUE;

  private Buffer(@Nullable Arena arena, MemorySegment memory) {
    this.arena = arena;
    this.memory = memory;
    this.view = memory.asByteBuffer();
    this.base = memory.address();
  }

  /// A buffer that is freed by [#free], on any thread.
  @SuppressWarnings("MustBeClosedChecker") // The arena is closed by free().
  public static Buffer allocate(int capacity) {
    Arena arena = Arena.ofShared();
    return new Buffer(arena, arena.allocate(capacity, 64));
  }

  /// Memory that something else owns and frees, empty at first.
  public static Buffer over(MemorySegment memory) {
    return new Buffer(null, memory);
  }

  /// Gives the memory back, if it is this buffer's own.
  public void free() {
    if (arena != null) {
      arena.close();
    }
  }

  public int capacity() {
    return (int) memory.byteSize();
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  public int length() {
    return end - start;
  }

  public boolean isEmpty() {
    return start == end;
  }

  /// Free room behind the content that may be filled.
  public int room() {
    return Math.min(limit, capacity()) - end;
  }

  /// Makes the next reads stop after so many bytes; [#window] lifts that.
  public void roomAtMost(int count) {
    limit = end + count;
  }

  public byte at(int index) {
    return memory.get(ValueLayout.JAVA_BYTE, index);
  }

  /// Eight bytes at once, in the machine's own order: for those who look for any of a kind.
  public long eightAt(int index) {
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, index);
  }

  public void put(int index, byte value) {
    memory.set(ValueLayout.JAVA_BYTE, index, value);
  }

  /// Sets both marks.
  public void window(int newStart, int newEnd) {
    if (newStart < 0 || newEnd < newStart || newEnd > capacity()) {
      throw new IndexOutOfBoundsException(newStart + ".." + newEnd + " of " + capacity());
    }
    start = newStart;
    end = newEnd;
    limit = Integer.MAX_VALUE;
  }

  /// Drops bytes from the front of the content.
  public void consume(int count) {
    window(start + count, end);
  }

  /// Counts bytes as content that were written behind it.
  public void produced(int count) {
    window(start, end + count);
  }

  /// Moves bytes within the block; the ranges may overlap.
  public void move(int from, int to, int count) {
    MemorySegment.copy(memory, from, memory, to, count);
  }

  /// Copies an array into the block.
  public void put(int index, byte[] bytes, int offset, int count) {
    MemorySegment.copy(bytes, offset, memory, ValueLayout.JAVA_BYTE, index, count);
  }

  /// Copies out of the block.
  public void get(int index, byte[] into, int offset, int count) {
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, index, into, offset, count);
  }

  /// Appends another buffer's content, as much as there is room for, without consuming it there.
  ///
  /// @return bytes appended
  public int append(Buffer other) {
    int count = Math.min(room(), other.length());
    MemorySegment.copy(other.memory, other.start, memory, end, count);
    end += count;
    return count;
  }

  /// Where a byte of the block is, for system calls; `index` may be the capacity, behind the last.
  ///
  /// @throws IllegalStateException if the block was freed: a system call would write where somebody
  ///     else's bytes are by now
  public long address(int index) {
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("the buffer was freed");
    }
    Objects.checkIndex(index, capacity() + 1);
    return base + index;
  }

  /// The block itself; its address is the business of `transport` and `tls` only.
  public MemorySegment memory() {
    return memory;
  }

  /// The block as NIO sees it, position and limit set to the free room.
  public ByteBuffer roomView() {
    return view.clear().position(end).limit(end + room());
  }

  /// The block as NIO sees it, limits set to the content.
  public ByteBuffer contentView() {
    return view.clear().position(start).limit(end);
  }
}
