package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.proxy.ApplyResult.NotBound;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// TLS on both sides, seen from outside.
@Cells
class EncryptionTest {
  private static final String CIPHERS =
      "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private SelfSigned one;
  private SelfSigned two;
  private Backend a;

  @BeforeEach
  void start() throws Exception {
    fixture = new Fixture(transport, tls);
    one = SelfSigned.of("one.test");
    two = SelfSigned.of("two.test");
    a = fixture.http("a");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void endsTlsAndSaysSo() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(
                inserting(encrypted(frontend(), server(one)), HeaderInsert.X_FORWARDED_PROTO),
                pool(endpoint(a))));
    try (Client client = Client.over(connect(at, null))) {
      assertThat(client.get("/").body()).isEqualTo("a");
      assertThat(client.get("/").body()).isEqualTo("a");
    }
    assertThat(a.requests().getFirst().field("X-Forwarded-Proto")).isEqualTo("https");
  }

  @Test
  void endsTlsOfByteStreams() throws Exception {
    Backend echo =
        fixture.add(
            Backend.talking("echo", (client, in) -> in.transferTo(client.getOutputStream())));
    InetSocketAddress at =
        fixture.serve(
            plan(encrypted(frontend("web", Mode.TCP), server(one)), pool(endpoint(echo))));
    try (Client client = Client.over(connect(at, null))) {
      client.send("hello");
      assertThat(client.receive(5)).isEqualTo("hello");
    }
  }

  @Test
  void choosesTheCertificateByName() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server(one, two)), pool(endpoint(a))));

    assertThat(nameAt(at, null)).isEqualTo("CN=one.test");
    assertThat(nameAt(at, "two.test")).isEqualTo("CN=two.test");
    assertThat(nameAt(at, "elsewhere.test")).isEqualTo("CN=one.test");
  }

  @Test
  void swapsCertificatesUnderConnectionsThatGoOn() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    String big = "0123456789abcdef".repeat(1 << 16);
    Backend slow =
        fixture.add(
            Backend.http(
                "slow",
                request -> {
                  if (request.path().equals("/big")) {
                    answer.await();
                    return Backend.ok(big);
                  }
                  return Backend.ok("small");
                }));
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server(one)), pool(endpoint(slow))));
    try (Client idle = Client.over(connect(at, null));
        Client busy = Client.over(connect(at, null))) {
      assertThat(idle.get("/").body()).isEqualTo("small");
      busy.send("GET /big HTTP/1.1\r\nHost: app.test\r\n\r\n");

      fixture.serve(plan(encrypted(frontend(), server(two)), pool(endpoint(slow))));

      assertThat(nameAt(at, null)).isEqualTo("CN=two.test");
      assertThat(idle.get("/").body()).isEqualTo("small");
      answer.countDown();
      assertThat(busy.receive().body()).hasSize(big.length());
      assertThat(busy.get("/").body()).isEqualTo("small");
    }
  }

  @Test
  void aKeyThatDoesNotFitIsToldAndLeavesWhatServed() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server(one)), pool(endpoint(a))));
    Certificate wrong = new Certificate(one.certificate().chain(), two.certificate().key());

    ApplyResult result =
        fixture.proxy.apply(plan(encrypted(frontend(), server(List.of(wrong))), pool(endpoint(a))));

    assertThat(result.frontends().get("web")).isInstanceOf(NotBound.class);
    assertThat(((NotBound) result.frontends().get("web")).reason()).startsWith("TLS: ");
    assertThat(nameAt(at, null)).isEqualTo("CN=one.test");
  }

  @Test
  void clientsThatFailTheHandshakeLeaveTheirPlaceToOthers() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(limited(encrypted(frontend(), server(one)), 1), pool(endpoint(a))));
    try (Client gone = Client.to(at);
        Client broken = Client.to(at)) {
      fixture.awaitConnections("web", 1);
      broken.send("GET / HTTP/1.1\r\n\r\n");
      gone.close();

      try (Client client = Client.over(connect(at, null))) {
        assertThat(client.get("/").body()).isEqualTo("a");
      }
      assertThat(broken.socket().isConnected()).isTrue();
    }
  }

  @Test
  void tlsComesAndGoesAtAnAddress() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));
    try (Client plain = Client.to(at)) {
      assertThat(plain.get("/").body()).isEqualTo("a");

      fixture.serve(plan(encrypted(frontend(), server(one)), pool(endpoint(a))));

      assertThat(plain.receive()).isNull();
    }
    try (Client client = Client.over(connect(at, null))) {
      assertThat(client.get("/").body()).isEqualTo("a");
    }
    fixture.serve(plan(pool(endpoint(a))));
    assertThat(Client.get(at, "/").body()).isEqualTo("a");
  }

  @Test
  void encryptsTowardsEndpoints() throws Exception {
    Backend secret = fixture.add(secret());
    InetSocketAddress at = fixture.serve(plan(encrypted(pool(endpoint(secret)), trusting(one))));

    assertThat(Client.get(at, "/").body()).isEqualTo("secret");
  }

  @Test
  void doesNotTalkToAnEndpointThatIsNotTrusted() throws Exception {
    Backend secret = fixture.add(secret());
    InetSocketAddress at = fixture.serve(plan(encrypted(pool(endpoint(secret)), trusting(two))));

    assertThat(Client.get(at, "/").status()).isEqualTo(503);
  }

  @Test
  void checksOverTlsWhateverTheCertificate() throws Exception {
    Backend secret = fixture.add(secret());
    for (Check.Probe probe :
        List.of(
            new Check.Probe.TlsHello(),
            new Check.Probe.Http(
                true, "GET", "/", "1.1", "x.test", List.of(new Check.StatusRange(200, 200))))) {
      fixture.proxy.remove("plan");
      fixture.serve(plan(Fixture.checked(probe, encrypted(pool(endpoint(secret)), trusting(one)))));

      secret.kill();
      fixture.await("secret", ProxyReport.EndpointState.DOWN);
      secret.revive();
      fixture.await("secret", ProxyReport.EndpointState.UP);
    }
  }

  @Test
  void routesByTheClientsCertificate() throws Exception {
    Backend known = fixture.http("known");
    Backend named = fixture.http("named");
    TlsServer asking =
        new TlsServer(
            List.of(one.certificate()),
            CIPHERS,
            VERSIONS,
            List.of("http/1.1"),
            ClientAuth.OPTIONAL,
            two.certificate().chain(),
            List.of());
    InetSocketAddress at =
        fixture.serve(
            plan(
                routed(
                    inserting(
                        encrypted(frontend(), asking),
                        HeaderInsert.X_SSL_CLIENT_CN,
                        HeaderInsert.X_SSL_CLIENT_VERIFY),
                    route(
                        "named",
                        new Match(new Subject.ClientName("CN"), Comparison.ENDS_WITH, "x", false)),
                    route(
                        "known",
                        new Match(
                            new Subject.ClientCertificate(), Comparison.EQUAL_TO, "True", false),
                        new Match(
                            new Subject.ClientVerifyResult(), Comparison.EQUAL_TO, "0", false))),
                pool(endpoint(a)),
                pool("known", endpoint(known)),
                pool("named", endpoint(named))));

    try (Client nobody = Client.over(connect(at, null));
        Client somebody = Client.over(connect(at, null, two.client()))) {
      assertThat(nobody.get("/").body()).isEqualTo("a");
      assertThat(somebody.get("/").body()).isEqualTo("known");
    }
    Message request = known.requests().getFirst();
    assertThat(request.field("X-SSL-Client-CN")).isEqualTo("two.test");
    assertThat(request.field("X-SSL-Client-Verify")).isEqualTo("0");
  }

  private static Route route(String upstream, Match... matches) {
    return new Route(upstream, List.of(matches), new Route.Action.Forward(upstream));
  }

  @Test
  void aFrontendWithoutTlsRefusesIt() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a))));

    assertThatThrownBy(() -> connect(at, null)).isInstanceOf(IOException.class);
  }

  /// A server of TLS with the first certificate.
  private Backend secret() throws IOException {
    return Backend.talking(
        "secret",
        (plain, _) -> {
          SSLSocket socket =
              (SSLSocket) one.context().getSocketFactory().createSocket(plain, null, false);
          socket.setUseClientMode(false);
          while (Message.read(socket.getInputStream()) != null) {
            socket.getOutputStream().write(Backend.ok("secret").getBytes());
          }
        });
  }

  private static SSLSocket connect(InetSocketAddress at, String serverName) throws Exception {
    return connect(at, serverName, SelfSigned.trustingAnybody());
  }

  private static SSLSocket connect(InetSocketAddress at, String serverName, SSLContext context)
      throws Exception {
    Socket plain = new Socket(at.getAddress(), at.getPort());
    plain.setSoTimeout(30_000);
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(plain, at.getAddress().getHostAddress(), at.getPort(), true);
    if (serverName != null) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(serverName)));
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    return socket;
  }

  private static String nameAt(InetSocketAddress at, String serverName) throws Exception {
    try (SSLSocket socket = connect(at, serverName)) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  private static TlsServer server(SelfSigned... owners) {
    return server(List.of(owners).stream().map(SelfSigned::certificate).toList());
  }

  private static TlsServer server(List<Certificate> certificates) {
    return new TlsServer(
        certificates,
        CIPHERS,
        VERSIONS,
        List.of("http/1.1"),
        ClientAuth.NONE,
        List.of(),
        List.of());
  }

  private static TlsClient trusting(SelfSigned issuer) {
    return new TlsClient(
        null, issuer.certificate().chain(), List.of(), CIPHERS, VERSIONS, List.of());
  }
}
