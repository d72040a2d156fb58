package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.optional;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.Rewriting;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.stats.Count;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// What each client may have, and what becomes of its messages, seen from outside.
@ParameterizedClass
@CsvSource({"EPOLL, OPENSSL", "NIO, JDK"})
class ClientLimitsOverSocketsTest {
  private static final PerClient TWO_AN_HOUR =
      new PerClient(new PerClient.Rate(1, 3_600_000, 2), 0);
  private static final PerClient ONE_AT_A_TIME = new PerClient(null, 1);

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private Backend a;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    a = fixture.http("a");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private InetSocketAddress serve(Frontend frontend, FrontendOptions options) {
    return fixture.serve(plan(optional(frontend, options), pool(endpoint(a))));
  }

  private static FrontendOptions limited(PerClient limits) {
    return FrontendOptions.DEFAULT.withPerClient(limits);
  }

  private long count(Count what) {
    return fixture.proxy.measure("plan").orElseThrow().frontends().getFirst().count(what);
  }

  @Test
  void requestsOfAClientOnAllLoopsTogether() throws IOException {
    InetSocketAddress at = serve(frontend(), limited(TWO_AN_HOUR));
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
    for (int i = 0; i < 5; i++) {
      Message refused = Client.get(at, "/");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.fields("Retry-After")).containsExactly("3600");
    }
    try (Client other = Client.from("127.0.0.2", at)) {
      assertThat(other.get("/").status()).isEqualTo(200);
    }
    assertThat(count(Count.LIMITED)).isEqualTo(5);
  }

  @Test
  void theLimitOutlivesAChange() throws IOException {
    InetSocketAddress at = serve(frontend(), limited(TWO_AN_HOUR));
    Client.get(at, "/");
    Client.get(at, "/");
    serve(frontend(), limited(new PerClient(new PerClient.Rate(1, 3_600_000, 2), 7)));
    assertThat(Client.get(at, "/").status()).isEqualTo(429);
  }

  @Test
  void connectionsInTcpMode() throws IOException {
    InetSocketAddress at = serve(frontend("web", Mode.TCP), limited(TWO_AN_HOUR));
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
    assertThat(Client.get(at, "/").status()).isEqualTo(200);
    Client.assertRefused(() -> Client.to(at));
    assertThat(count(Count.LIMITED)).isEqualTo(1);
    fixture.awaitConnections("web", 0);
  }

  @Test
  void connectionsAtATime() throws IOException {
    InetSocketAddress at = serve(frontend(), limited(ONE_AT_A_TIME));
    try (Client first = Client.to(at)) {
      assertThat(first.get("/").status()).isEqualTo(200);
      try (Client second = Client.to(at)) {
        Message refused = second.get("/");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.fields("Connection")).containsExactly("close");
      }
      try (Client other = Client.from("127.0.0.2", at)) {
        assertThat(other.get("/").status()).isEqualTo(200);
      }
      assertThat(first.get("/").status()).isEqualTo(200);
    }
    fixture.awaitConnections("web", 0);
    assertThat(Client.get(at, "/").status()).as("its place is free again").isEqualTo(200);
    assertThat(count(Count.LIMITED)).isEqualTo(1);
  }

  @Test
  void connectionsAtATimeInTcpMode() throws IOException {
    InetSocketAddress at = serve(frontend("web", Mode.TCP), limited(ONE_AT_A_TIME));
    try (Client first = Client.to(at)) {
      assertThat(first.get("/").status()).isEqualTo(200);
      Client.assertRefused(() -> Client.to(at));
      assertThat(first.get("/").status()).isEqualTo(200);
    }
  }

  /// Over HTTP/2, with TLS, a stream is a request as any other.
  @Test
  void http2() throws Exception {
    TlsServer server =
        new TlsServer(
            List.of(SelfSigned.of("localhost").certificate()),
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            List.of("TLSv1.2", "TLSv1.3"),
            List.of("h2"),
            ClientAuth.NONE,
            List.of(),
            List.of());
    Route fixed =
        new Route("fixed", List.of(), new Route.Action.Respond(418, "text/x-pot", "short, stout"));
    Rewriting rewriting =
        new Rewriting(
            List.of(new FieldEdit(Kind.SET, "X-Env", "prod")),
            List.of(new FieldEdit(Kind.SET, "X-Served", "well")));
    FrontendOptions options = limited(TWO_AN_HOUR).withRewriting(rewriting);
    try (HttpClient client = client()) {
      InetSocketAddress at = serve(encrypted(frontend(), server), options);
      var request = HttpRequest.newBuilder(URI.create("https://localhost:" + at.getPort())).build();
      var answered = client.send(request, BodyHandlers.ofString());
      assertThat(answered.headers().firstValue("x-served")).contains("well");
      assertThat(a.requests().getLast().fields("X-Env")).containsExactly("prod");
      client.send(request, BodyHandlers.ofString());
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
      serve(routed(encrypted(frontend(), server), fixed), FrontendOptions.DEFAULT);
      var pot = client.send(request, BodyHandlers.ofString());
      assertThat(pot.statusCode()).isEqualTo(418);
      assertThat(pot.body()).isEqualTo("short, stout");
    }
  }

  private static HttpClient client() throws Exception {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_2)
        .sslContext(SelfSigned.trustingAnybody())
        .build();
  }
}
