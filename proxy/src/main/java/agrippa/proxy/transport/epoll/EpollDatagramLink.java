package agrippa.proxy.transport.epoll;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A connected socket for datagrams: the kernel hands it only what its peer sends, and tells it
/// what ICMP says of the peer. It is watched level-triggered, so that a batch may leave some for
/// later.
final class EpollDatagramLink implements DatagramLink, EpollLoop.Polled {
  private final EpollLoop loop;
  private final int fd;
  private final Runnable readable;
  private final int generation;
  private boolean open = true;

  private EpollDatagramLink(EpollLoop loop, int fd, Runnable readable) {
    this.loop = loop;
    this.fd = fd;
    this.readable = readable;
    this.generation = loop.enter(fd, this);
  }

  static @Nullable EpollDatagramLink open(EpollLoop loop, InetSocketAddress to, Runnable readable) {
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
    EpollDatagramLink link = new EpollDatagramLink(loop, fd, readable);
    if (!loop.watch(fd, Kernel.EPOLLIN, link.generation)) {
      link.close();
      return null;
    }
    return link;
  }

  @Override
  public int receive(Buffer into) {
    if (!open) {
      return NOTHING;
    }
    long count = loop.kernel().receive(fd, into.address(into.end()), into.room());
    if (count < 0) {
      return count == -Kernel.EAGAIN || count == -Kernel.ENOMEM ? NOTHING : FAILED;
    }
    into.produced((int) count);
    return (int) count;
  }

  @Override
  public boolean send(Buffer datagram) {
    if (!open) {
      return false;
    }
    long count = loop.kernel().send(fd, datagram.address(datagram.start()), datagram.length(), 0);
    return count >= 0
        || count == -Kernel.EAGAIN
        || count == -Kernel.ENOBUFS
        || count == -Kernel.ENOMEM
        || count == -Kernel.EMSGSIZE;
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
      readable.run();
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
