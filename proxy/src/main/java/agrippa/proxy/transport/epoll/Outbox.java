package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.PeerAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Datagrams of all sockets of a loop that wait for the end of its turn, so that what goes to many
/// peers from one socket takes one call.
///
/// Datagrams of one length to one peer that follow each other become one message, which the kernel
/// cuts again as late as it can (UDP_SEGMENT): that saves most of the way through the kernel. Where
/// a kernel, a way or a device cannot do that, they go one by one, and that is remembered.
final class Outbox {
  /// Messages that wait at most.
  static final int CAPACITY = 128;

  /// Bytes that wait at most. Behind them is room for a datagram that does not wait.
  private static final int ROOM = 256 * 1024;

  /// The kernel cuts a message into no more than that.
  private static final int MOST_SEGMENTS = 64;

  /// Bytes that one message has at most, cut or not, in either family.
  private static final int LARGEST_MESSAGE = 65_487;

  /// Datagrams that go one by one once the kernel refused to cut a message.
  private static final int APART = 10_000;

  private static final int NONE = -1;

  private final Kernel kernel;
  private final Buffer memory;
  // The same memory, for what is given back.
  private final Buffer unsent;
  private final Messages messages;
  private final boolean segmenting;

  // What waits, by the order of its coming; and behind it, what does not wait.
  private final SocketAddress[] destinations = new SocketAddress[CAPACITY + 1];
  private final int[] offsets = new int[CAPACITY];
  private final int[] lengths = new int[CAPACITY];
  // Length of the first datagram in a message, and of all but the last.
  private final int[] segments = new int[CAPACITY];
  // The next message of the same queue.
  private final int[] nexts = new int[CAPACITY];
  private int count;
  private int end;

  // Those where something came to wait since the last flush.
  private final @Nullable Queue[] queues = new @Nullable Queue[CAPACITY];
  private int queueCount;

  // The messages of the queue that is being sent.
  private final int[] laid = new int[CAPACITY];
  private boolean flushing;
  private long calls;

  /// A socket that sends through the outbox.
  interface Sender {
    /// So many bytes went on their way, or were lost there.
    void sent(int bytes);

    /// Whether an error means that the socket reaches nobody; else what met it is lost.
    ///
    /// @param result negative
    boolean failsBy(int result);

    /// The socket failed.
    void failed();

    /// After that: what waited there.
    void unsent(Buffer datagram);
  }

  /// What waits at one socket, in order.
  static final class Queue {
    private final int fd;
    private final boolean connected;
    private final Sender sender;
    private int first = NONE;
    private int last = NONE;
    private boolean listed;

    /// Longest datagrams that are sent in one message with others.
    private int longestSegment = LARGEST_MESSAGE;

    private int apart;

    Queue(int fd, boolean connected, Sender sender) {
      this.fd = fd;
      this.connected = connected;
      this.sender = sender;
    }

    private void clear() {
      first = NONE;
      last = NONE;
    }

    /// The kernel refused to cut messages into that.
    private void joinsBelow(int segment) {
      longestSegment = segment - 1;
      apart = 0;
    }

    /// Whether it may do it. What it refused is tried again at times: ways change, and one peer's
    /// is not that of others.
    private boolean joins(int segment) {
      if (segment > longestSegment && ++apart >= APART) {
        longestSegment = LARGEST_MESSAGE;
      }
      return segment <= longestSegment;
    }
  }

  /// @param segmenting whether the kernel knows UDP_SEGMENT: one that does not would send what it
  ///     ought to cut as it is
  Outbox(Kernel kernel, Arena arena, boolean segmenting) {
    this.kernel = kernel;
    this.segmenting = segmenting;
    MemorySegment block = arena.allocate(ROOM + EventLoop.SCRATCH_ROOM, 64);
    this.memory = Buffer.over(block);
    this.unsent = Buffer.over(block);
    this.messages = new Messages(arena, CAPACITY + 1, block);
    for (int i = 0; i < destinations.length; i++) {
      destinations[i] = new SocketAddress(arena);
    }
  }

  /// Whether one more datagram of any length may wait.
  boolean hasRoom() {
    return count < CAPACITY && end <= ROOM - EventLoop.SCRATCH_ROOM;
  }

  /// How often the kernel was asked to send.
  long calls() {
    return calls;
  }

  /// Has a datagram wait; or sends it now, behind what waits there, if everything is being sent or
  /// there is no room. In the latter case what fails before it is lost.
  ///
  /// @param to null if the socket is connected
  /// @return false if it was not sent because the socket fails
  boolean send(Queue queue, Buffer datagram, @Nullable PeerAddress to) {
    int length = datagram.length();
    if (flushing || count == CAPACITY || length > ROOM - end) {
      flush(queue);
      return sendNow(queue, datagram, to);
    }
    memory.window(end, end);
    memory.append(datagram);
    if (joinsLast(queue, length, to)) {
      lengths[count - 1] += length;
    } else {
      enter(queue, length, to);
    }
    end += length;
    return true;
  }

  private boolean sendNow(Queue queue, Buffer datagram, @Nullable PeerAddress to) {
    memory.window(ROOM, ROOM);
    memory.append(datagram);
    messages.piece(CAPACITY, ROOM, memory.length());
    address(CAPACITY, to == null ? null : destinations[CAPACITY].set(to));
    messages.whole(CAPACITY);
    int result = memory.length() < datagram.length() ? -Kernel.EMSGSIZE : send(queue, CAPACITY, 1);
    if (result < 0 && queue.sender.failsBy(result)) {
      return false;
    }
    queue.sender.sent(datagram.length());
    return true;
  }

