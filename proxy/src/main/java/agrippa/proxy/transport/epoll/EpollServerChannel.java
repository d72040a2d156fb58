package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.Deadline;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An accepting socket. It is watched level-triggered, so that a batch may leave some for later.
final class EpollServerChannel implements ServerChannel, EpollLoop.Polled {
  private static final int BACKLOG = 4096;
  private static final int MOST_AT_ONCE = 64;

  /// Turns in which a batch must have been too small before a bigger one is tried.
  private static final int SMALL_BATCHES = 4;

  private static final int EXHAUSTED_MILLIS = 100;

  private final EpollLoop loop;
  private final int fd;
  private final Consumer<Channel> accepted;
  private final InetSocketAddress local;

  /// Where all its connections arrive, or null if it listens at every address.
  private final @Nullable InetSocketAddress specific;

  private final int generation;
  private final Deadline exhausted;

  /// How many are accepted at once. An accept that finds nobody makes the kernel build a socket and
  /// tear it down again, so it must be rare: the batch grows only under lasting load.
  private int batch = 1;

  private int fullBatches;
  private boolean watched;
  private boolean paused;
  private boolean open = true;

  private EpollServerChannel(
      EpollLoop loop, int fd, InetSocketAddress local, Consumer<Channel> accepted) {
    this.loop = loop;
    this.fd = fd;
    this.local = local;
    this.specific = local.getAddress().isAnyLocalAddress() ? null : local;
    this.accepted = accepted;
    this.generation = loop.enter(fd, this);
    this.exhausted = loop.deadline(this::watch);
    watch();
  }

  static EpollServerChannel listen(EpollLoop loop, InetSocketAddress at, Consumer<Channel> accepted)
      throws IOException {
    if (at.isUnresolved()) {
      throw new BindException("unresolved address " + at);
    }
    Kernel kernel = loop.kernel();
    boolean ipv6 = at.getAddress() instanceof Inet6Address;
    int fd =
        check(
            "socket",
            at,
            kernel.socket(ipv6 ? Kernel.AF_INET6 : Kernel.AF_INET, Kernel.SOCK_STREAM));
    try {
      kernel.option(fd, Kernel.SOL_SOCKET, Kernel.SO_REUSEADDR, 1);
      check("reuse", at, kernel.option(fd, Kernel.SOL_SOCKET, Kernel.SO_REUSEPORT, 1));
      if (ipv6) {
        check("v6only", at, kernel.option(fd, Kernel.IPPROTO_IPV6, Kernel.IPV6_V6ONLY, 1));
      }
      // Its connections inherit that, which saves a call for each.
      check("nodelay", at, kernel.option(fd, Kernel.IPPROTO_TCP, Kernel.TCP_NODELAY, 1));
      check("bind", at, kernel.bind(fd, loop.address().set(at)));
      check("listen", at, kernel.listen(fd, BACKLOG));
      check("getsockname", at, kernel.localAddress(fd, loop.address()));
    } catch (IOException e) {
      kernel.close(fd);
      throw e;
    }
    return new EpollServerChannel(loop, fd, loop.address().get(), accepted);
  }

  static int check(String call, InetSocketAddress at, int result) throws BindException {
    if (result < 0) {
      String why =
          switch (-result) {
            case 13, 1 -> "permission denied";
            case 98 -> "address already in use";
            case 99 -> "address not available on this machine";
            case Kernel.EMFILE, Kernel.ENFILE -> "too many open files";
            default -> "error " + -result;
          };
      throw new BindException(call + " " + at + ": " + why);
    }
    return result;
  }

  private void watch() {
    if (open && !watched && !paused) {
      watched = loop.watch(fd, Kernel.EPOLLIN, generation);
      if (!watched) {
        exhausted.in(EXHAUSTED_MILLIS);
      }
    }
  }

  private void unwatch() {
    if (open && watched) {
      watched = false;
      loop.unwatch(fd);
    }
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public void arm(int epollEvents) {
    // Only one kind of event is asked for.
  }

  @Override
  public void run() {
    Kernel kernel = loop.kernel();
    for (int i = 0; i < batch && open && !paused; i++) {
      int client = kernel.accept(fd, loop.address());
      if (client < 0) {
        batch = Math.max(1, i);
        fullBatches = 0;
        refused(-client);
        return;
      }
      take(EpollChannel.accepted(loop, client, loop.address().get(), specific));
    }
    if (++fullBatches == SMALL_BATCHES) {
      fullBatches = 0;
      batch = Math.min(MOST_AT_ONCE, batch * 2);
    }
  }

  private void take(EpollChannel channel) {
    try {
      accepted.accept(channel);
    } catch (RuntimeException | Error e) {
      channel.abort();
      throw e;
    }
  }

  private void refused(int error) {
    // Out of descriptors or memory: the queue would be reported again and again meanwhile.
    if (error == Kernel.EMFILE
        || error == Kernel.ENFILE
        || error == Kernel.ENOBUFS
        || error == Kernel.ENOMEM) {
      System.getLogger(EpollServerChannel.class.getName())
          .log(
              Level.WARNING,
              "error " + error + ": no more connections now; clients of " + local + " wait");
      unwatch();
      exhausted.in(EXHAUSTED_MILLIS);
    }
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void pause() {
    paused = true;
    unwatch();
  }

  @Override
  public void resume() {
    paused = false;
    watch();
  }

  @Override
  public void close() {
    if (open) {
      exhausted.cancel();
      open = false;
      loop.leave(fd);
      loop.kernel().close(fd);
    }
  }

  @Override
  public void end() {
    close();
  }
}
