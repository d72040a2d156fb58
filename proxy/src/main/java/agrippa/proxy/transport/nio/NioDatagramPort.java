package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.PeerAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;

/// A socket of the JDK for datagrams at an address.
final class NioDatagramPort implements DatagramPort, NioLoop.Selected {
  /// Asked of the system, which may grant less: what arrives in a burst waits here while the loop
  /// serves others.
  private static final int RECEIVE_BYTES = 4 << 20;

  private final NioLoop loop;
  private final DatagramChannel socket;
  private final InetSocketAddress local;
  private final Runnable arrived;

  private NioDatagramPort(NioLoop loop, DatagramChannel socket, Runnable arrived) {
    this.loop = loop;
    this.socket = socket;
    this.local = NioLoop.address(socket::getLocalAddress);
    this.arrived = arrived;
  }

  static NioDatagramPort open(NioLoop loop, InetSocketAddress at, Runnable arrived)
      throws IOException {
    boolean ipv6 = at.getAddress() instanceof Inet6Address;
    DatagramChannel socket =
        DatagramChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    try {
      socket.configureBlocking(false);
      if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
      socket.bind(at);
      NioDatagramPort port = new NioDatagramPort(loop, socket, arrived);
      loop.register(socket, SelectionKey.OP_READ, port);
      return port;
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (RuntimeException e) {
      // An unresolved or unsupported address.
      socket.close();
      throw new IOException(e);
    }
  }

  @Override
  public void selected(int operations) {
    arrived.run();
  }

  @Override
  public int receive(Buffer into, PeerAddress from) {
    if (!socket.isOpen()) {
      return NOTHING;
    }
    try {
      ByteBuffer room = into.roomView();
      int before = room.position();
      if (socket.receive(room) instanceof InetSocketAddress sender) {
        from.set(sender);
        into.produced(room.position() - before);
        return room.position() - before;
      }
      return NOTHING;
    } catch (IOException e) {
      System.getLogger(NioDatagramPort.class.getName())
          .log(Level.DEBUG, "nothing can be received at " + local, e);
      return NOTHING;
    }
  }

  @Override
  public void send(Buffer datagram, PeerAddress to) {
    if (!socket.isOpen()) {
      return;
    }
    try {
      int ignored = socket.send(datagram.contentView(), to.socketAddress());
      assert ignored <= datagram.length();
    } catch (IOException e) {
      System.getLogger(NioDatagramPort.class.getName()).log(Level.DEBUG, "a datagram is lost", e);
    }
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void close() {
    if (socket.isOpen()) {
      NioLoop.closeQuietly(socket);
      loop.forgetClosed();
    }
  }
}
