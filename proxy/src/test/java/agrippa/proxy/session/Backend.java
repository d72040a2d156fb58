package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A small server on blocking sockets, which does whatever a test says.
final class Backend implements AutoCloseable {
  /// What a request looked like when it arrived.
  record Request(String head, byte[] body) {
    String line() {
      return head.substring(0, head.indexOf('\r'));
    }
  }

  /// Answers one request; closing the socket ends the connection.
  interface Behaviour {
    void answer(Request request, Socket socket, OutputStream out) throws IOException;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();

  private Backend(ServerSocket server, Behaviour behaviour) {
    this.server = server;
    this.behaviour = behaviour;
  }

  static Backend start(Behaviour behaviour) throws IOException {
    ServerSocket server = new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1"));
    Backend backend = new Backend(server, behaviour);
    Thread.ofVirtual().start(backend::accept);
    return backend;
  }

  /// Answers everything with this text.
  static Backend saying(String body) throws IOException {
    byte[] response = response(body).getBytes(ISO_8859_1);
    return start((request, socket, out) -> out.write(response));
  }

  static String response(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  /// Connections accepted so far.
  int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
      OutputStream out = socket.getOutputStream();
      while (!socket.isClosed()) {
        String head = readHead(in);
        behaviour.answer(new Request(head, readBody(head, in)), socket, out);
      }
    } catch (IOException expected) {
      // The other side is free to go at any time.
      sockets.remove(socket);
    }
  }

  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int state = 0;
    while (state < 4) {
      int b = in.read();
      if (b < 0) {
        throw new EOFException("ended after: " + head.toString(ISO_8859_1));
      }
      head.write(b);
      state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  /// A body as its head frames it; empty if it does not.
  static byte[] readBody(String head, InputStream in) throws IOException {
    String length = field(head, "content-length");
    if (length != null) {
      return in.readNBytes(Integer.parseInt(length));
    }
    if (field(head, "transfer-encoding") == null) {
      return new byte[0];
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(readLine(in), 16);
      body.writeBytes(in.readNBytes(size));
      String end = readLine(in);
      if (size == 0) {
        if (!end.isEmpty()) {
          throw new IOException("unexpected trailer: " + end);
        }
        return body.toByteArray();
      }
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("ended after: " + line);
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  static String field(String head, String name) {
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name)) {
        return line.substring(colon + 1).trim();
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
