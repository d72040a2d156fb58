package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Upstream.Persistence;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// However the network cuts messages, the other side sees the same bytes.
class TortureTest {
  private record Message(String name, String arrives, String goesOn) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String GET_ON =
      "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Port: 8080\r\n\r\n";

  private final Scene scene = new Scene();

  @BeforeEach
  void aFrontendThatEdits() {
    scene.headers = List.of(HeaderInsert.X_FORWARDED_FOR, HeaderInsert.X_FORWARDED_PORT);
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.endpoints("a");
  }

  static Stream<Message> requests() {
    return Stream.of(
        new Message("plain", GET, GET_ON),
        new Message(
            "much to edit",
            "\r\nGET http://a/p?q HTTP/1.1\r\nConnection: keep-alive, X-Hop\r\nHost: a\r\n"
                + "X-Forwarded-Port: 1\r\nX-Hop: 1\r\nCookie: SRV=a; b=c\r\nTE: trailers\r\n\r\n",
            "GET /p?q HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\n"
                + "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Port: 8080\r\n\r\n"),
        new Message(
            "a body of known length",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello\r\nworl",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nX-Forwarded-For: 192.0.2.7\r\n"
                + "X-Forwarded-Port: 8080\r\n\r\nhello\r\nworl"),
        new Message(
            "chunks",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5;x=\"y\"\r\nhello\r\n00A\r\n0123456789\r\n0\r\nT: v\r\nU:\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                + "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Port: 8080\r\n\r\n"
                + "5;x=\"y\"\r\nhello\r\n00A\r\n0123456789\r\n0\r\nT: v\r\nU:\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsCutAnywhere(Message message) {
    for (int cut = 1; cut < message.arrives().length(); cut++) {
      FakeChannel client = scene.client();
      client.receive(message.arrives().substring(0, cut));
      FakeChannel endpoint = scene.loop.connects() ? scene.endpoint() : null;
      client.receive(message.arrives().substring(cut));
      if (endpoint == null) {
        endpoint = scene.endpoint();
      }
      assertThat(endpoint.sent()).as("cut at %d", cut).isEqualTo(message.goesOn());
      endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      assertThat(client.sent()).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(client.isOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsByteByByte(Message message) {
    FakeChannel client = scene.client();
    FakeChannel endpoint = null;
    for (char c : message.arrives().toCharArray()) {
      client.receive(String.valueOf(c));
      if (scene.loop.connects()) {
        endpoint = scene.endpoint();
      }
    }
    assertThat(endpoint.sent()).isEqualTo(message.goesOn());
  }

  /// Any two requests, the second behind the first, cut anywhere: each gets its own response.
  @ParameterizedTest
  @MethodSource("pairs")
  void pipelinedRequestsCutAnywhere(Message first, Message second) {
    String both = first.arrives() + second.arrives();
    for (int cut = 1; cut < both.length(); cut++) {
      FakeChannel client = scene.client();
      client.receive(both.substring(0, cut));
      FakeChannel endpoint = scene.loop.connects() ? scene.endpoint() : null;
      client.receive(both.substring(cut));
      if (endpoint == null) {
        endpoint = scene.endpoint();
      }
      assertThat(endpoint.sent()).as("cut at %d", cut).isEqualTo(first.goesOn());
      endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
      assertThat(client.sent()).endsWith("one");
      assertThat(endpoint.sent()).as("cut at %d", cut).isEqualTo(second.goesOn());
      endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo");
      assertThat(client.sent()).endsWith("two");
      assertThat(scene.inFlight()).isZero();
    }
  }

  static Stream<Arguments> pairs() {
    return requests().flatMap(first -> requests().map(second -> Arguments.of(first, second)));
  }

  static Stream<Message> responses() {
    return Stream.of(
        new Message(
            "a body of known length",
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        new Message(
            "no body",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 304 Not" + " Modified\r\nContent-Length: 5\r\n\r\n"),
        new Message(
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nKeep-Alive: timeout=5\r\n\r\n"
                + "1\r\na\r\nb;x\r\n0123456789a\r\n0\r\nT: v\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "1\r\na\r\nb;x\r\n0123456789a\r\n0\r\nT: v\r\n\r\n"),
        new Message(
            "interim responses",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\n\r\n"));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void responsesCutAnywhere(Message message) {
    String cookie = "Set-Cookie: SRV=a; path=/\r\nCache-control: private\r\n";
    for (int cut = 1; cut < message.arrives().length(); cut++) {
      FakeChannel client = scene.client();
      client.receive(GET);
      FakeChannel endpoint = scene.endpoint();
      endpoint.receive(message.arrives().substring(0, cut));
      endpoint.receive(message.arrives().substring(cut));
      assertThat(client.sent().replace(cookie, ""))
          .as("cut at %d", cut)
          .isEqualTo(message.goesOn());
      assertThat(client.isOpen()).isTrue();
      assertThat(endpoint.isOpen()).isTrue();
      // So that the next client's connection is a new one.
      endpoint.end();
    }
  }

  /// Both sides take and give a few bytes at a time.
  @ParameterizedTest
  @MethodSource("responses")
  void responsesToSlowClients(Message message) {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    client.allow(0);
    endpoint.receive(message.arrives());
    StringBuilder got = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      client.allow(1 + i % 3);
      got.append(client.sent());
    }
    String cookie = "Set-Cookie: SRV=a; path=/\r\nCache-control: private\r\n";
    assertThat(got.toString().replace(cookie, "")).isEqualTo(message.goesOn());
    assertThat(scene.inFlight()).isZero();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requestsToSlowEndpoints(Message message) {
    FakeChannel client = scene.client();
    client.receive(message.arrives() + GET);
    FakeChannel endpoint = scene.loop.connecting();
    endpoint.allow(0);
    endpoint.establish();
    StringBuilder got = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      endpoint.allow(1 + i % 3);
      got.append(endpoint.sent());
    }
    assertThat(got).hasToString(message.goesOn());
  }
}
