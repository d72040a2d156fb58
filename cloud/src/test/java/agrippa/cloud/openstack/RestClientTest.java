package agrippa.cloud.openstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.spi.ServiceUnavailableException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Servers that do not behave.
@Timeout(120)
class RestClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LITTLE_PATIENCE = Duration.ofMillis(500);

  private static final String BODY = "{}";

  private final AtomicInteger connections = new AtomicInteger();

  @FunctionalInterface
  private interface Manners {
    void serve(Socket socket, OutputStream out, int connection) throws IOException;
  }

  /// What comes of asking a server that behaves like this, as often as it is asked.
  private Answer ask(Manners manners, String method) throws IOException {
    return ask(manners, method, PATIENCE);
  }

  private Answer ask(Manners manners, String method, Duration patience) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        RestClient rest = new RestClient(patience, null)) {
      Thread.ofVirtual()
          .start(
              () -> {
                while (!server.isClosed()) {
                  serveOne(server, manners);
                }
              });
      URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/thing");
      return rest.send(
          "Neutron",
          new RestClient.Ask(
              method,
              url,
              Map.of("X-Auth-Token", "secret"),
              BODY.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  private void serveOne(ServerSocket server, Manners manners) {
    try {
      Socket socket = server.accept();
      int number = connections.incrementAndGet();
      Thread.ofVirtual()
          .start(
              () -> {
                try (socket) {
                  readRequest(socket.getInputStream());
                  manners.serve(socket, socket.getOutputStream(), number);
                } catch (IOException e) {
                  // The client has gone, which is what some of these are about.
                  assertThat(e).isNotNull();
                }
              });
    } catch (IOException e) {
      assertThat(server.isClosed()).isTrue();
    }
  }

  /// To its end: who closes on unread bytes resets the connection, and the answer may be lost.
  private static void readRequest(InputStream in) throws IOException {
    StringBuilder request = new StringBuilder();
    while (!request.toString().endsWith(BODY)) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the request ends after " + request);
      }
      request.append((char) next);
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() {
    assertThatThrownBy(
            () ->
                ask(
                    (socket, out, number) -> {
                      write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
                      // Until the client has enough of it.
                      socket.getInputStream().readAllBytes();
                    },
                    "GET",
                    LITTLE_PATIENCE))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("no answer within 500 ms")
        .hasMessageNotContaining("secret");
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() {
    assertThatThrownBy(
            () ->
                ask(
                    (socket, out, number) -> {
                      write(out, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
                      byte[] much = new byte[1 << 20];
                      for (int i = 0; i < 100; i++) {
                        out.write(much);
                      }
                    },
                    "GET"))
        .isInstanceOf(ServiceUnavailableException.class);
  }

  @Test
  void aConnectionThatBreaksIsTriedOnceMore() throws IOException {
    Answer answer =
        ask(
            (socket, out, number) -> {
              if (number > 1) {
                write(out, "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}");
              }
            },
            "POST");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(connections).hasValue(2);
  }

  @Test
  void redirectionsAreNotFollowed() throws IOException {
    Answer answer =
        ask(
            (socket, out, number) ->
                write(
                    out,
                    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2/\r\nContent-Length: 0\r\n\r\n"),
            "GET");
    assertThat(answer.status()).isEqualTo(302);
  }

  @Test
  void aServerThatIsOutOfOrderIsUnavailable() {
    assertThatThrownBy(
            () ->
                ask(
                    (socket, out, number) ->
                        write(out, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
                    "GET"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("Neutron answers GET http://127.0.0.1")
        .hasMessageContaining("with status 502");
  }
}