  private void address(int index, @Nullable SocketAddress to) {
    if (to == null) {
      messages.toPeer(index);
    } else {
      messages.to(index, to);
    }
  }

  /// Whether a datagram may become part of the message that came last.
  private boolean joinsLast(Queue queue, int length, @Nullable PeerAddress to) {
    int last = count - 1;
    if (!segmenting || count == 0 || queue.last != last) {
      return false;
    }
    int segment = segments[last];
    return length > 0
        && length <= segment
        // A shorter one is the end.
        && lengths[last] % segment == 0
        && lengths[last] < segment * MOST_SEGMENTS
        && lengths[last] + length <= LARGEST_MESSAGE
        && (to == null || destinations[last].is(to))
        && queue.joins(segment);
  }

  private void enter(Queue queue, int length, @Nullable PeerAddress to) {
    int entry = count++;
    offsets[entry] = end;
    lengths[entry] = length;
    segments[entry] = length;
    nexts[entry] = NONE;
    if (to != null) {
      destinations[entry].set(to);
    }
    if (queue.first == NONE) {
      queue.first = entry;
    } else {
      nexts[queue.last] = entry;
    }
    queue.last = entry;
    if (!queue.listed) {
      queue.listed = true;
      queues[queueCount++] = queue;
    }
  }

  /// Sends all that waits. What is sent until that is done does not wait.
  void flush() {
    if (queueCount == 0) {
      return;
    }
    flushing = true;
    try {
      for (int i = 0; i < queueCount; i++) {
        Queue queue = Objects.requireNonNull(queues[i]);
        if (!transmit(queue)) {
          giveBack(queue);
        }
      }
    } finally {
      forget();
    }
  }

  private void forget() {
    for (int i = 0; i < queueCount; i++) {
      Queue queue = Objects.requireNonNull(queues[i]);
      queues[i] = null;
      queue.listed = false;
      queue.clear();
    }
    queueCount = 0;
    count = 0;
    end = 0;
    flushing = false;
  }

  /// Sends what waits at one socket. What does not go is lost, and nobody is told.
  void flush(Queue queue) {
    if (!transmit(queue)) {
      queue.clear();
    }
  }

  /// Gives back what waits at a socket that failed. What is sent until that is done does not wait.
  void fail(Queue queue) {
    flushing = true;
    giveBack(queue);
    flushing = false;
  }

  private void giveBack(Queue queue) {
    int entry = queue.first;
    queue.clear();
    queue.sender.failed();
    for (; entry != NONE; entry = nexts[entry]) {
      int at = offsets[entry];
      int behind = at + lengths[entry];
      do {
        int next = Math.min(at + segments[entry], behind);
        unsent.window(at, next);
        queue.sender.unsent(unsent);
        at = next;
      } while (at < behind);
    }
  }

  /// @return whether all is on its way or lost; else the queue still has the rest
  private boolean transmit(Queue queue) {
    int all = lay(queue);
    int at = 0;
    while (at < all) {
      // A call that sent something forgets the error that stopped it. One that lasts the next call
      // tells; that a connected socket's peer refuses does not, and it must be known.
      int result = send(queue, at, queue.connected ? 1 : all - at);
      for (int i = 0; i < result; i++) {
        queue.sender.sent(lengths[laid[at + i]]);
      }
      if (result > 0) {
        at += result;
      } else if (mayGoOn(queue, at, result)) {
        at++;
      } else {
        queue.first = laid[at];
        return false;
      }
    }
    queue.clear();
    return true;
  }

  /// Makes messages of what waits at one socket.
  ///
  /// @return their number
  private int lay(Queue queue) {
    int index = 0;
    for (int entry = queue.first; entry != NONE; entry = nexts[entry]) {
      messages.piece(index, offsets[entry], lengths[entry]);
      address(index, queue.connected ? null : destinations[entry]);
      if (isJoined(entry)) {
        messages.segments(index, segments[entry]);
      } else {
        messages.whole(index);
      }
      laid[index++] = entry;
    }
    return index;
  }

  private boolean isJoined(int entry) {
    return lengths[entry] > segments[entry];
  }

  private int send(Queue queue, int index, int most) {
    calls++;
    return kernel.sendMany(queue.fd, messages.address(index, most), most);
  }

  /// Deals with the error that a message met.
  ///
  /// @return whether those behind it may go
  private boolean mayGoOn(Queue queue, int index, int result) {
    int entry = laid[index];
    if (isJoined(entry) && cannotCut(result)) {
      queue.joinsBelow(result == -Kernel.EIO ? 1 : segments[entry]);
      return sendApart(queue, index);
    }
    if (queue.sender.failsBy(result)) {
      return false;
    }
    queue.sender.sent(lengths[entry]);
    return true;
  }

  /// The kernel cuts only into what fits the way to the peer (else EINVAL; EMSGSIZE since Linux
  /// 6.13), and only where somebody adds up checksums of what it cut (else EIO).
  private static boolean cannotCut(int result) {
    return result == -Kernel.EINVAL || result == -Kernel.EMSGSIZE || result == -Kernel.EIO;
  }

  /// Sends the datagrams of a message one by one.
  ///
  /// @return whether all are on their way or lost; else the message is what is left
  private boolean sendApart(Queue queue, int index) {
    int entry = laid[index];
    messages.whole(index);
    while (lengths[entry] > 0) {
      int length = Math.min(segments[entry], lengths[entry]);
      messages.piece(index, offsets[entry], length);
      int result = send(queue, index, 1);
      if (result < 0 && queue.sender.failsBy(result)) {
        return false;
      }
      queue.sender.sent(length);
      offsets[entry] += length;
      lengths[entry] -= length;
    }
    return true;
  }
}
