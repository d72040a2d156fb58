package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/// A socket for datagrams at an address.
final class EpollDatagramPort extends EpollDatagramSocket implements DatagramPort {
  /// Asked of the kernel, which grants what `net.core.rmem_max` allows: what arrives in a burst
  /// waits here while the loop serves others.
  private static final int RECEIVE_BYTES = 4 << 20;

  private final InetSocketAddress local;
  private final Handler handler;
  private final PeerAddress sender = new PeerAddress();

  private EpollDatagramPort(EpollLoop loop, int fd, InetSocketAddress local, Handler handler) {
    super(loop, fd, false);
    this.local = local;
    this.handler = handler;
  }

  static EpollDatagramPort open(EpollLoop loop, InetSocketAddress at, Handler handler)
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
    EpollDatagramPort port = new EpollDatagramPort(loop, fd, local, handler);
    if (!port.watch()) {
      port.close();
      throw new IOException("epoll has no room for " + at);
    }
    return port;
  }

  private static void check(String call, InetSocketAddress at, int result) throws BindException {
    EpollServerChannel.check(call, at, result);
  }

  @Override
  void arrived(Buffer datagram, SocketAddress from) {
    from.get(sender);
    handler.arrived(datagram, sender);
  }

  @Override
  public void send(Buffer datagram, PeerAddress to) {
    if (isOpen()) {
      // Whatever becomes of it: nobody is told when a datagram is lost.
      boolean ignored = later(datagram, to);
      assert ignored;
    }
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void sent(int bytes) {}

  /// What one peer brings about does not concern the others.
  @Override
  public boolean failsBy(int result) {
    return false;
  }

  @Override
  public void failed() {
    throw new IllegalStateException("a port does not fail");
  }

  @Override
  public void unsent(Buffer datagram) {
    throw new IllegalStateException("a port does not fail");
  }
}
