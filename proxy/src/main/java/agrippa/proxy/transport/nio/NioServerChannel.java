package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop.Deadline;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An accepting socket of the JDK.
final class NioServerChannel implements ServerChannel, NioLoop.Selected {
  static final int BACKLOG = 4096;
  private static final int BATCH = 64;
  private static final int EXHAUSTED_MILLIS = 100;

  private final NioLoop loop;
  private final ServerSocketChannel socket;
  private final Consumer<Channel> accepted;
  private final InetSocketAddress local;
  private final Deadline exhausted;
  private @Nullable SelectionKey key;
  private boolean paused;

  NioServerChannel(NioLoop loop, ServerSocketChannel socket, Consumer<Channel> accepted) {
    this.loop = loop;
    this.socket = socket;
    this.accepted = accepted;
    this.local = NioLoop.address(socket::getLocalAddress);
    this.exhausted = loop.deadline(this::watch);
  }

  void watch(SelectionKey registered) {
    key = registered;
  }

  @Override
  public void selected(int operations) {
    try {
      for (int i = 0; i < BATCH && !paused && socket.isOpen(); i++) {
        SocketChannel client = socket.accept();
        if (client == null) {
          return;
        }
        take(client);
      }
    } catch (IOException e) {
      System.getLogger(NioServerChannel.class.getName())
          .log(Level.WARNING, "no more connections now; clients of " + local + " wait", e);
      // The queue would be reported again and again meanwhile.
      interest(0);
      exhausted.in(EXHAUSTED_MILLIS);
    }
  }

  private void take(SocketChannel client) {
    try {
      accepted.accept(NioChannel.accepted(loop, client));
    } catch (IOException e) {
      // Broken by the client already.
      NioLoop.closeQuietly(client);
    } catch (RuntimeException | Error e) {
      NioLoop.closeQuietly(client);
      throw e;
    }
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void pause() {
    paused = true;
    interest(0);
  }

  @Override
  public void resume() {
    paused = false;
    watch();
  }

  private void watch() {
    if (!paused) {
      interest(SelectionKey.OP_ACCEPT);
    }
  }

  private void interest(int operations) {
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  @Override
  public void close() {
    exhausted.cancel();
    if (socket.isOpen()) {
      NioLoop.closeQuietly(socket);
      loop.forgetClosed();
    }
  }
}
