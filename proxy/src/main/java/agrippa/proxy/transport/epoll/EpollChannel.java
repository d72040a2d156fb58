package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Handler.ConnectFailure;
import agrippa.proxy.transport.TlsInfo;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A socket.
///
/// Events are edges: each is noted in `pending` and served by [#run], which is also how a reader
/// that stopped early is called again.
final class EpollChannel implements Channel, EpollLoop.Polled {
  private static final int EDGES =
      Kernel.EPOLLIN | Kernel.EPOLLOUT | Kernel.EPOLLRDHUP | Kernel.EPOLLET;
  private static final int TO_READ =
      Kernel.EPOLLIN | Kernel.EPOLLRDHUP | Kernel.EPOLLHUP | Kernel.EPOLLERR;
  private static final int BROKEN = Kernel.EPOLLHUP | Kernel.EPOLLERR;
  private static final int HANG_UP = Kernel.EPOLLRDHUP | BROKEN;
  private static final int TO_WRITE = Kernel.EPOLLOUT | Kernel.EPOLLHUP | Kernel.EPOLLERR;

  private final EpollLoop loop;
  private final int fd;
  private final int generation;
  private InetSocketAddress remote;
  private @Nullable InetSocketAddress local;
  private @Nullable Handler handler;
  private int pending;
  private boolean open = true;
  private boolean registered;

  /// Has to be registered before the loop waits.
  private boolean wantsEdge;

  private boolean connecting;
  private int connectError;

  /// The peer has ended or broken the connection: no further edge will tell.
  private boolean hangUp;

  /// A write left something over.
  private boolean blocked;

  private boolean queued;

  /// The kernel would not watch it, so that nobody could be told of anything.
  private boolean unwatchable;

  private EpollChannel(EpollLoop loop, int fd, InetSocketAddress remote) {
    this.loop = loop;
    this.fd = fd;
    this.remote = remote;
    this.generation = fd < 0 ? 0 : loop.enter(fd, this);
  }

  /// A connection that somebody made to us; its first [Handler#readable] comes in this turn.
  ///
  /// @param local where it arrived, or null if that must be asked
  static EpollChannel accepted(
      EpollLoop loop, int fd, InetSocketAddress remote, @Nullable InetSocketAddress local) {
    EpollChannel channel = new EpollChannel(loop, fd, remote);
    channel.local = local;
    channel.readAgain();
    return channel;
  }

  static EpollChannel connect(EpollLoop loop, InetSocketAddress to, Handler handler) {
    Kernel kernel = loop.kernel();
    SocketAddress address = loop.address().set(to);
    int fd = kernel.socket(address.family(), Kernel.SOCK_STREAM);
    EpollChannel channel = new EpollChannel(loop, fd, to);
    channel.handler = handler;
    channel.connecting = true;
    int status = fd;
    if (fd >= 0) {
      kernel.option(fd, Kernel.IPPROTO_TCP, Kernel.TCP_NODELAY, 1);
      status = kernel.connect(fd, address);
    }
    if (status == -Kernel.EINPROGRESS) {
      channel.register();
    } else {
      channel.connectError = Math.min(status, 0);
      channel.pending = Kernel.EPOLLOUT;
      channel.queue();
    }
    return channel;
  }

  private void register() {
    registered = true;
    if (!loop.watch(fd, EDGES, generation)) {
      unwatchable = true;
      connectError = -Kernel.ENOSPC;
      pending = Kernel.EPOLLERR;
      queue();
    }
  }

  /// A connection that ends in this turn, or rests until it does, need not be registered at all:
  /// that saves a short one a system call, and the kernel the upkeep.
  private void awaitEdge() {
    if (!registered && !wantsEdge) {
      wantsEdge = true;
      loop.watchBeforeWaiting(this);
    }
  }

  @Override
  public void rest() {
    wantsEdge = false;
  }

