package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.PeerAddress;
import org.jspecify.annotations.Nullable;

/// What sockets for datagrams have in common: they share the loop's inbox and outbox. They are
/// watched level-triggered, so that a batch may leave some for later.
abstract class EpollDatagramSocket implements EpollLoop.Polled, Outbox.Sender {
  /// That many at once is a stream of them, for which the kernel had better join what it can.
  private static final int STREAM = 4;

  final EpollLoop loop;
  final int fd;
  private final int generation;
  private final boolean connected;
  private final Outbox.Queue waiting;
  private final Runnable delivery = this::deliver;
  private boolean open = true;
  private boolean joining;
  private int heard;

  EpollDatagramSocket(EpollLoop loop, int fd, boolean connected) {
    this.loop = loop;
    this.fd = fd;
    this.connected = connected;
    this.generation = loop.enter(fd, this);
    this.waiting = new Outbox.Queue(fd, connected, this);
  }

  /// @return whether the kernel had room for one more
  final boolean watch() {
    return loop.watch(fd, Kernel.EPOLLIN, generation);
  }

  final boolean isOpen() {
    return open;
  }

  /// A datagram came, and may be read until this returns.
  abstract void arrived(Buffer datagram, SocketAddress from);

  /// Sends a datagram at the end of the turn.
  ///
  /// @param to null if the socket is connected
  /// @return false if it was not sent because the socket fails
  final boolean later(Buffer datagram, @Nullable PeerAddress to) {
    return loop.outbox().send(waiting, datagram, to);
  }

  @Override
  public final void run() {
    if (!open) {
      return;
    }
    Inbox inbox = loop.inbox();
    int count = inbox.receive(fd, many() ? Inbox.CAPACITY : 1);
    if (count < 0 && failsBy(count)) {
      loop.outbox().fail(waiting);
    }
    if (count >= STREAM && !joining) {
      joining = true;
      // Only to be faster: a kernel before Linux 5.0 cannot do it.
      loop.kernel().option(fd, Kernel.IPPROTO_UDP, Kernel.UDP_GRO, 1);
    }
    while (open && inbox.hasNext()) {
      if (!loop.outbox().hasRoom()) {
        loop.outbox().flush();
      }
      loop.guarded(delivery);
    }
  }

  /// Whether there may be more than one. A link that was silent in the turn before most often has
  /// one answer, and to look for another takes time, too.
  private boolean many() {
    boolean again = loop.turns() == heard + 1;
    heard = loop.turns();
    return again || !connected;
  }

  private void deliver() {
    SocketAddress from = loop.inbox().sender();
    arrived(loop.inbox().next(), from);
  }

  @Override
  public final int generation() {
    return generation;
  }

  @Override
  public final void arm(int epollEvents) {
    // Whatever it is, receiving finds out.
  }

  /// Sends what waits, or loses it.
  public final void close() {
    if (open) {
      open = false;
      loop.outbox().flush(waiting);
      loop.leave(fd);
      loop.kernel().close(fd);
    }
  }

  @Override
  public final void end() {
    close();
  }
}
