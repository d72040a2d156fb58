package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.EventLoop;
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
  private final Handler handler;
  private final PeerAddress sender = new PeerAddress();

  private NioDatagramPort(NioLoop loop, DatagramChannel socket, Handler handler) {
    this.loop = loop;
    this.socket = socket;
    this.local = NioLoop.address(socket::getLocalAddress);
    this.handler = handler;
  }

  static NioDatagramPort open(NioLoop loop, InetSocketAddress at, Handler handler)
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
      NioDatagramPort port = new NioDatagramPort(loop, socket, handler);
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
    Buffer datagram = loop.scratch();
    for (int i = 0; i < NioLoop.DATAGRAMS && receive(datagram); i++) {
      handler.arrived(datagram, sender);
    }
  }

  /// @return whether there was one
  private boolean receive(Buffer into) {
    into.window(EventLoop.SCRATCH_FRONT, EventLoop.SCRATCH_FRONT);
    if (!socket.isOpen()) {
      return false;
    }
    try {
      ByteBuffer room = into.roomView();
      int before = room.position();
      if (socket.receive(room) instanceof InetSocketAddress from) {
        sender.set(from);
        into.produced(room.position() - before);
        return true;
      }
    } catch (IOException e) {
      System.getLogger(NioDatagramPort.class.getName())
          .log(Level.DEBUG, "nothing can be received at " + local, e);
    }
    return false;
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
