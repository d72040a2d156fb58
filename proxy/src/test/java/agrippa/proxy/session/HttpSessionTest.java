package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes in and out of a session, byte for byte, without a socket.
class HttpSessionTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String UPLOAD =
      "POST /x HTTP/1.1\r\nHost: a.example\r\nContent-Length: 10\r\n\r\n01234";

  private final Scene scene = new Scene();

  // ---- keep-alive

  @Test
  void oneRequestAndItsResponse() {
    FakeChannel client = scene.client();

    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo(GET);
    assertThat(scene.inFlight()).isEqualTo(1);

    endpoint.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.counters().requests()).isEqualTo(1);
    assertThat(scene.counters().requestErrors()).isZero();
    assertThat(scene.counters().bytesIn()).isEqualTo(GET.length());
    assertThat(scene.counters().bytesOut()).isEqualTo(OK.length());
  }

  @Test
  void theNextRequestOfAnybodyReusesTheConnection() {
    scene.endpoints("a");
    FakeChannel first = scene.client();
    first.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    FakeChannel second = scene.client();
    endpoint.sent();

    second.receive(GET);

    assertThat(scene.loop.connects()).isFalse();
    assertThat(endpoint.sent()).isEqualTo(GET);
    endpoint.receive(OK);
    assertThat(second.sent()).isEqualTo(OK);
  }

  @Test
  void aWholeExchangeReadsOncePerMessage() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    int clientReads = client.reads();
    int endpointReads = endpoint.reads();

    client.receive(GET);
    endpoint.receive(OK);

    assertThat(client.reads() - clientReads).isEqualTo(1);
    assertThat(endpoint.reads() - endpointReads).isEqualTo(1);
  }

  @Test
  void aClientThatClosesGetsAClosedConnection() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

    endpoint.receive(OK);

    assertThat(client.sent())
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    assertThat(client.isOpen()).isFalse();
    assertThat(endpoint.isOpen()).as("pooled").isTrue();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void aSlowReaderOfPipelinedAnswersDoesNotMixThemUp() {
    scene.endpoints("a");
    scene.routes = List.of(new Route("no", List.of(path("/no")), new Action.Reject()));
    scene.snapshot = scene.snapshot();
    FakeChannel client = scene.client();
    String rejected = "GET /no HTTP/1.1\r\nHost: a\r\n\r\n";

    client.receive(rejected + GET + rejected);
    assertThat(client.sent()).startsWith("HTTP/1.1 403 ").endsWith("</html>\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);

    assertThat(client.sent()).startsWith(OK + "HTTP/1.1 403 ");
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.counters().requests()).isEqualTo(3);
  }

  @Test
  void thousandsOfPipelinedRequestsNeedNoStack() {
    scene.endpoints("a");
    scene.routes = List.of(new Route("no", List.of(path("/no")), new Action.Reject()));
    scene.snapshot = scene.snapshot();
    FakeChannel client = scene.client();

    client.receive("GET /no HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20_000));

    assertThat(client.sent().split("HTTP/1.1 403 ")).hasSize(20_001);
    assertThat(scene.counters().requests()).isEqualTo(20_000);
  }

  @ParameterizedTest
  @CsvSource({"Connection: close", "Connection: keep-alive"})
  void aMembersConnectionOfHttp10IsReusedOnlyIfItSaysSo(String field) {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive("HTTP/1.0 200 OK\r\n" + field + "\r\nContent-Length: 2\r\n\r\nok");

    assertThat(client.sent()).isEqualTo(OK);
    assertThat(endpoint.isOpen()).isEqualTo(field.endsWith("keep-alive"));
  }

  @Test
  void aMemberThatSaysMoreThanItsResponseIsNotAskedAgain() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive(OK + "HTTP/1.1 200 OK\r\n");

    assertThat(client.sent()).isEqualTo(OK);
    assertThat(client.isOpen()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
  }

  // ---- HTTP/1.0 clients

  @Test
  void anHttp10ClientIsAnsweredAndClosed() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.0\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo("GET / HTTP/1.1\r\nHost: 198.51.100.1:8080\r\n\r\n");

    endpoint.receive(OK);

    assertThat(client.sent())
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void anHttp10ClientMayStay() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.0\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n");
    scene.endpoint().receive(OK);

    assertThat(client.sent())
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok");
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void anHttp10ClientGetsNoChunksAndNoInterimResponses() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive(
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
    endpoint.receive("llo\r\n3;x\r\n wo\r\n");
    endpoint.receive("3\r\nrld\r\n0\r\nT: v\r\n\r\n");

    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello world");
    assertThat(client.isOpen()).isFalse();
  }

  // ---- bodies

  @Test
  void aResponseUntilCloseClosesTheClient() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive("HTTP/1.0 200 OK\r\n\r\nhel");
    assertThat(client.isOpen()).isTrue();
    endpoint.receiveAndEnd("lo");

    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
    assertThat(client.isOpen()).isFalse();
    assertThat(client.aborted()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aResponseThatBreaksOffIsSeenToBreakOff() {
    FakeChannel framed = scene.client();
    framed.receive(GET);
    scene.endpoint().receiveAndEnd("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel");
    assertThat(framed.sent()).endsWith("hel");
    assertThat(framed.isOpen()).isFalse();

    FakeChannel unframed = scene.client();
    unframed.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive("HTTP/1.1 200 OK\r\n\r\nhel");
    endpoint.fail();
    assertThat(unframed.aborted()).isTrue();
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.ended).isEqualTo(2);
  }

  @Test
  void headAndItsResponseHaveNoBody() {
    FakeChannel client = scene.client();
    client.receive("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");

    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
    client.receive(GET);
    assertThat(scene.counters().requests()).isEqualTo(2);
  }

  @Test
  void aLongUploadStopsWhereItsLengthSays() {
    FakeChannel client = scene.client();
    client.receive(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + "a".repeat(1_000));
    FakeChannel endpoint = scene.endpoint();

    client.receive("b".repeat(199_000) + GET);
    assertThat(endpoint.sent()).endsWith("ab" + "b".repeat(198_999));

    endpoint.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(endpoint.sent()).isEmpty();
    assertThat(scene.counters().requests()).isEqualTo(2);
    assertThat(scene.counters().bytesIn())
        .isEqualTo(200_000 + GET.length() + "POST / HTTP/1.1\r\nHost: a\r\n\r\n".length() + 24);
  }

  @Test
  void aLongChunkThatIsThereAtOnceIsReadToItsEnd() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.sent();
    String chunks = "30d40\r\n" + "x".repeat(200_000) + "\r\n0\r\n\r\n";

    client.receive(chunks);
    assertThat(endpoint.sent()).isEqualTo(chunks);

    endpoint.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
    assertThat(client.sent()).endsWith(chunks);
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void lengthAndChunksTogetherInAResponseCountAsChunks() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

    assertThat(client.sent())
        .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aClientThatReadsNothingStopsTheMember() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    client.allow(100);

    endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(900_000));
    int reads = endpoint.reads();
    endpoint.receive("x".repeat(100_000));
    assertThat(endpoint.reads()).isEqualTo(reads);
    client.allow(Integer.MAX_VALUE);

    assertThat(client.sent())
        .hasSize("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".length() + 1_000_000);
    assertThat(scene.inFlight()).isZero();
  }

  // ---- 100-continue

  @Test
  void aClientMayWaitForAPermit() {
    FakeChannel client = scene.client();
    client.receive(
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).contains("Expect: 100-continue\r\n");

    endpoint.receive("HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(client.sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    client.receive("hi");
    assertThat(endpoint.sent()).isEqualTo("hi");
    endpoint.receive(OK);

    assertThat(client.sent()).isEqualTo(OK);
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aClientThatIsRefusedBeforeItsBodyMustStartAnew() {
    FakeChannel client = scene.client();
    client.receive(
        "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");

    assertThat(client.sent())
        .isEqualTo("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assertThat(client.outputShut()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    client.receive("hi");
    client.end();
    assertThat(client.isOpen()).isFalse();
  }

  // ---- what is edited

  @Test
  void fieldsAreInsertedAndThoseOfTheClientReplaced() {
    scene.headers =
        List.of(
            HeaderInsert.X_FORWARDED_FOR,
            HeaderInsert.X_FORWARDED_PORT,
            HeaderInsert.X_FORWARDED_PROTO);
    FakeChannel client = scene.client();

    client.receive(
        """
        GET / HTTP/1.1\r
        X-Forwarded-Port: 1\r
        x-forwarded-proto: gopher\r
        X-Forwarded-For: 203.0.113.9\r
        Host: a\r
        \r
        """);

    assertThat(scene.endpoint().sent())
        .isEqualTo(
            """
            GET / HTTP/1.1\r
            X-Forwarded-For: 203.0.113.9\r
            Host: a\r
            X-Forwarded-For: 192.0.2.7\r
            X-Forwarded-Port: 8080\r
            X-Forwarded-Proto: http\r
            \r
            """);
  }

  @Test
  void fieldsOfOneHopEndHere() {
    FakeChannel client = scene.client();
    client.receive(
        """
        GET / HTTP/1.1\r
        Keep-Alive: timeout=5\r
        Proxy-Connection: keep-alive\r
        X-Mine: a\r
        Host: a\r
        Connection: X-Mine, Upgrade, HTTP2-Settings, Host\r
        TE: trailers\r
        Upgrade: h2c\r
        HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r
        Accept: */*\r
        \r
        """);

    assertThat(scene.endpoint().sent())
        .isEqualTo("GET / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET http://a/p?q | a | GET /p?q
          GET http://a | a | GET /
          GET http://a?q | a | GET /?q
          GET HTTP://A:80/ | a | GET /
          GET https://a:443/p | a | GET /p
          GET http://[::1]:8080/p | [::1]:8080 | GET /p
          OPTIONS * | a | OPTIONS *
          OPTIONS http://a | a | OPTIONS *
          """)
  void absoluteTargetsBecomeRelative(String line, String host, String forwarded) {
    FakeChannel client = scene.client();
    client.receive(line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(scene.endpoint().sent())
        .isEqualTo(forwarded + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  // ---- the proxy's own answers

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void noUpstreamIs503(String method) {
    scene.endpoints();
    FakeChannel client = scene.client();

    client.receive(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

    String page = client.sent();
    assertThat(page)
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .contains("Content-Length: ");
    String body = page.substring(page.indexOf("\r\n\r\n") + 4);
    if (method.equals("HEAD")) {
      assertThat(body).isEmpty();
    } else {
      assertThat(page).contains("Content-Length: " + body.length() + "\r\n");
    }
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.counters().requestErrors()).isZero();
  }

  /// The proxy's own answer waits for the client; what comes meanwhile goes nowhere.
  @Test
  void aRedirectedClientThatDoesNotReadMaySendItsBody() {
    scene.routes =
        List.of(new Route("url", List.of(path("/u")), new Action.Redirect("https://b/c", 301)));
    scene.endpoints("a");
    for (String framing : List.of("Content-Length: 10", "Transfer-Encoding: chunked")) {
      FakeChannel client = scene.client();
      client.allow(10);
      client.receive("POST /u HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
      client.receive(framing.endsWith("10") ? "01234" : "5\r\n01234\r\n");
      assertThat(client.aborted()).isFalse();
      client.allow(1_000);
      assertThat(client.sent())
          .startsWith("HTTP/1.1 301 ")
          .contains("\r\nConnection: close\r\n")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void redirectsKeepPathAndQuery() {
    scene.endpoints("a");
    scene.routes =
        List.of(
            new Route("url", List.of(path("/u")), new Action.Redirect("https://b/c", 301)),
            new Route("prefix", List.of(path("/p")), new Action.RedirectPrefix("https://b", 308)));
    scene.snapshot = scene.snapshot();
    FakeChannel client = scene.client();

    client.receive("GET /u?x HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 301 Moved Permanently\r\nContent-Length: 0\r\n"
                + "Location: https://b/c\r\n\r\n");
    client.receive("GET /p?x HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 308 Permanent Redirect\r\nContent-Length: 0\r\n"
                + "Location: https://b/p?x\r\n\r\n");
    assertThat(scene.loop.connects()).isFalse();
  }

  @Test
  void anAnswerBeforeTheBodyIsReadClosesTheConnection() {
    scene.endpoints();
    FakeChannel client = scene.client();
    client.receive(UPLOAD);

    assertThat(client.sent()).startsWith("HTTP/1.1 503 ").contains("\r\nConnection: close\r\n");
    assertThat(client.outputShut()).isTrue();
    client.receive("56789");
    client.end();
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void tooMuchIsRefusedBeforeItIsStored() {
    FakeChannel head = scene.client();
    head.receive("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(33_000));
    assertThat(head.sent()).startsWith("HTTP/1.1 431 ");

    FakeChannel slow = scene.client();
    slow.receive("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    for (int i = 0; i < 33; i++) {
      slow.receive("x".repeat(1_000));
    }
    assertThat(slow.sent()).startsWith("HTTP/1.1 431 ");

    FakeChannel fields = scene.client();
    fields.receive("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(128) + "\r\n");
    assertThat(fields.sent()).startsWith("HTTP/1.1 431 ");

    FakeChannel target = scene.client();
    target.receive("GET /" + "x".repeat(16_384) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(target.sent()).startsWith("HTTP/1.1 414 ");
  }

  // ---- configuration changes

  @Test
  void aKeptAliveClientSeesTheNewSnapshotAtItsNextRequest() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    scene.routes = List.of(new Route("all", List.of(), new Action.Reject()));
    scene.snapshot = scene.snapshot();
    endpoint.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);

    client.receive(GET);

    assertThat(client.sent()).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void drainingEndsIdleClientsAtOnceAndOthersAfterTheirResponse() {
    FakeChannel idle = scene.client();
    FakeChannel busy = scene.client();
    busy.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    scene.sessions.forEach(HttpSession::drain);

    assertThat(idle.isOpen()).isFalse();
    assertThat(busy.isOpen()).isTrue();
    endpoint.receive(OK);
    assertThat(busy.sent())
        .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    assertThat(busy.isOpen()).isFalse();
    assertThat(scene.ended).isEqualTo(2);
  }

  @Test
  void abortingEndsEverything() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    scene.sessions.forEach(HttpSession::abort);
    scene.sessions.forEach(HttpSession::abort);

    assertThat(client.aborted()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.ended).isEqualTo(1);
  }

  // ---- HTTP Strict Transport Security

  @Test
  void theFrontendsWordOnStrictTransportTakesThePlaceOfTheEndpoints() {
    scene.strictTransport = "max-age=100; includeSubDomains; preload;";
    FakeChannel client = scene.client();

    client.receive(GET);
    scene
        .endpoint()
        .receive(
            """
            HTTP/1.1 103 Early Hints\r
            Link: </style.css>\r
            \r
            HTTP/1.1 200 OK\r
            strict-transport-security: max-age=1\r
            Strict-Transport-Security: max-age=2\r
            Strict-Transport-Securiti: x\r
            Content-Length: 2\r
            \r
            ok""");

    assertThat(client.sent())
        .isEqualTo(
            """
            HTTP/1.1 103 Early Hints\r
            Link: </style.css>\r
            \r
            HTTP/1.1 200 OK\r
            Strict-Transport-Securiti: x\r
            Content-Length: 2\r
            Strict-Transport-Security: max-age=100; includeSubDomains; preload;\r
            \r
            ok""");
  }

  @Test
  void withoutAWordOfTheFrontendTheEndpointsStays() {
    String strict =
        "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1\r\nContent-Length: 0\r\n\r\n";
    FakeChannel client = scene.client();

    client.receive(GET);
    scene.endpoint().receive(strict);

    assertThat(client.sent()).isEqualTo(strict);
  }

  @Test
  void strictTransportIsTheEndpointsBusinessAndNotThatOfAnswersOfTheProxysOwn() {
    scene.strictTransport = "max-age=100;";
    scene.routes = List.of(new Route("no", List.of(path("/x")), new Action.Reject()));
    FakeChannel client = scene.client();

    client.receive(GET);

    assertThat(client.sent()).startsWith("HTTP/1.1 403 ").doesNotContain("Strict-Transport");
  }

  static Match path(String value) {
    return new Match(new Subject.Path(), Comparison.EQUAL_TO, value, false);
  }
}
