package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A connected socket for datagrams: the kernel hands it only what its peer sends, and tells it
/// what ICMP says of the peer.
final class EpollDatagramLink extends EpollDatagramSocket implements DatagramLink {
  private final Handler handler;
  private boolean proven;

  private EpollDatagramLink(EpollLoop loop, int fd, Handler handler) {
    super(loop, fd, true);
    this.handler = handler;
  }

  static @Nullable EpollDatagramLink open(EpollLoop loop, InetSocketAddress to, Handler handler) {
    Kernel kernel = loop.kernel();
    SocketAddress address = loop.address().set(to);
    int fd = kernel.socket(address.family(), Kernel.SOCK_DGRAM);
    if (fd < 0) {
      return null;
    }
    int status = kernel.connect(fd, address);
    if (status == -Kernel.EAGAIN
        || status == -Kernel.EADDRNOTAVAIL
        || status == -Kernel.ENOBUFS
        || status == -Kernel.ENOMEM) {
      kernel.close(fd);
      return null;
    }
    // If there is no way to the peer, the first send says so.
    EpollDatagramLink link = new EpollDatagramLink(loop, fd, handler);
    if (!link.watch()) {
      link.close();
      return null;
    }
    return link;
  }

  @Override
  void arrived(Buffer datagram, SocketAddress from) {
    handler.arrived(datagram);
  }

  @Override
  public boolean send(Buffer datagram) {
    if (!isOpen()) {
      return false;
    }
    if (proven) {
      return later(datagram, null);
    }
    // The first goes at once: it tells if there is no way to the peer, and often is the only one.
    long result = loop.kernel().send(fd, datagram.address(datagram.start()), datagram.length(), 0);
    if (result < 0 && failsBy((int) result)) {
      return false;
    }
    proven = true;
    sent(datagram.length());
    return true;
  }

  @Override
  public void sent(int bytes) {
    handler.sent(bytes);
  }

  @Override
  public boolean failsBy(int result) {
    return switch (-result) {
      case Kernel.EAGAIN, Kernel.EINTR, Kernel.ENOBUFS, Kernel.ENOMEM, Kernel.EMSGSIZE -> false;
      default -> true;
    };
  }

  @Override
  public void failed() {
    loop.guarded(handler::failed);
  }

  @Override
  public void unsent(Buffer datagram) {
    loop.guarded(() -> handler.unsent(datagram));
  }
}
