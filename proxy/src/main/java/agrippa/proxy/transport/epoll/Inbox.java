package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Takes datagrams out of a socket, many in one call, and hands them out one by one. Its memory is
/// shared by all sockets of a loop: all is handed out before more is taken.
///
/// The kernel may join datagrams that follow each other (UDP_GRO): here they are cut again.
final class Inbox {
  /// Messages in one call, and so in one turn before other sockets have theirs.
  static final int CAPACITY = 32;

  /// What a message may be at most, joined or not, is a little less.
  private static final int ROOM = 64 * 1024;

  private final Kernel kernel;
  private final Buffer memory;
  private final Messages messages;
  private final SocketAddress[] senders = new SocketAddress[CAPACITY];
  private int received;
  private int message;
  private int offset;
  private long calls;

  Inbox(Kernel kernel, Arena arena) {
    this.kernel = kernel;
    MemorySegment block = arena.allocate((long) CAPACITY * ROOM, 64);
    this.memory = Buffer.over(block);
    this.messages = new Messages(arena, CAPACITY, block);
    for (int i = 0; i < CAPACITY; i++) {
      senders[i] = new SocketAddress(arena);
      messages.piece(i, i * ROOM, ROOM);
      messages.expect(i, senders[i]);
    }
  }

  /// Takes what is there, for [#next].
  ///
  /// @param most up to [#CAPACITY]
  /// @return number of messages, or a failure
  int receive(int fd, int most) {
    for (int i = 0; i < received; i++) {
      messages.expect(i, senders[i]);
    }
    calls++;
    int count = kernel.receiveMany(fd, messages.address(0, most), most);
    received = Math.max(count, 0);
    message = -1;
    advance();
    return count;
  }

  /// Goes to the next message. One that was cut off, which no sender can bring about, is lost.
  private void advance() {
    offset = 0;
    do {
      message++;
    } while (message < received && messages.truncated(message));
  }

  boolean hasNext() {
    return message < received;
  }

  /// The sender of the [#next] datagram.
  SocketAddress sender() {
    return senders[message];
  }

  /// The next datagram, until it is asked again.
  Buffer next() {
    int from = offset;
    int length = messages.length(message);
    int to = Math.min(from + messages.segment(message), length);
    memory.window(message * ROOM + from, message * ROOM + to);
    offset = to;
    if (to == length) {
      advance();
    }
    return memory;
  }

  /// How often it asked the kernel.
  long calls() {
    return calls;
  }
}
