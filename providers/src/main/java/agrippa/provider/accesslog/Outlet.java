package agrippa.provider.accesslog;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// A buffer before a channel, which is opened anew, with some patience, after it failed.
final class Outlet {
  private static final System.Logger LOG = System.getLogger(Outlet.class.getName());
  private static final int BUFFER = 64 << 10;
  private static final int LONGEST_WAIT_MILLIS = 5_000;

  private final String name;
  private final Opener opener;
  private final Patience patience;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private @Nullable WritableByteChannel channel;

  /// Makes the channel.
  interface Opener {
    WritableByteChannel open() throws IOException;
  }

  /// @param name for the log
  Outlet(String name, Opener opener, InstantSource clock) {
    this.name = name;
    this.opener = opener;
    this.patience = new Patience(clock);
  }

  /// @throws IOException if it cannot be opened
  void open() throws IOException {
    channel = opener.open();
    patience.succeeded();
  }

  /// As [Target#ready].
  boolean ready() {
    if (channel != null) {
      return true;
    }
    if (!patience.over()) {
      return false;
    }
    try {
      open();
      return true;
    } catch (IOException e) {
      patience.failed();
      LOG.log(Level.WARNING, "{0} cannot be written: {1}", name, e.toString());
      return false;
    }
  }

  /// Whether so many bytes fit into the buffer.
  boolean hasRoom(int bytes) {
    return buffer.remaining() >= bytes;
  }

  void put(byte[] bytes) {
    buffer.put(bytes);
  }

  /// Sends what is in the buffer.
  ///
  /// @throws IOException if that is lost
  void flush() throws IOException {
    WritableByteChannel to = channel;
    buffer.flip();
    try {
      if (to == null) {
        throw new IOException(name + " is not open");
      }
      while (buffer.hasRemaining()) {
        if (to.write(buffer) == 0) {
          await(to);
        }
      }
    } catch (IOException e) {
      failed();
      throw e;
    } finally {
      buffer.clear();
    }
  }

  /// Who takes nothing for too long is as good as gone.
  private static void await(WritableByteChannel channel) throws IOException {
    if (!(channel instanceof SocketChannel socket)) {
      return;
    }
    try (Selector selector = Selector.open()) {
      SelectionKey key = socket.register(selector, SelectionKey.OP_WRITE);
      int ready = selector.select(LONGEST_WAIT_MILLIS);
      key.cancel();
      if (ready == 0) {
        throw new IOException("nothing is taken");
      }
    }
  }

  /// Leaves it alone for a while.
  void failed() {
    patience.failed();
    close();
  }

  /// Loses what is in the buffer.
  void close() {
    WritableByteChannel open = channel;
    channel = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} is closed, but badly: {1}", name, e.toString());
    }
  }
}
