package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.Channel;
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

  private final NioLoop loop;
  private final ServerSocketChannel socket;
  private final Consumer<Channel> accepted;
  private final InetSocketAddress local;
  private @Nullable SelectionKey key;
  private boolean paused;

  NioServerChannel(NioLoop loop, ServerSocketChannel socket, Consumer<Channel> accepted) {
    this.loop = loop;
    this.socket = socket;
    this.accepted = accepted;
    this.local = NioLoop.address(socket::getLocalAddress);
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
        accepted.accept(NioChannel.accepted(loop, client));
      }
    } catch (IOException e) {
      System.getLogger(NioServerChannel.class.getName())
          .log(Level.WARNING, "cannot accept at " + local + ": " + e.getMessage());
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
    interest(SelectionKey.OP_ACCEPT);
  }

  private void interest(int operations) {
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  @Override
  public void close() {
    NioLoop.closeQuietly(socket);
  }
}
