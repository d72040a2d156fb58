package agrippa.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server with two sites, asked over real connections.
class WebServerTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebServer server =
      WebServer.start(
          WebSettings.loopback(0, UUID::randomUUID, InstantSource.system()),
          List.of(site("/things"), site("/things/old")));

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void longestPrefixWins() throws Exception {
    assertThat(get("/things/a/1").body()).isEqualTo("/things a {x=1} {}");
    assertThat(get("/things/old/a/1").body()).isEqualTo("/things/old a {x=1} {}");
  }

  @Test
  void anAddressThatIsTakenIsToldToTheCaller() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var settings =
          WebSettings.loopback(taken.getLocalPort(), UUID::randomUUID, InstantSource.system());
      assertThatThrownBy(() -> WebServer.start(settings, List.of()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("Address already in use");
    }
  }

  @Test
  void literalSegmentsWinOverParameters() throws Exception {
    assertThat(get("/things/a/first").body()).isEqualTo("/things first {} {}");
  }

  @Test
  void anotherMethodOfALiteralTemplateIsTakenByTheParameter() throws Exception {
    assertThat(send("DELETE", "/things/a/first", "").body()).isEqualTo("gone first");
  }

  @Test
  void trailingSlashAndJsonSuffixAreIgnored() throws Exception {
    assertThat(get("/things/a/1/").body()).isEqualTo("/things a {x=1} {}");
    assertThat(get("/things/a/1.json").body()).isEqualTo("/things a {x=1} {}");
  }

  @Test
  void pathsAndQueriesAreDecoded() throws Exception {
    assertThat(get("/things/a/x%2Fy%20%C3%A9?k=1&k=a+b&%6C=%26&m").body())
        .isEqualTo("/things a {x=x/y é} {k=[1, a b], l=[&], m=[]}");
  }

  @Test
  void strayPercentSignsStandForThemselves() throws Exception {
    assertThat(raw("GET /things/a/5%?q=%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
        .endsWith("/things a {x=5%} {q=[%zz]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"base64", "identity"})
  void bodiesInBase64ComeAsTheyAre(String encoding) throws Exception {
    HttpRequest encoded =
        HttpRequest.newBuilder(uri("/things/echo"))
            .header("Content-Encoding", encoding)
            .POST(HttpRequest.BodyPublishers.ofString("AAEC/w=="))
            .build();
    assertThat(client.send(encoded, HttpResponse.BodyHandlers.ofString()).body())
        .isEqualTo("AAEC/w==");
  }

  @Test
  void bodiesInOtherEncodingsAreRefused() throws Exception {
    HttpRequest encoded =
        HttpRequest.newBuilder(uri("/things/a/1"))
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(client.send(encoded, HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(400);
  }

  @Test
  void requestIdsAreSentBack() throws Exception {
    assertThat(get("/things/a/1").headers().firstValue("x-openstack-request-id").orElseThrow())
        .matches("req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  @Test
  void unknownPathsAndMethodsAreTheSitesToAnswer() throws Exception {
    assertThat(get("/things/b").body()).isEqualTo("no /b");
    HttpResponse<String> wrongMethod = send("PUT", "/things/a/1", "{}");
    assertThat(wrongMethod.body()).isEqualTo("not PUT");
    assertThat(wrongMethod.headers().firstValue("allow")).contains("DELETE, GET, POST");
    assertThat(send("OPTIONS", "/things/a/1", "").statusCode()).isEqualTo(405);
    assertThat(send("FOO", "/things/a/1", "").statusCode()).isEqualTo(405);
  }

  @Test
  void pathsOfNoSite() throws Exception {
    assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    assertThat(get("/thingsandmore").statusCode()).isEqualTo(404);
  }

  @Test
  void theRootNamesTheSites() throws Exception {
    String base = "http://127.0.0.1:" + server.port();
    assertThat(get("/").body())
        .isEqualTo(
            """
            {"services":[{"path":"/things","href":"%1$s/things/"},\
            {"path":"/things/old","href":"%1$s/things/old/"}]}"""
                .formatted(base));
  }

  @Test
  void whatProxiesWouldSayCountsForNothingWithoutOne() throws Exception {
    String answer =
        raw(
            """
            GET /things/base HTTP/1.1\r
            Host: inside:1\r
            X-Forwarded-Proto: https\r
            X-Forwarded-Host: lb.example.org\r
            X-Forwarded-Prefix: /cloud\r
            Forwarded: proto=https;host=lb.example.org\r
            Connection: close\r
            \r
            """);
    assertThat(answer).endsWith("http://inside:1/things");
  }

  @Test
  void piecesOfAnAnswerComeOneByOneAndEndAlsoWhenTheConnectionDoes() throws Exception {
    assertThat(get("/things/pieces").body()).isEqualTo("a".repeat(20_000) + "b".repeat(20_000));
    assertThat(raw("GET /things/pieces HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200")
        .endsWith("bbbb\r\n0\r\n\r\n");
  }

  @Test
  void headHasNoBody() throws Exception {
    String answer = raw("HEAD /things/base HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("content-length: 15\r\n");
  }

  @Test
  void anAnswerWithoutBodyHasNoType() throws Exception {
    HttpResponse<String> answer = send("POST", "/things/a/1", "x");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("content-type")).isEmpty();
  }

  @Test
  void aBodyAtTheLimitIsTakenAndALongerOneIsNot() throws Exception {
    assertThat(send("POST", "/things/a/1", "x".repeat(WebSettings.BODY_LIMIT)).statusCode())
        .isEqualTo(204);
    String long1 = "x".repeat(WebSettings.BODY_LIMIT + 1);
    HttpResponse<String> refused = send("POST", "/things/a/1", long1);
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).isEqualTo("too large");
  }

  @Test
  void theConnectionOfATooLongBodyIsClosed() throws Exception {
    String body = "x".repeat(2 * WebSettings.BODY_LIMIT);
    String answer =
        raw("POST /things/a/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 229376\r\n\r\n" + body);
    assertThat(answer).startsWith("HTTP/1.1 413").endsWith("too large");
  }

  @Test
  void aLongChunkedBodyIsRefusedWithoutBeingKept() throws Exception {
    HttpRequest.BodyPublisher endless =
        HttpRequest.BodyPublishers.ofInputStream(
            () -> new java.io.ByteArrayInputStream(new byte[WebSettings.BODY_LIMIT + 5]));
    HttpResponse<String> refused =
        client.send(
            HttpRequest.newBuilder(uri("/things/a/1")).POST(endless).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(413);
  }

  @Test
  void aHandlerThatThrowsIsAnsweredByItsSite() throws Exception {
    HttpResponse<String> answer = get("/things/broken");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("failed: broken");
  }

  @Test
  void theFilterComesFirst() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri("/things/b")).header("X-Stop", "1").build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).isEqualTo("stopped");
  }

  @Test
  void severalRequestsUseOneConnection() throws Exception {
    String twice =
        raw(
            """
            GET /things/base HTTP/1.1\r
            Host: h\r
            \r
            GET /things/base HTTP/1.1\r
            Host: h\r
            Connection: close\r
            \r
            """);
    assertThat(twice.split("HTTP/1.1 200", -1)).hasSize(3);
  }

  @Test
  void brokenRequestsGetJson() throws Exception {
    assertThat(raw("GET\r\n\r\n")).startsWith("HTTP/1.1 400").contains("\"title\":\"Bad Request\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "G",
        "GET /things/b HTTP/1.1\r\nHost: h\r\n",
        "POST /things/a/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"
      })
  void aSilentClientIsLetGo(String beginning) throws Exception {
    try (WebServer impatient =
            WebServer.start(
                WebSettings.loopback(0, UUID::randomUUID, InstantSource.system())
                    .with(
                        new WebSettings.Limits(
                            100, 10, Duration.ofMillis(200), Duration.ofSeconds(5))),
                List.of(site("/things")));
        Socket socket = new Socket("127.0.0.1", impatient.port())) {
      socket.setSoTimeout(60_000);
      assertThat(ending(socket, beginning)).doesNotContain("200 OK");
    }
  }

  /// Says something and waits until the server ends the connection: in order, or by a reset if its
  /// patience was at its end before all was said.
  ///
  /// @return what the server said before
  private static String ending(Socket socket, String beginning) throws IOException {
    var heard = new ByteArrayOutputStream();
    try {
      socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().transferTo(heard);
    } catch (SocketException e) {
      assertThat(e).hasMessageMatching("Connection reset.*|Broken pipe");
    }
    return heard.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void requestsUnderWayFinishWhenTheServerStops() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    Routes routes =
        new Routes()
            .get(
                "/slow",
                it -> {
                  arrived.countDown();
                  await(released);
                  return Reply.text(200, "done");
                });
    WebServer stopping =
        WebServer.start(
            WebSettings.loopback(0, UUID::randomUUID, InstantSource.system()),
            List.of(new Site("", routes, (it, next) -> next.handle(it), new PlainEdge())));
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stopping.port() + "/slow"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    await(arrived);
    Thread stop = Thread.ofVirtual().start(stopping::close);
    released.countDown();
    assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("done");
    stop.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Site site(String prefix) {
    Routes routes =
        new Routes()
            .get("/a/{x}", it -> shown(prefix + " a", it))
            .get("/a/first", it -> shown(prefix + " first", it))
            .delete("/a/{x}", it -> Reply.text(200, "gone " + it.parameter("x")))
            .post("/a/{x}", it -> Reply.empty(204))
            .post("/echo", it -> Reply.text(200, new String(it.body(), StandardCharsets.UTF_8)))
            .get(
                "/pieces",
                _ ->
                    Reply.pieces(
                        200,
                        "text/plain",
                        List.of(
                                "a".repeat(20_000).getBytes(StandardCharsets.UTF_8),
                                "b".repeat(20_000).getBytes(StandardCharsets.UTF_8))
                            .iterator()))
            .get("/base", it -> Reply.text(200, it.baseUrl()))
            .head("/base", it -> Reply.text(200, it.baseUrl()))
            .get(
                "/broken",
                it -> {
                  throw new IllegalStateException("broken");
                });
    Site.Filter filter =
        (request, next) ->
            request.header("x-stop").isPresent()
                ? Reply.text(401, "stopped")
                : next.handle(request);
    return new Site(prefix, routes, filter, new PlainEdge());
  }

  private static Reply shown(String where, Request request) {
    return Reply.text(200, where + " " + request.parameters() + " " + request.query());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String method, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /// Everything that the server sends until it closes the connection.
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      var all = new ByteArrayOutputStream();
      in.transferTo(all);
      return all.toString(StandardCharsets.UTF_8);
    }
  }

  static final class PlainEdge implements Site.Edge {
    @Override
    public Reply notFound(Request request) {
      return Reply.text(404, "no " + request.path());
    }

    @Override
    public Reply methodNotAllowed(Request request, String allow) {
      return Reply.text(405, "not " + request.method());
    }

    @Override
    public Reply tooLarge(Request request) {
      return Reply.text(413, "too large");
    }

    @Override
    public Reply failed(Request request, Throwable error) {
      return Reply.text(500, "failed: " + error.getMessage());
    }
  }
}
