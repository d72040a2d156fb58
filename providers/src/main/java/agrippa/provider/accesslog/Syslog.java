package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// A collector of syslog messages (RFC 5424): one message a datagram (RFC 5426), or over TCP with
/// the length before each message (RFC 6587, section 3.4.1). A connection that breaks is made
/// again, after a second at first, then more rarely.
final class Syslog implements Target {
  /// How messages travel.
  enum Transport {
    UDP,
    TCP
  }

  private static final System.Logger LOG = System.getLogger(Syslog.class.getName());

  /// Facility local0, as Octavia's flow logs; severity informational.
  private static final String HEAD = "<134>1 ";

  private static final int BUFFER = 64 << 10;
  private static final int LONGEST_WAIT_MILLIS = 5_000;

  private final Transport transport;
  private final String host;
  private final int port;
  private final Patience patience;
  private final String identity;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private final StringBuilder message = new StringBuilder();
  private @Nullable ByteChannel channel;

  /// @param host looked up each time that a connection is made
  /// @param identity what the collector knows this process by
  Syslog(Transport transport, String host, int port, Identity identity, InstantSource clock) {
    this.transport = transport;
    this.host = host;
    this.port = port;
    this.identity = " %s agrippa %d access - ".formatted(identity.host(), identity.process());
    this.patience = new Patience(clock);
  }

  /// @param host this machine's name, visible ASCII
  /// @param process this process's number
  record Identity(String host, long process) {
    Identity {
      String safe = host.replaceAll("[^!-~]", "");
      host = safe.isEmpty() ? "-" : safe.substring(0, Math.min(255, safe.length()));
    }
  }

  @Override
  public boolean ready() {
    if (channel != null) {
      return true;
    }
    if (!patience.over()) {
      return false;
    }
    try {
      channel = open();
      patience.succeeded();
      return true;
    } catch (IOException e) {
      patience.failed();
      LOG.log(Level.WARNING, "syslog at {0} {1} cannot be reached: {2}", host, "" + port, e + "");
      return false;
    }
  }

  private ByteChannel open() throws IOException {
    InetSocketAddress to = new InetSocketAddress(host, port);
    if (to.isUnresolved()) {
      throw new IOException("there is no host of this name");
    }
    return switch (transport) {
      case UDP -> DatagramChannel.open().connect(to);
      case TCP -> connect(to);
    };
  }

  private static SocketChannel connect(InetSocketAddress to) throws IOException {
    SocketChannel made = SocketChannel.open();
    try {
      made.socket().connect(to, (int) Duration.ofMillis(LONGEST_WAIT_MILLIS).toMillis());
      made.configureBlocking(false);
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  @Override
  public void write(CharSequence line, Instant when) throws IOException {
    message.setLength(0);
    message.append(HEAD).append(when).append(identity).append(line);
    byte[] bytes = message.toString().getBytes(US_ASCII);
    switch (transport) {
      case UDP -> {
        buffer.clear().put(bytes);
        flush();
      }
      case TCP -> {
        byte[] length = (bytes.length + " ").getBytes(US_ASCII);
        if (buffer.remaining() < length.length + bytes.length) {
          flush();
        }
        buffer.put(length).put(bytes);
      }
    }
  }

  @Override
  public void flush() throws IOException {
    ByteChannel to = channel;
    buffer.flip();
    try {
      if (to == null) {
        throw new IOException("there is no connection");
      }
      while (buffer.hasRemaining()) {
        if (to.write(buffer) == 0) {
          await(to);
        }
      }
    } catch (IOException e) {
      patience.failed();
      close();
      throw e;
    } finally {
      buffer.clear();
    }
  }

  /// A collector that takes nothing for too long is as good as gone.
  private static void await(ByteChannel channel) throws IOException {
    if (!(channel instanceof SocketChannel socket)) {
      return;
    }
    try (Selector selector = Selector.open()) {
      SelectionKey key = socket.register(selector, SelectionKey.OP_WRITE);
      int ready = selector.select(LONGEST_WAIT_MILLIS);
      key.cancel();
      if (ready == 0) {
        throw new IOException("the collector takes nothing");
      }
    }
  }

  @Override
  public void close() {
    ByteChannel open = channel;
    channel = null;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
