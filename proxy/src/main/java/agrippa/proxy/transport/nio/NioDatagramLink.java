package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.EventLoop;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/// A connected socket of the JDK for datagrams. Such a socket sends none that is empty: they are
/// lost here.
final class NioDatagramLink implements DatagramLink, NioLoop.Selected {
  private static final int NOTHING = -1;
  private static final int FAILED = -2;

  private final NioLoop loop;
  private final DatagramChannel socket;
  private final Handler handler;

  private NioDatagramLink(NioLoop loop, DatagramChannel socket, Handler handler) {
    this.loop = loop;
    this.socket = socket;
    this.handler = handler;
  }

  static @Nullable NioDatagramLink open(NioLoop loop, InetSocketAddress to, Handler handler) {
    DatagramChannel socket = null;
    try {
      socket =
          DatagramChannel.open(
              to.getAddress() instanceof Inet6Address
                  ? StandardProtocolFamily.INET6
                  : StandardProtocolFamily.INET);
      socket.configureBlocking(false);
      NioDatagramLink link = new NioDatagramLink(loop, socket, handler);
      link.connect(to);
      loop.register(socket, SelectionKey.OP_READ, link);
      return link;
    } catch (IOException e) {
      log("no socket for a peer", e);
      if (socket != null) {
        NioLoop.closeQuietly(socket);
      }
      return null;
    }
  }

  private void connect(InetSocketAddress to) {
    try {
      socket.connect(to);
    } catch (IOException e) {
      // There is no way to the peer: the first send says so.
      log("a peer cannot be reached", e);
    }
  }

  private static void log(String what, IOException e) {
    System.getLogger(NioDatagramLink.class.getName()).log(Level.DEBUG, what, e);
  }

  @Override
  public void selected(int operations) {
    Buffer datagram = loop.scratch();
    int count = receive(datagram);
    for (int i = 1; count >= 0; i++) {
      handler.arrived(datagram);
      count = i < NioLoop.DATAGRAMS ? receive(datagram) : NOTHING;
    }
    if (count == FAILED) {
      handler.failed();
    }
  }

  private int receive(Buffer into) {
    into.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    if (!socket.isConnected()) {
      return NOTHING;
    }
    try {
      ByteBuffer room = into.roomView();
      int before = room.position();
      // Not read(): its 0 may be an empty datagram or none.
      if (socket.receive(room) == null) {
        return NOTHING;
      }
      into.produced(room.position() - before);
      return room.position() - before;
    } catch (IOException e) {
      log("a peer cannot be reached", e);
      return FAILED;
    }
  }

  @Override
  public boolean send(Buffer datagram) {
    if (!socket.isConnected()) {
      return false;
    }
    try {
      int ignored = socket.write(datagram.contentView());
      assert ignored <= datagram.length();
      handler.sent(datagram.length());
      return true;
    } catch (IOException e) {
      log("a peer cannot be reached", e);
      return false;
    }
  }

  @Override
  public void close() {
    NioLoop.closeQuietly(socket);
  }
}
