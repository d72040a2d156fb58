package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Association;
import agrippa.proxy.transport.Message;
import com.sun.nio.sctp.MessageInfo;
import com.sun.nio.sctp.SctpChannel;
import com.sun.nio.sctp.SctpStandardSocketOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/// An association of the JDK's. A selector tells levels, and so does this.
final class NioAssociation implements Association, NioLoop.Selected {
  private final NioLoop loop;
  private final @Nullable SctpChannel socket;
  private final InetSocketAddress remote;
  private @Nullable SelectionKey key;
  private Handler handler;
  // Of a message whose end did not come yet.
  private @Nullable Message begun;
  private boolean closed;

  private NioAssociation(
      NioLoop loop, @Nullable SctpChannel socket, InetSocketAddress remote, Handler handler) {
    this.loop = loop;
    this.socket = socket;
    this.remote = remote;
    this.handler = handler;
  }

  /// One that somebody made to us.
  static NioAssociation accepted(NioLoop loop, SctpChannel socket) throws IOException {
    InetSocketAddress remote = NioAssociations.first(socket.getRemoteAddresses());
    NioAssociation it = new NioAssociation(loop, socket, remote, Unhandled.INSTANCE);
    it.open(socket, SelectionKey.OP_READ);
    return it;
  }

  static NioAssociation connect(NioLoop loop, InetSocketAddress to, Handler handler) {
    SctpChannel socket = newSocket();
    NioAssociation it = new NioAssociation(loop, socket, to, handler);
    if (socket == null || !it.connect(socket)) {
      loop.soon(it::fail);
    }
    return it;
  }

  private static @Nullable SctpChannel newSocket() {
    try {
      return SctpChannel.open();
    } catch (IOException | UnsupportedOperationException e) {
      log("there is no socket for an association", e);
      return null;
    }
  }

  /// @return whether it is on its way
  private boolean connect(SctpChannel made) {
    try {
      made.setOption(SctpStandardSocketOptions.SCTP_INIT_MAXSTREAMS, NioAssociations.streams());
      open(made, SelectionKey.OP_CONNECT);
      if (made.connect(remote)) {
        loop.soon(this::established);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      log("an association cannot be made", e);
      return false;
    }
  }

  private void open(SctpChannel made, int operations) throws IOException {
    made.configureBlocking(false);
    made.setOption(SctpStandardSocketOptions.SCTP_NODELAY, true);
    key = loop.register(made, operations, this);
  }

  private static void log(String what, Exception e) {
    System.getLogger(NioAssociation.class.getName()).log(Level.DEBUG, what, e);
  }

  private void established() {
    if (!closed) {
      interest(SelectionKey.OP_READ);
      handler.connected(this);
    }
  }

  private void fail() {
    if (!closed) {
      abort();
      handler.connectFailed(this);
    }
  }

  @Override
  public void selected(int operations) {
    try {
      tell(operations);
    } catch (RuntimeException | Error e) {
      // Nobody knows what its session would do next.
      abort();
      throw e;
    }
  }

  private void tell(int operations) {
    if ((operations & SelectionKey.OP_CONNECT) != 0) {
      finishConnect();
      return;
    }
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      change(0, SelectionKey.OP_WRITE);
      handler.writable(this);
    }
    if (!closed && (operations & SelectionKey.OP_READ) != 0) {
      handler.readable(this);
    }
  }

  private void finishConnect() {
    try {
      if (socket != null && socket.finishConnect()) {
        established();
      }
    } catch (IOException e) {
      log("an association is refused", e);
      fail();
    }
  }

  private void change(int more, int less) {
    if (key != null && key.isValid()) {
      interest((key.interestOps() | more) & ~less);
    }
  }

  private void interest(int operations) {
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  @Override
  public Result receive(Message into) {
    if (socket == null || closed) {
      return Result.FAILED;
    }
    into.clear();
    if (begun != null) {
      into.room().put(begun.content());
      begun = null;
    }
    try {
      return receive(socket, into);
    } catch (IOException | RuntimeException e) {
      // The JDK tells of a peer that is gone by exceptions of many kinds.
      log("an association is broken", e);
      return Result.FAILED;
    }
  }

  private Result receive(SctpChannel from, Message into) throws IOException {
    ByteBuffer room = into.room();
    while (room.hasRemaining()) {
      MessageInfo info = from.receive(room, null, null);
      if (info == null) {
        begun = into.length() == 0 ? null : into.copy();
        return Result.WAIT;
      }
      if (info.bytes() < 0) {
        return Result.END;
      }
      if (info.isComplete()) {
        into.describe(info.streamNumber(), info.payloadProtocolID(), info.isUnordered());
        return Result.DONE;
      }
    }
    log("a message is too long", new IOException("more than " + Message.LONGEST + " bytes"));
    return Result.FAILED;
  }

  @Override
  public Result send(Message message) {
    if (socket == null || closed) {
      return Result.FAILED;
    }
    MessageInfo info =
        MessageInfo.createOutgoing(null, message.stream())
            .payloadProtocolID(message.protocol())
            .unordered(message.unordered());
    try {
      if (socket.send(message.content(), info) == 0 && message.length() > 0) {
        change(SelectionKey.OP_WRITE, 0);
        return Result.WAIT;
      }
      return Result.DONE;
    } catch (IOException | RuntimeException e) {
      // A stream that the peer does not have, among others.
      log("a message cannot be sent", e);
      return Result.FAILED;
    }
  }

  @Override
  public void receiving(boolean now) {
    change(now ? SelectionKey.OP_READ : 0, now ? 0 : SelectionKey.OP_READ);
  }

  @Override
  public void handler(Handler next) {
    handler = next;
  }

  @Override
  public void shutdown() {
    if (socket != null && !closed) {
      try {
        socket.shutdown();
      } catch (IOException e) {
        log("it is ended already", e);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (socket != null) {
        NioLoop.closeQuietly(socket);
        // Its port is taken for so long.
        loop.forgetClosed();
      }
    }
  }

  @Override
  public void abort() {
    if (socket != null && !closed) {
      try {
        socket.setOption(SctpStandardSocketOptions.SO_LINGER, 0);
      } catch (IOException e) {
        log("it ends in order", e);
      }
    }
    close();
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  /// Has no handler yet: what came is told as soon as there is one.
  private enum Unhandled implements Handler {
    INSTANCE;

    @Override
    public void connected(Association association) {}

    @Override
    public void connectFailed(Association association) {}

    @Override
    public void readable(Association association) {}

    @Override
    public void writable(Association association) {}
  }
}
