package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// HTTP/2 as clients speak it that are not ours: the JDK's, curl, h2load and nghttp.
@Cells
class Http2Test {
  private static final String CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256";

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private Fixture fixture;
  private SelfSigned certificate;
  private Backend a;

  @BeforeEach
  void start() throws Exception {
    fixture = new Fixture(transport, tls);
    certificate = SelfSigned.of("localhost");
    a = fixture.http("a");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private TlsServer server(String... alpn) {
    return new TlsServer(
        List.of(certificate.certificate()),
        CIPHERS,
        List.of("TLSv1.2", "TLSv1.3"),
        List.of(alpn),
        ClientAuth.NONE,
        List.of(),
        List.of());
  }

  /// Serves HTTP/2 over TLS.
  private InetSocketAddress secure(Backend... backends) {
    return fixture.serve(
        plan(encrypted(frontend(), server("h2", "http/1.1")), pool(endpoints(backends))));
  }

  private static Endpoint[] endpoints(Backend... backends) {
    return List.of(backends).stream().map(Fixture::endpoint).toArray(Endpoint[]::new);
  }

  private static HttpClient client() throws Exception {
    SSLContext trusting = SelfSigned.trustingAnybody();
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(trusting).build();
  }

  private static HttpRequest.Builder to(InetSocketAddress at, String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + at.getPort() + path));
  }

  // ---- the JDK's client

  @Test
  void servesRequestsOverOneConnection() throws Exception {
    InetSocketAddress at = secure(a);
    try (HttpClient client = client()) {
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> response =
            client.send(to(at, "/path?query=" + i).build(), BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("a");
      }
      assertThat(fixture.counters("web").connectionsTotal()).isEqualTo(1);
    }
    assertThat(a.requests()).hasSize(20);
    assertThat(a.requests().getFirst().start()).isEqualTo("GET /path?query=0 HTTP/1.1");
    assertThat(a.requests().getFirst().field("host")).isEqualTo("localhost:" + at.getPort());
  }

  @Test
  void carriesLongBodiesBothWays() throws Exception {
    Backend echo = fixture.add(Backend.http("echo", request -> Backend.ok(request.body())));
    InetSocketAddress at = secure(echo);
    String body = text(3 << 20);
    try (HttpClient client = client()) {
      HttpResponse<String> known =
          client.send(
              to(at, "/").POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
      assertThat(known.body()).isEqualTo(body);
      HttpResponse<String> unknown =
          client.send(
              to(at, "/").POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(body))).build(),
              BodyHandlers.ofString());
      assertThat(unknown.body()).isEqualTo(body);
    }
  }

  @Test
  void servesManyRequestsAtATime() throws Exception {
    Backend echo =
        fixture.add(Backend.http("echo", request -> Backend.ok(request.start() + text(70_000))));
    InetSocketAddress at = secure(echo);
    try (HttpClient client = client()) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 90; i++) {
        answers.add(client.sendAsync(to(at, "/" + i).build(), BodyHandlers.ofString()));
      }
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get(30, TimeUnit.SECONDS).body())
            .isEqualTo("GET /" + i + " HTTP/1.1" + text(70_000));
      }
    }
  }

  @Test
  void routesAndInsertsAsForOtherClients() throws Exception {
    Backend b = fixture.http("b");
    Route.Action elsewhere = new Route.Action.Forward("other");
    Route.Action away = new Route.Action.Redirect("https://elsewhere.test/", 302);
    InetSocketAddress at =
        fixture.serve(
            plan(
                routed(
                    inserting(
                        encrypted(frontend(), server("h2")),
                        HeaderInsert.X_FORWARDED_FOR,
                        HeaderInsert.X_FORWARDED_PROTO),
                    new Route(
                        "b",
                        List.of(new Match(new Subject.Path(), Comparison.STARTS_WITH, "/b", false)),
                        elsewhere),
                    new Route(
                        "away",
                        List.of(
                            new Match(new Subject.Path(), Comparison.STARTS_WITH, "/away", false)),
                        away)),
                pool(endpoint(a)),
                pool("other", endpoint(b))));
    try (HttpClient client = client()) {
      assertThat(client.send(to(at, "/").build(), BodyHandlers.ofString()).body()).isEqualTo("a");
      assertThat(client.send(to(at, "/b").build(), BodyHandlers.ofString()).body()).isEqualTo("b");
      HttpResponse<String> moved = client.send(to(at, "/away").build(), BodyHandlers.ofString());
      assertThat(moved.statusCode()).isEqualTo(302);
      assertThat(moved.headers().firstValue("location")).contains("https://elsewhere.test/");
    }
    assertThat(b.requests().getFirst().field("X-Forwarded-For")).isEqualTo("127.0.0.1");
    assertThat(b.requests().getFirst().field("X-Forwarded-Proto")).isEqualTo("https");
  }

  @Test
  void sendsReports() throws Exception {
    String page = text(200_000);
    fixture.proxy.reporter(
        _ -> List.of(page.getBytes(StandardCharsets.ISO_8859_1), new byte[] {'!'}).iterator());
    Route report = new Route("report", List.of(), new Route.Action.Report("text/plain"));
    InetSocketAddress at =
        fixture.serve(plan(routed(encrypted(frontend(), server("h2")), report), pool(endpoint(a))));
    try (HttpClient client = client()) {
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> got = client.send(to(at, "/").build(), BodyHandlers.ofString());
        assertThat(got.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(got.body()).isEqualTo(page + "!");
      }
    }
  }

  @Test
  void tellsEndsFromBreaks() throws Exception {
    Backend ending = fixture.add(saying("ending", "HTTP/1.1 200 OK\r\n\r\nto the end"));
    InetSocketAddress at = secure(ending);
    try (HttpClient client = client()) {
      HttpResponse<String> whole = client.send(to(at, "/").build(), BodyHandlers.ofString());
      assertThat(whole.body()).isEqualTo("to the end");
    }
    Backend breaking =
        fixture.add(saying("breaking", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nnot the end"));
    InetSocketAddress next = secure(breaking);
    try (HttpClient client = client()) {
      assertThatThrownBy(() -> client.send(to(next, "/").build(), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
    }
  }

  private static Backend saying(String name, String answer) throws IOException {
    return Backend.talking(
        name,
        (socket, in) -> {
          Message.read(in);
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        });
  }

  private static String text(int length) {
    StringBuilder text = new StringBuilder();
    Random random = new Random(7);
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  // ---- programs

  private String run(String... command) throws Exception {
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(String.join(" ", command) + ": no end");
    }
    return Files.readString(out, StandardCharsets.ISO_8859_1);
  }

  private static String program(String name) {
    Path at = Path.of("/usr/bin", name);
    assumeTrue(Files.isExecutable(at), at + " is not there");
    return at.toString();
  }

  @Test
  void servesCurlOverTls() throws Exception {
    InetSocketAddress at = secure(a);
    String curl = program("curl");
    String url = "https://127.0.0.1:" + at.getPort() + "/";
    assertThat(run(curl, "-sk", "--http2", "-w", " %{http_version}\n", url, url))
        .isEqualTo("a 2\na 2\n");
    assertThat(run(curl, "-sk", "--http1.1", "-w", " %{http_version}", url)).isEqualTo("a 1.1");
  }

  @Test
  void servesCurlThatKnowsBefore() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));
    String url = "http://127.0.0.1:" + at.getPort() + "/";
    String with = " %{http_version} %{response_code}";
    assertThat(run(program("curl"), "-s", "--http2-prior-knowledge", "-w", with, url))
        .isEqualTo("a 2 200");
    assertThat(run(program("curl"), "-s", "--http2-prior-knowledge", "-I", url))
        .startsWith("HTTP/2 200");
  }

  @Test
  void endures() throws Exception {
    endures("https://127.0.0.1:" + secure(a).getPort() + "/");
  }

  @Test
  void enduresWithoutTls() throws Exception {
    endures("http://127.0.0.1:" + fixture.serve(plan(pool(endpoint(a)))).getPort() + "/");
  }

  private void endures(String url) throws Exception {
    String report = run(program("h2load"), "-n2000", "-c4", "-m32", url);
    assertThat(report).contains("2000 succeeded, 0 failed, 0 errored, 0 timeout");
    assertThat(report).contains("status codes: 2000 2xx");
  }
}
