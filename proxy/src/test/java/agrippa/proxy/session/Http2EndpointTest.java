package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Endpoints that are asked in HTTP/2, and what they may do to us.
class Http2EndpointTest {
  private static final byte[] SETTINGS = Frames.of(Frames.SETTINGS, 0, 0, new byte[0]);

  private final Scene scene = new Scene().http2();

  private static byte[] headers(int stream, int flags, String... fields) {
    return Frames.of(Frames.HEADERS, flags | Frames.END_HEADERS, stream, Frames.block(fields));
  }

  private static byte[] data(int stream, int flags, String text) {
    return Frames.of(Frames.DATA, flags, stream, text.getBytes());
  }

  private static List<String> sent(FakeChannel endpoint) {
    String sent = endpoint.sent();
    return Frames.read(sent.startsWith("PRI") ? sent.substring(Frames.PREFACE.length()) : sent);
  }

  /// A client's request is on its way to an endpoint.
  private FakeChannel asked(FakeChannel client, String request) {
    client.receive(request);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(SETTINGS);
    assertThat(sent(endpoint))
        .startsWith("SETTINGS", "WINDOW_UPDATE 0 458753", "HEADERS 1 end")
        .endsWith("SETTINGS ack");
    return endpoint;
  }

  private FakeChannel asked(FakeChannel client) {
    return asked(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @Test
  void answersAreTold() {
    FakeChannel client = scene.endpoints("a").client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(headers(1, 0, ":status", "200", "content-length", "5", "x", "y"));
    endpoint.receive(data(1, Frames.END_STREAM, "hello"));
    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 \r\nx: y\r\ncontent-length: 5\r\n\r\nhello");
    client.receive("GET /more HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent(endpoint)).containsExactly("HEADERS 3 end");
    endpoint.receive(headers(3, Frames.END_STREAM, ":status", "204"));
    assertThat(client.sent()).isEqualTo("HTTP/1.1 204 \r\n\r\n");
  }

  @Test
  void interimAnswersBodiesOfUnknownLengthAndTrailersAreTold() {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(headers(1, 0, ":status", "103", "link", "</a>"));
    assertThat(client.sent()).isEqualTo("HTTP/1.1 103 \r\nlink: </a>\r\n\r\n");
    endpoint.receive(headers(1, 0, ":status", "200"));
    endpoint.receive(data(1, 0, "hello"));
    endpoint.receive(headers(1, Frames.END_STREAM, "grpc-status", "0"));
    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n"
                + "5\r\nhello\r\n0\r\ngrpc-status: 0\r\n\r\n");
  }

  @Test
  void headsAloneHaveNoBody() {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    endpoint.receive(headers(1, Frames.END_STREAM, ":status", "200", "content-length", "5"));
    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no status | x=y
          two statuses | :status=200;:status=200
          status of letters | :status=abc
          status of four digits | :status=2000
          status too small | :status=042
          status behind fields | x=y;:status=200
          status with lines | :status=200\\r\\nx
          another protocol | :status=101
          pseudo-field of requests | :status=200;:path=/
          transfer-encoding | :status=200;transfer-encoding=chunked
          connection | :status=200;connection=close
          CR LF in a value | :status=200;x=a\\r\\nSet-Cookie: b
          upper case | :status=200;Set-Cookie=b
          two lengths | :status=200;content-length=5;content-length=6
          length of nothing | :status=200;content-length=5
          interim at the end | :status=103
          """)
  void malformedAnswersAreNotTold(String name, String fields) {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(headers(1, Frames.END_STREAM, fields.translateEscapes().split("[=;]")));
    assertThat(sent(endpoint)).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    scene.loop.turn();
    while (scene.loop.connects()) {
      scene.loop.connecting().refuse();
    }
    assertThat(client.sent()).startsWith("HTTP/1.1 50");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void bodiesThatLieAreCutOff() {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(headers(1, 0, ":status", "200", "content-length", "9"));
    endpoint.receive(data(1, Frames.END_STREAM, "hello"));
    assertThat(sent(endpoint)).containsExactly("RST_STREAM 1 PROTOCOL_ERROR");
    assertThat(client.isOpen()).isFalse();
    assertThat(client.sent()).doesNotContain("hello9");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void refusedStreamsAreAskedElsewhere() {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(Frames.of(Frames.RST_STREAM, 0, 1, Frames.number(7)));
    FakeChannel other = asked(scene);
    other.receive(headers(1, Frames.END_STREAM, ":status", "200"));
    assertThat(client.sent()).startsWith("HTTP/1.1 200 ");
  }

  private static FakeChannel asked(Scene scene) {
    FakeChannel other = scene.endpoint();
    other.receive(SETTINGS);
    assertThat(sent(other)).contains("HEADERS 1 end");
    return other;
  }

  @Test
  void thoseWhoLeaveAnswerWhatTheyHaveBegun() {
    FakeChannel first = scene.endpoints("a").client();
    FakeChannel endpoint = asked(first);
    FakeChannel second = scene.client();
    second.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(sent(endpoint)).containsExactly("HEADERS 3 end");
    endpoint.receive(Frames.of(7, 0, 0, Frames.joined(Frames.number(1), Frames.number(0))));
    FakeChannel again = asked(scene);
    again.receive(headers(1, Frames.END_STREAM, ":status", "200", "x", "again"));
    assertThat(second.sent()).contains("x: again");
    endpoint.receive(headers(1, Frames.END_STREAM, ":status", "200", "x", "first"));
    assertThat(first.sent()).contains("x: first");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void earlyAnswersEndTheRequest() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhell");
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(SETTINGS);
    assertThat(sent(endpoint)).contains("HEADERS 1", "DATA 1 4");
    endpoint.receive(
        Frames.joined(
            headers(1, Frames.END_STREAM, ":status", "413"),
            Frames.of(Frames.RST_STREAM, 0, 1, Frames.number(0))));
    assertThat(client.sent()).startsWith("HTTP/1.1 413 ").contains("Connection: close");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void windowsOfEndpointsAreKeptTo() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    byte[] two = Frames.joined(new byte[] {0, 4}, Frames.number(2));
    endpoint.receive(Frames.of(Frames.SETTINGS, 0, 0, two));
    assertThat(sent(endpoint)).endsWith("SETTINGS ack");
    client.receive("something".substring(0, 9));
    assertThat(sent(endpoint)).containsExactly("DATA 1 2");
    endpoint.receive(Frames.of(Frames.WINDOW_UPDATE, 0, 1, Frames.number(5_000)));
    assertThat(sent(endpoint)).containsExactly("DATA 1 7 end");
  }

  @Test
  void pushesEndTheConnection() {
    FakeChannel client = scene.endpoints("a").client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(Frames.of(5, Frames.END_HEADERS, 1, new byte[] {0, 0, 0, 2, (byte) 0x82}));
    assertThat(sent(endpoint)).containsExactly("GOAWAY 0 PROTOCOL_ERROR");
    assertThat(endpoint.outputShut()).isTrue();
  }

  @Test
  void connectionsThatNobodyUsesAreEnded() {
    FakeChannel client = scene.client();
    FakeChannel endpoint = asked(client);
    endpoint.receive(headers(1, Frames.END_STREAM, ":status", "200"));
    scene.loop.advance(5_000);
    assertThat(sent(endpoint)).isEmpty();
    scene.loop.advance(4_001);
    assertThat(sent(endpoint)).containsExactly("GOAWAY 0 NO_ERROR");
    endpoint.end();
    assertThat(endpoint.isOpen()).isFalse();
  }
}
