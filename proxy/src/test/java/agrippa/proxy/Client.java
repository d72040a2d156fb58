package agrippa.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/// A client connection to the proxy.
final class Client implements AutoCloseable {
  /// Long enough that only a proxy that does not answer at all meets it.
  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  private Client(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /// From a port of the kernel's choice, which has more to choose from than [#from]: many short
  /// connections would use up the ports that are free whatever they are connected to.
  static Client to(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.connect(address, PATIENCE_MILLIS);
    return new Client(socket);
  }

  /// Connects from another of this machine's addresses.
  static Client from(String own, InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(own, 0));
    socket.connect(address, PATIENCE_MILLIS);
    return new Client(socket);
  }

  /// Speaks on a socket that is connected already, of TLS for instance.
  static Client over(Socket socket) throws IOException {
    return new Client(socket);
  }

  /// One request on a connection of its own.
  static Message get(InetSocketAddress address, String path, String... fields) throws IOException {
    try (Client client = to(address)) {
      return client.get(path, fields);
    }
  }

  Message get(String path, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: app.test\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    send(head + "\r\n");
    return receive();
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  /// @return null if the proxy closed the connection
  Message receive() throws IOException {
    return Message.read(in);
  }

  String receive(int count) throws IOException {
    return new String(in.readNBytes(count), ISO_8859_1);
  }

  /// Waits until the proxy ends the connection.
  ///
  /// @return what came before
  String receiveAll() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /// Waits until the proxy ends the connection, be it in order or by a reset.
  ///
  /// @return what came before
  String ending() throws IOException {
    StringBuilder came = new StringBuilder();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        came.append((char) next);
      }
    } catch (SocketException e) {
      came.append(e.getMessage().contains("reset") ? "" : e.getMessage());
    }
    return came.toString();
  }

  /// Makes a client of somebody.
  interface Connecting {
    Client connect() throws IOException;
  }

  /// Whoever is not let in hears nothing but the end, usually a reset. That may come while this
  /// side still believes that it connects.
  static void assertRefused(Connecting connecting) throws IOException {
    try (Client refused = connecting.connect()) {
      assertThat(refused.ending()).isEmpty();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  Socket socket() {
    return socket;
  }

  InputStream in() {
    return in;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
