package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.CopyPump;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Loop;
import agrippa.proxy.transport.Pump;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An event loop on a [Selector].
public final class NioLoop extends Loop {
  /// Datagrams that one socket hands out in a turn before others have theirs.
  static final int DATAGRAMS = 64;

  private final Selector selector;

  /// Stands for sockets that could not be opened.
  private final SocketChannel none;

  private NioLoop(String name) throws IOException {
    super(name);
    this.selector = Selector.open();
    this.none = SocketChannel.open();
    none.close();
  }

  /// A socket, closed already if the system has none left.
  SocketChannel newSocket() {
    try {
      return SocketChannel.open();
    } catch (IOException e) {
      System.getLogger(NioLoop.class.getName())
          .log(Level.WARNING, "no socket for a connection: " + e.getMessage());
      return none;
    }
  }

  /// @throws IOException if no selector can be opened
  public static NioLoop start(String name) throws IOException {
    NioLoop loop = new NioLoop(name);
    loop.begin();
    return loop;
  }

  @Override
  protected void poll(long millis) throws IOException {
    if (millis == 0) {
      selector.selectNow();
    } else {
      selector.select(Math.max(0, millis));
    }
    woke();
    // A copy, because a handler may make the selector look again: see forgetClosed().
    List<SelectionKey> keys = List.copyOf(selector.selectedKeys());
    selector.selectedKeys().clear();
    for (SelectionKey key : keys) {
      if (key.attachment() instanceof Selected selected) {
        serve(() -> dispatch(key, selected));
      }
    }
  }

  /// Really closes what was closed: the JDK keeps a socket open, and a listening one accepting,
  /// until its selector looks again. Events that are found meanwhile are found by the next look,
  /// too, because they are levels.
  void forgetClosed() {
    try {
      selector.selectNow();
    } catch (IOException e) {
      System.getLogger(NioLoop.class.getName())
          .log(Level.WARNING, "a closed socket stays open for a while", e);
    }
  }

  private static void dispatch(SelectionKey key, Selected selected) {
    try {
      selected.selected(key.readyOps());
    } catch (CancelledKeyException e) {
      // Closed by a handler that ran earlier in this turn: nothing is left to tell.
      selected.gone();
    }
  }

  /// Something that a selector watches.
  interface Selected {
    void selected(int operations);

    /// Its key was cancelled meanwhile.
    default void gone() {}
  }

  @Override
  protected void wakeUp() {
    selector.wakeup();
  }

  @Override
  protected void closeAll() {
    for (SelectionKey key : new ArrayList<>(selector.keys())) {
      closeQuietly(key.channel());
    }
    closeQuietly(selector);
  }

  /// Closes what nobody will use again; a failure changes nothing for anybody.
  static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      System.getLogger(NioLoop.class.getName()).log(Level.DEBUG, "close failed", e);
    }
  }

  SelectionKey register(SelectableChannel socket, int operations, Selected selected)
      throws IOException {
    return socket.register(selector, operations, selected);
  }

  void soon(Runnable work) {
    later(work);
  }

  @Override
  public Channel connect(
      InetSocketAddress to,
      @Nullable TlsContext tls,
      @Nullable String serverName,
      Handler handler) {
    return tls == null
        ? NioChannel.connect(this, to, handler)
        : tls.connect(this, to, serverName, handler);
  }

  @Override
  public ServerChannel listen(InetSocketAddress at, Consumer<Channel> accepted) throws IOException {
    boolean ipv6 = at.getAddress() instanceof Inet6Address;
    ServerSocketChannel socket =
        ServerSocketChannel.open(ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    try {
      socket.configureBlocking(false);
      socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      socket.bind(at, NioServerChannel.BACKLOG);
      InetSocketAddress local = address(socket::getLocalAddress);
      return NioServerChannel.at(
          this, socket, local, () -> take(socket.accept(), accepted, NioChannel::accepted));
    } catch (IOException e) {
      socket.close();
      throw e;
    } catch (RuntimeException e) {
      // An unresolved or unsupported address.
      socket.close();
      throw new IOException(e);
    }
  }

  /// Takes a client in.
  ///
  /// @param client null if there is none
  /// @return whether there was one
  <S extends SelectableChannel, C> boolean take(
      @Nullable S client, Consumer<C> accepted, Opening<S, C> opening) {
    if (client == null) {
      return false;
    }
    try {
      accepted.accept(opening.open(this, client));
    } catch (IOException e) {
      // Broken by the client already.
      closeQuietly(client);
    } catch (RuntimeException | Error e) {
      closeQuietly(client);
      throw e;
    }
    return true;
  }

  /// Makes ours of a socket of the JDK.
  interface Opening<S, C> {
    C open(NioLoop loop, S socket) throws IOException;
  }

  @Override
  public DatagramPort datagrams(InetSocketAddress at, DatagramPort.Handler handler)
      throws IOException {
    return NioDatagramPort.open(this, at, handler);
  }

  @Override
  public @Nullable DatagramLink link(InetSocketAddress to, DatagramLink.Handler handler) {
    return NioDatagramLink.open(this, to, handler);
  }

  @Override
  public Pump pump(Channel from, Channel to) {
    return new CopyPump(this, from, to);
  }

  /// An end of a socket; port 0 if it was closed before that was asked.
  static InetSocketAddress address(IoSupplier supplier) {
    try {
      return (InetSocketAddress) Objects.requireNonNull(supplier.get());
    } catch (IOException e) {
      return new InetSocketAddress(0);
    }
  }

  /// Asks a socket for something.
  @FunctionalInterface
  interface IoSupplier {
    java.net.SocketAddress get() throws IOException;
  }
}
