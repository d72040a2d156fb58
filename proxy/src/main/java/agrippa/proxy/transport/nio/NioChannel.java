package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.Handler.ConnectFailure;
import agrippa.proxy.transport.TlsInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/// A socket of the JDK. A selector tells levels; edges are made by taking an interest back when
/// it was served, and renewing it when a read or write finds that it must wait.
final class NioChannel implements Channel, NioLoop.Selected {
  private final NioLoop loop;
  private final SocketChannel socket;
  private InetSocketAddress remote;
  private @Nullable InetSocketAddress local;
  private @Nullable SelectionKey key;
  private Handler handler;
  private int interest;

  /// By our side: the JDK closes a socket by itself if it cannot be connected.
  private boolean closed;

  private boolean again;

  private NioChannel(
      NioLoop loop, SocketChannel socket, InetSocketAddress remote, Handler handler) {
    this.loop = loop;
    this.socket = socket;
    this.remote = remote;
    this.handler = handler;
  }

  /// A connection that somebody made to us; its first [Handler#readable] comes in this turn.
  static NioChannel accepted(NioLoop loop, SocketChannel socket) throws IOException {
    InetSocketAddress remote = NioLoop.address(socket::getRemoteAddress);
    NioChannel channel = new NioChannel(loop, socket, remote, Unhandled.INSTANCE);
    channel.open(0);
    channel.local();
    channel.readAgain();
    return channel;
  }

  static NioChannel connect(NioLoop loop, InetSocketAddress to, Handler handler) {
    SocketChannel socket = loop.newSocket();
    NioChannel channel = new NioChannel(loop, socket, to, handler);
    try {
      channel.open(SelectionKey.OP_CONNECT);
      if (socket.connect(to)) {
        loop.soon(() -> channel.guarded(channel::established));
      }
    } catch (IOException | RuntimeException e) {
      loop.soon(() -> channel.guarded(() -> channel.fail(e)));
    }
    return channel;
  }

  private void open(int operations) throws IOException {
    socket.configureBlocking(false);
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    interest = operations;
    key = loop.register(socket, operations, this);
  }

  private void finishConnect() {
    try {
      socket.finishConnect();
      established();
    } catch (IOException e) {
      fail(e);
    }
  }

  private void established() {
    if (isOpen()) {
      interest(SelectionKey.OP_READ);
      handler.connected(this);
    }
  }

  private void fail(Exception e) {
    boolean abandoned = closed;
    close();
    if (!abandoned) {
      handler.connectFailed(this, why(e));
    }
  }

  private static ConnectFailure why(Exception e) {
    // The JDK tells the system's errors apart by their texts only.
    String text = String.valueOf(e.getMessage());
    if (text.startsWith("Connection refused")) {
      return ConnectFailure.REFUSED;
    }
    return text.startsWith("Connection reset") ? ConnectFailure.RESET : ConnectFailure.UNREACHABLE;
  }

  @Override
  public void selected(int operations) {
    guarded(() -> tell(operations));
  }

  /// Ends the connection if its session fails: nobody knows what it would do next.
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      abort();
      throw e;
    }
  }

  private void tell(int operations) {
    if ((operations & SelectionKey.OP_CONNECT) != 0) {
      finishConnect();
      return;
    }
    interest(interest & ~operations);
    if ((operations & SelectionKey.OP_READ) != 0) {
      handler.readable(this);
    }
    if (isOpen() && (operations & SelectionKey.OP_WRITE) != 0) {
      handler.writable(this);
    }
  }

  private void interest(int operations) {
    interest = operations;
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  @Override
  public int read(Buffer into) {
    int room = into.room();
    if (room <= 0) {
      throw new IllegalArgumentException("no room to read into");
    }
    try {
      int count = socket.read(into.roomView());
      if (count > 0) {
        into.produced(count);
      }
      if (count >= 0 && count < room) {
        interest(interest | SelectionKey.OP_READ);
      }
      return count;
    } catch (IOException e) {
      return FAILED;
    }
  }

  @Override
  public int write(Buffer from) {
    try {
      int count = socket.write(from.contentView());
      from.consume(count);
      if (!from.isEmpty()) {
        interest(interest | SelectionKey.OP_WRITE);
      }
      return count;
    } catch (IOException e) {
      return FAILED;
    }
  }

  @Override
  public void shutdownOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      // The peer was faster to break the connection; the next read says so.
      readAgain();
    }
  }

  @Override
  public void close() {
    closed = true;
    NioLoop.closeQuietly(socket);
  }

  @Override
  public void abort() {
    try {
      if (socket.isOpen()) {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
    } catch (IOException e) {
      // A socket that is broken already needs no reset.
      close();
    }
    close();
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void readAgain() {
    if (!again) {
      again = true;
      loop.soon(this::readAgainNow);
    }
  }

  private void readAgainNow() {
    again = false;
    if (isOpen()) {
      guarded(() -> handler.readable(this));
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
      known = NioLoop.address(socket::getLocalAddress);
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

  /// Stands in until an acceptor has set its handler.
  private enum Unhandled implements Handler {
    INSTANCE;

    @Override
    public void readable(Channel channel) {
      channel.close();
    }

    @Override
    public void writable(Channel channel) {
      channel.close();
    }
  }
}
