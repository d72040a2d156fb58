package agrippa.proxy.transport.nio;

import agrippa.proxy.transport.EventLoop.Deadline;
import agrippa.proxy.transport.EventLoop.ServerChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/// An accepting socket of the JDK, of TCP or SCTP.
final class NioServerChannel implements ServerChannel, NioLoop.Selected {
  static final int BACKLOG = 4096;
  private static final int BATCH = 64;
  private static final int EXHAUSTED_MILLIS = 100;

  private final NioLoop loop;
  private final SelectableChannel socket;
  private final Queue queue;
  private final InetSocketAddress local;
  private final Deadline exhausted;
  private @Nullable SelectionKey key;
  private boolean paused;

  /// Clients that the kernel has let in.
  interface Queue {
    /// Takes the next one.
    ///
    /// @return whether there was one
    /// @throws IOException if the system has nothing left for more
    boolean next() throws IOException;
  }

  private NioServerChannel(
      NioLoop loop, SelectableChannel socket, InetSocketAddress local, Queue queue) {
    this.loop = loop;
    this.socket = socket;
    this.queue = queue;
    this.local = local;
    this.exhausted = loop.deadline(this::watch);
  }

  /// Accepts at a socket that listens.
  static NioServerChannel at(
      NioLoop loop, SelectableChannel socket, InetSocketAddress local, Queue queue)
      throws IOException {
    NioServerChannel server = new NioServerChannel(loop, socket, local, queue);
    server.key = loop.register(socket, SelectionKey.OP_ACCEPT, server);
    return server;
  }

  @Override
  public void selected(int operations) {
    try {
      for (int i = 0; i < BATCH && !paused && socket.isOpen(); i++) {
        if (!queue.next()) {
          return;
        }
      }
    } catch (IOException e) {
      System.getLogger(NioServerChannel.class.getName())
          .log(Level.WARNING, "no more connections now; clients of " + local + " wait", e);
      // The queue would be reported again and again meanwhile.
      interest(0);
      exhausted.in(EXHAUSTED_MILLIS);
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
