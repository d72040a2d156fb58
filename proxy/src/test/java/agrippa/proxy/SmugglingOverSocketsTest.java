package agrippa.proxy;

import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/// The catalogue of ambiguous requests, sent to a real proxy before an endpoint that records each
/// byte: a request is refused and none of it arrives, or it arrives with one framing that nobody
/// can read differently, and the request behind it stays apart.
///
/// In the tables `\r`, `\n`, `\t` and `\0` stand for the bytes, `~` for `Host: a\r\n`, and `^` for
/// the request that follows.
@Cells
@TestInstance(Lifecycle.PER_CLASS)
class SmugglingOverSocketsTest {
  private static final String NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private final StringBuffer arrived = new StringBuffer();
  private Fixture fixture;
  private InetSocketAddress at;

  @BeforeParameterizedClassInvocation
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    at = fixture.serve(plan(pool(endpoint(fixture.add(Backend.talking("a", this::record))))));
  }

  @AfterParameterizedClassInvocation
  void stop() throws IOException {
    fixture.close();
  }

  @BeforeEach
  void forget() {
    arrived.setLength(0);
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "/smuggling/refused.txt",
      delimiter = '|',
      quoteCharacter = '\'',
      maxCharsPerColumn = 8192)
  void nothingOfItArrives(String name, int status, String request) throws IOException {
    long errors = fixture.counters("web").requestErrors();
    try (Client client = Client.to(at)) {
      client.send(bytes(request));
      assertThat(client.receive().start()).startsWith("HTTP/1.1 " + status + " ");
      client.send(NEXT);
      assertThat(client.ending()).isEmpty();
    }
    assertThat(Client.get(at, "/other").field("X-Path")).isEqualTo("/other");
    assertThat(arrived).startsWith("GET /other ").doesNotContain("/next");
    fixture.await("web", it -> it.requestErrors() == errors + 1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "/smuggling/passed.txt",
      delimiter = '|',
      quoteCharacter = '\'',
      maxCharsPerColumn = 8192)
  void arrivesInOneReadingOnly(String name, String request, String expected) throws IOException {
    try (Client client = Client.to(at)) {
      client.send(bytes(request) + NEXT);
      Message response = client.receive();
      assertThat(response).isNotNull();
      while (response != null && !"/next".equals(response.field("X-Path"))) {
        assertThat(response.status()).isEqualTo(200);
        response = client.receive();
      }
    }
    assertThat(arrived).hasToString(bytes(expected).replace("^", NEXT));
  }

  /// Reads requests, and notes all that it read.
  private void record(Socket client, InputStream in) throws IOException {
    InputStream noting = noting(in);
    for (Message request = Message.read(noting); request != null; request = Message.read(noting)) {
      String answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Path: " + request.path() + "\r\n\r\n";
      client.getOutputStream().write(answer.getBytes(ISO_8859_1));
    }
  }

  private InputStream noting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        if (next >= 0) {
          arrived.append((char) next);
        }
        return next;
      }

      @Override
      public int read(byte[] into, int from, int count) throws IOException {
        int got = super.read(into, from, count);
        if (got > 0) {
          arrived.append(new String(into, from, got, ISO_8859_1));
        }
        return got;
      }
    };
  }

  private static String bytes(String cell) {
    return cell.replace("~", "Host: a\\r\\n").translateEscapes();
  }
}
