package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// A socket for datagrams at an address. It is watched level-triggered, so that a batch may leave
/// some for later.
final class EpollDatagramPort implements DatagramPort, EpollLoop.Polled {
  /// Asked of the kernel, which grants what `net.core.rmem_max` allows: what arrives in a burst
  /// waits here while the loop serves others.
  private static final int RECEIVE_BYTES = 4 << 20;

  private final EpollLoop loop;
  private final int fd;
  private final InetSocketAddress local;
  private final Runnable arrived;
  private final int generation;
  private boolean open = true;

  private EpollDatagramPort(EpollLoop loop, int fd, InetSocketAddress local, Runnable arrived) {
    this.loop = loop;
    this.fd = fd;
    this.local = local;
    this.arrived = arrived;
    this.generation = loop.enter(fd, this);
  }

  static EpollDatagramPort open(EpollLoop loop, InetSocketAddress at, Runnable arrived)
      throws IOException {
    if (at.isUnresolved()) {
      throw new BindException("unresolved address " + at);
    }
    Kernel kernel = loop.kernel();
    boolean ipv6 = at.getAddress() instanceof Inet6Address;
    int family = ipv6 ? Kernel.AF_INET6 : Kernel.AF_INET;
    int fd = EpollServerChannel.check("socket", at, kernel.socket(family, Kernel.SOCK_DGRAM));
    InetSocketAddress local;
    try {
      check("reuse", at, kernel.option(fd, Kernel.SOL_SOCKET, Kernel.SO_REUSEPORT, 1));
      if (ipv6) {
        check("v6only", at, kernel.option(fd, Kernel.IPPROTO_IPV6, Kernel.IPV6_V6ONLY, 1));
      }
      check("buffer", at, kernel.option(fd, Kernel.SOL_SOCKET, Kernel.SO_RCVBUF, RECEIVE_BYTES));
      check("bind", at, kernel.bind(fd, loop.address().set(at)));
      check("getsockname", at, kernel.localAddress(fd, loop.address()));
      local = loop.address().get();
    } catch (IOException e) {
      kernel.close(fd);
      throw e;
    }
    EpollDatagramPort port = new EpollDatagramPort(loop, fd, local, arrived);
    if (!loop.watch(fd, Kernel.EPOLLIN, port.generation)) {
      port.close();
      throw new IOException("epoll has no room for " + at);
    }
    return port;
  }

  private static void check(String call, InetSocketAddress at, int result) throws BindException {
    EpollServerChannel.check(call, at, result);
  }

  @Override
  public int receive(Buffer into, PeerAddress from) {
    if (!open) {
      return NOTHING;
    }
    SocketAddress sender = loop.address();
    long count = loop.kernel().receive(fd, into.address(into.end()), into.room(), sender);
    if (count < 0) {
      // Nothing is there, or the kernel has no memory for it now.
      return NOTHING;
    }
    sender.get(from);
    into.produced((int) count);
    return (int) count;
  }

  @Override
  public void send(Buffer datagram, PeerAddress to) {
    if (open) {
      // Whatever becomes of it: nobody is told when a datagram is lost.
      long ignored =
          loop.kernel()
              .send(
                  fd,
                  datagram.address(datagram.start()),
                  datagram.length(),
                  loop.address().set(to));
      assert ignored <= datagram.length();
    }
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public void arm(int epollEvents) {
    // Whatever it is, receiving finds out.
  }

  @Override
  public void run() {
    if (open) {
      arrived.run();
    }
  }

  @Override
  public void close() {
    if (open) {
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
