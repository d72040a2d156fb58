package agrippa.provider.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.time.InstantSource;

/// A collector of syslog messages (RFC 5424): one message a datagram (RFC 5426), or over TCP with
/// the length before each message (RFC 6587, section 3.4.1). A connection that breaks is made
/// again, after a second at first, then more rarely.
final class Syslog implements Target {
  /// How messages travel.
  enum Transport {
    UDP,
    TCP
  }

  /// Facility local0, as Octavia's flow logs; severity informational.
  private static final String HEAD = "<134>1 ";

  private static final int LONGEST_CONNECT_MILLIS = 5_000;

  private final Transport transport;
  private final String host;
  private final int port;
  private final Outlet outlet;
  private final String identity;
  private final StringBuilder message = new StringBuilder();

  /// @param host looked up each time that a connection is made
  /// @param identity what the collector knows this process by
  Syslog(Transport transport, String host, int port, Identity identity, InstantSource clock) {
    this.transport = transport;
    this.host = host;
    this.port = port;
    this.identity = " %s agrippa %d access - ".formatted(identity.host(), identity.process());
    this.outlet = new Outlet("syslog at " + host + " " + port, this::open, clock);
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
    return outlet.ready();
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
      made.socket().connect(to, LONGEST_CONNECT_MILLIS);
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
        outlet.put(bytes);
        flush();
      }
      case TCP -> {
        byte[] length = (bytes.length + " ").getBytes(US_ASCII);
        if (!outlet.hasRoom(length.length + bytes.length)) {
          flush();
        }
        outlet.put(length);
        outlet.put(bytes);
      }
    }
  }

  @Override
  public void flush() throws IOException {
    outlet.flush();
  }

  @Override
  public void close() {
    outlet.close();
  }
}