  /// Registers if that is still wanted.
  void watch() {
    if (wantsEdge && open) {
      wantsEdge = false;
      register();
    }
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public void arm(int epollEvents) {
    pending |= epollEvents;
    if ((epollEvents & HANG_UP) != 0) {
      hangUp = true;
    }
  }

  /// Serves what is pending.
  @Override
  public void run() {
    queued = false;
    int events = pending;
    pending = 0;
    if (!open || handler == null) {
      return;
    }
    try {
      if (connecting) {
        finishConnect(events);
      } else {
        tell(handler, events);
      }
    } catch (RuntimeException | Error e) {
      // Nobody knows what this connection's session would do next.
      abort();
      throw e;
    }
  }

  private void tell(Handler told, int events) {
    if ((events & TO_READ) != 0) {
      told.readable(this);
    }
    if (open && blocked && (events & TO_WRITE) != 0) {
      blocked = false;
      told().writable(this);
    }
  }

  private void finishConnect(int events) {
    // A connection that could not be made is always told as an error: the usual one needs no call.
    boolean sound = !registered || (events & BROKEN) == 0;
    int error = connectError != 0 || sound ? connectError : loop.kernel().connectResult(fd);
    connecting = false;
    if (error < 0) {
      close();
      told().connectFailed(this, why(-error));
      return;
    }
    told().connected(this);
    if (open) {
      awaitEdge();
      if ((events & TO_READ) != 0 && !queued) {
        pending |= events & TO_READ;
        queue();
      }
    }
  }

  private Handler told() {
    if (handler == null) {
      throw new IllegalStateException("a channel needs a handler");
    }
    return handler;
  }

  private static ConnectFailure why(int error) {
    return switch (error) {
      case Kernel.ECONNREFUSED -> ConnectFailure.REFUSED;
      case Kernel.ECONNRESET -> ConnectFailure.RESET;
      default -> ConnectFailure.UNREACHABLE;
    };
  }

  @Override
  public int read(Buffer into) {
    if (!open || unwatchable) {
      return FAILED;
    }
    int room = into.room();
    if (room <= 0) {
      throw new IllegalArgumentException("no room to read into");
    }
    long count = loop.kernel().receive(fd, into.address(into.end()), room);
    if (count > 0) {
      into.produced((int) count);
      if (count < room) {
        emptied();
      }
      return (int) count;
    }
    if (count == 0) {
      return END;
    }
    if (count == -Kernel.EAGAIN || count == -Kernel.EINTR) {
      awaitEdge();
      return WOULD_BLOCK;
    }
    return FAILED;
  }

  /// A read took all there was. If the peer has hung up, the end comes without another edge.
  private void emptied() {
    if (hangUp) {
      readAgain();
    } else {
      awaitEdge();
    }
  }

  @Override
  public int write(Buffer from) {
    return write(from, 0);
  }

  @Override
  public int writeAhead(Buffer from) {
    return write(from, Kernel.MSG_MORE);
  }

  @Override
  public void flush() {
    if (open) {
      // Set again, it sends at once what is kept back (tcp(7)).
      loop.kernel().option(fd, Kernel.IPPROTO_TCP, Kernel.TCP_NODELAY, 1);
    }
  }

  private int write(Buffer from, int more) {
    if (!open || unwatchable) {
      return FAILED;
    }
    int length = from.length();
    if (length == 0) {
      return 0;
    }
    long count = loop.kernel().send(fd, from.address(from.start()), length, more);
    if (count >= 0) {
      from.consume((int) count);
      if (count < length) {
        blocked();
      }
      return (int) count;
    }
    if (count == -Kernel.EAGAIN || count == -Kernel.EINTR) {
      blocked();
      return WOULD_BLOCK;
    }
    return FAILED;
  }

  private void blocked() {
    blocked = true;
    awaitEdge();
  }

  /// Moves bytes into a pipe.
  ///
  /// @return bytes, or as [#read]
  long spliceTo(Pipe pipe, long most) {
    long count = open && !unwatchable ? loop.kernel().splice(fd, pipe.writer(), most) : FAILED;
    if (count > 0) {
      return count;
    }
    if (count == 0) {
      return END;
    }
    if (count == -Kernel.EAGAIN || count == -Kernel.EINTR) {
      awaitEdge();
      return WOULD_BLOCK;
    }
    return FAILED;
  }

  /// Moves bytes out of a pipe.
  ///
  /// @return bytes, or as [#write]
  long spliceFrom(Pipe pipe, long most) {
    long count = open && !unwatchable ? loop.kernel().splice(pipe.reader(), fd, most) : FAILED;
    if (count >= 0) {
      if (count < most) {
        blocked();
      }
      return count;
    }
    if (count == -Kernel.EAGAIN || count == -Kernel.EINTR) {
      blocked();
      return WOULD_BLOCK;
    }
    return FAILED;
  }

  @Override
  public void shutdownOutput() {
    if (open) {
      loop.kernel().shutdownOutput(fd);
    }
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      if (fd >= 0) {
        loop.leave(fd);
        loop.kernel().close(fd);
      }
    }
  }

  @Override
  public void abort() {
    if (open && fd >= 0) {
      loop.kernel().lingerNot(fd);
    }
    close();
  }

  @Override
  public void end() {
    close();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void readAgain() {
    pending |= Kernel.EPOLLIN;
    queue();
  }

  private void queue() {
    if (!queued) {
      queued = true;
      loop.soon(this);
    }
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public InetSocketAddress local() {
    InetSocketAddress known = local;
    if (known == null) {
      // A closed descriptor may be another connection by now.
      boolean told = open && loop.kernel().localAddress(fd, loop.address()) >= 0;
      known = told ? loop.address().get() : new InetSocketAddress(0);
      local = known;
    }
    return known;
  }

  @Override
  public void relayed(InetSocketAddress from, InetSocketAddress to) {
    remote = from;
    local = to;
  }

  @Override
  public @Nullable TlsInfo tls() {
    return null;
  }
}
