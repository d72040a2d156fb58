package agrippa.acceptance;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BiPredicate;

/// One HTTP/1.1 connection that is used for request after request and forgives nothing: no
/// retry, no reconnect. Library clients would hide what is tested here.
final class KeepAliveClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  KeepAliveClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000);
    this.in = new BufferedInputStream(socket.getInputStream(), 65_536);
  }

  static KeepAliveClient connect(String address, int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(address, port), 60_000);
    return new KeepAliveClient(socket);
  }

  /// @param backend the answer's `X-Backend`, empty if it has none
  record Answer(int status, String backend, String body) {}

  /// Sends a GET and reads its answer, which must have a length.
  Answer get(String path) throws IOException {
    send(path);
    Head head = head();
    byte[] body = in.readNBytes(head.length);
    if (body.length < head.length) {
      throw new EOFException("the body ends after " + body.length + " of " + head.length);
    }
    return new Answer(head.status, head.backend, new String(body, StandardCharsets.UTF_8));
  }

  /// Sends a GET and reads its chunked answer to the end.
  ///
  /// @param check given each byte's offset and value
  /// @return bytes read
  long download(String path, BiPredicate<Long, Byte> check) throws IOException {
    send(path);
    Head head = head();
    if (head.status != 200) {
      throw new IOException("status " + head.status);
    }
    long offset = 0;
    while (true) {
      int size = Integer.parseInt(line(), 16);
      if (size == 0) {
        line();
        return offset;
      }
      for (byte each : in.readNBytes(size)) {
        if (!check.test(offset, each)) {
          throw new IOException("wrong byte at " + offset);
        }
        offset++;
      }
      line();
    }
  }

  private void send(String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: www.example.com\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private record Head(int status, int length, String backend) {}

  private Head head() throws IOException {
    String status = line();
    int length = 0;
    String backend = "";
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(field.substring(15).strip());
      } else if (lower.startsWith("x-backend:")) {
        backend = field.substring(10).strip();
      }
    }
    return new Head(Integer.parseInt(status.split(" ")[1]), length, backend);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int each = in.read(); each != '\n'; each = in.read()) {
      if (each < 0) {
        throw new EOFException("the connection ended after '" + line + "'");
      }
      if (each != '\r') {
        line.append((char) each);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
