package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A client that sends exactly what it is told.
final class RawClient implements AutoCloseable {
  /// A response with its body.
  record Response(String head, byte[] body) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    String text() {
      return new String(body, ISO_8859_1);
    }
  }

  private final Socket socket = new Socket();
  private final InputStream in;

  RawClient(InetSocketAddress to) throws IOException {
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    socket.connect(to, 60_000);
    in = new BufferedInputStream(socket.getInputStream(), 65_536);
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  RawClient get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
  }

  Response response() throws IOException {
    String head = Backend.readHead(in);
    return new Response(head, Backend.readBody(head, in));
  }

  String head() throws IOException {
    return Backend.readHead(in);
  }

  byte[] read(int count) throws IOException {
    return in.readNBytes(count);
  }

  /// Everything up to the end.
  byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
