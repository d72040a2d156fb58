package agrippa.proxy.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// An array of `struct mmsghdr` for datagrams that lie in one block of memory, with the address and
/// the one control message of each. The layouts are the same on x86-64 and aarch64.
final class Messages {
  /// `struct mmsghdr`: a `struct msghdr`, and behind it how long the datagram is.
  private static final int HEADER_BYTES = 64;

  private static final int NAME_AT = 0;
  private static final int NAME_LENGTH_AT = 8;
  private static final int PIECES_AT = 16;
  private static final int PIECE_COUNT_AT = 24;
  private static final int CONTROL_AT = 32;
  private static final int CONTROL_LENGTH_AT = 40;
  private static final int FLAGS_AT = 48;
  private static final int LENGTH_AT = 56;

  /// `struct iovec`.
  private static final int PIECE_BYTES = 16;

  private static final int PIECE_LENGTH_AT = 8;

  /// A `struct cmsghdr` with room for an `int`, which is what receivers get; senders give a
  /// `uint16_t`.
  private static final int CONTROL_BYTES = 24;

  private static final int CONTROL_LEVEL_AT = 8;
  private static final int CONTROL_TYPE_AT = 12;
  private static final int CONTROL_VALUE_AT = 16;
  private static final int SEGMENT_CONTROL_LENGTH = CONTROL_VALUE_AT + Short.BYTES;

  private static final int MSG_TRUNC = 0x20;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final MemorySegment headers;
  private final MemorySegment pieces;
  private final MemorySegment controls;
  private final MemorySegment memory;

  /// @param memory where the datagrams are
  Messages(Arena arena, int capacity, MemorySegment memory) {
    this.headers = arena.allocate((long) capacity * HEADER_BYTES, 8);
    this.pieces = arena.allocate((long) capacity * PIECE_BYTES, 8);
    this.controls = arena.allocate((long) capacity * CONTROL_BYTES, 8);
    this.memory = memory;
    for (int i = 0; i < capacity; i++) {
      headers.set(LONG, header(i) + PIECES_AT, pieces.address() + (long) i * PIECE_BYTES);
      headers.set(LONG, header(i) + PIECE_COUNT_AT, 1);
    }
  }

  private static long header(int index) {
    return (long) index * HEADER_BYTES;
  }

  /// Where the array is from an index on, for so many messages.
  long address(int index, int count) {
    Objects.checkFromIndexSize(header(index), header(count), headers.byteSize());
    return headers.address() + header(index);
  }

  /// Says which part of the memory a message is, or may fill.
  void piece(int index, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, memory.byteSize());
    long at = (long) index * PIECE_BYTES;
    pieces.set(LONG, at, memory.address() + offset);
    pieces.set(LONG, at + PIECE_LENGTH_AT, length);
  }

  /// Sends a message to an address.
  void to(int index, SocketAddress address) {
    name(index, address, address.length());
  }

  /// Sends a message to whom the socket is connected.
  void toPeer(int index) {
    headers.set(LONG, header(index) + NAME_AT, 0);
    headers.set(INT, header(index) + NAME_LENGTH_AT, 0);
  }

  private void name(int index, SocketAddress address, int length) {
    headers.set(LONG, header(index) + NAME_AT, address.address());
    headers.set(INT, header(index) + NAME_LENGTH_AT, length);
  }

  /// Has a message sent as it is.
  void whole(int index) {
    control(index, 0);
  }

  /// Has a message cut into datagrams of so many bytes, but for the last.
  void segments(int index, int bytes) {
    long at = (long) index * CONTROL_BYTES;
    controls.set(LONG, at, SEGMENT_CONTROL_LENGTH);
    controls.set(INT, at + CONTROL_LEVEL_AT, Kernel.IPPROTO_UDP);
    controls.set(INT, at + CONTROL_TYPE_AT, Kernel.UDP_SEGMENT);
    controls.set(ValueLayout.JAVA_SHORT, at + CONTROL_VALUE_AT, (short) bytes);
    control(index, CONTROL_BYTES);
  }

  /// Makes a message ready to be received, once more if it was: the kernel writes over what it was
  /// told.
  void expect(int index, SocketAddress from) {
    name(index, from, SocketAddress.CAPACITY);
    control(index, CONTROL_BYTES);
  }

  private void control(int index, int length) {
    long at = length == 0 ? 0 : controls.address() + (long) index * CONTROL_BYTES;
    headers.set(LONG, header(index) + CONTROL_AT, at);
    headers.set(LONG, header(index) + CONTROL_LENGTH_AT, length);
  }

  /// Length of a message that was received.
  int length(int index) {
    return headers.get(INT, header(index) + LENGTH_AT);
  }

  /// Whether it was longer than its room.
  boolean truncated(int index) {
    return (headers.get(INT, header(index) + FLAGS_AT) & MSG_TRUNC) != 0;
  }

  /// Length of the datagrams that the kernel joined to a message, but for the last; or of the one.
  int segment(int index) {
    long at = (long) index * CONTROL_BYTES;
    boolean joined =
        headers.get(LONG, header(index) + CONTROL_LENGTH_AT) >= CONTROL_VALUE_AT + Integer.BYTES
            && controls.get(INT, at + CONTROL_LEVEL_AT) == Kernel.IPPROTO_UDP
            && controls.get(INT, at + CONTROL_TYPE_AT) == Kernel.UDP_GRO;
    int bytes = joined ? controls.get(INT, at + CONTROL_VALUE_AT) : 0;
    return bytes > 0 ? bytes : length(index);
  }
}
