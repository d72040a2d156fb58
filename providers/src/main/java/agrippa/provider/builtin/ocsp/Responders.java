package agrippa.provider.builtin.ocsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import agrippa.proxy.plan.Cidr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/// Asks responders by HTTP, where operators let it: certificates are tenants', and so are the
/// addresses in them. The address that is looked at is the one that is connected to; nothing is
/// redirected.
final class Responders {
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int LONGEST_ANSWER = 64 << 10;
  private static final int HTTP_PORT = 80;
  private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};

  private final List<Cidr> allowed;
  private final InstantSource clock;

  Responders(List<Cidr> allowed, InstantSource clock) {
    this.allowed = List.copyOf(allowed);
    this.clock = clock;
  }

  boolean none() {
    return allowed.isEmpty();
  }

  /// @return an OCSPResponse, or what claims to be one
  byte[] ask(URI responder, byte[] question) throws IOException {
    int port = responder.getPort() < 0 ? HTTP_PORT : responder.getPort();
    InetAddress at = address(responder.getHost());
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(at, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request(responder, question));
      return body(all(socket.getInputStream()));
    }
  }

  private InetAddress address(String host) throws IOException {
    String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return Arrays.stream(InetAddress.getAllByName(name))
        .filter(it -> allowed.stream().anyMatch(network -> network.contains(it.getAddress())))
        .findFirst()
        .orElseThrow(() -> new IOException("the responder is not in an allowed network"));
  }

  /// HTTP/1.0, so that the answer ends with the connection.
  private static byte[] request(URI responder, byte[] question) {
    String path = responder.getRawPath();
    String query = responder.getRawQuery();
    String head =
        """
        POST %s HTTP/1.0\r
        Host: %s\r
        Content-Type: application/ocsp-request\r
        Content-Length: %d\r
        \r
        """
            .formatted(
                (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query),
                responder.getHost(),
                question.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(ISO_8859_1));
    all.writeBytes(question);
    return all.toByteArray();
  }

  private byte[] all(InputStream in) throws IOException {
    Instant end = clock.instant().plus(Duration.ofMillis(PATIENCE_MILLIS));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[4_096];
    for (int count = in.read(some); count >= 0; count = in.read(some)) {
      all.write(some, 0, count);
      if (all.size() > LONGEST_ANSWER || clock.instant().isAfter(end)) {
        throw new IOException("the responder says too much, or too slowly");
      }
    }
    return all.toByteArray();
  }

  private static byte[] body(byte[] answer) throws IOException {
    String text = new String(answer, ISO_8859_1);
    int end = text.indexOf(new String(HEAD_END, ISO_8859_1));
    if (end < 0 || !text.matches("(?s)HTTP/1\\.[01] 200\\b.*")) {
      throw new IOException("the responder does not answer with 200");
    }
    return Arrays.copyOfRange(answer, end + HEAD_END.length, answer.length);
  }
}
