package agrippa.proxy;

import static agrippa.proxy.Fixture.allowing;
import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.optional;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import agrippa.proxy.stats.Count;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Clients of whom proxies in front tell, by the PROXY protocol.
@Cells
class ProxiesInFrontTest {
  private static final String TOLD = "PROXY TCP4 192.0.2.7 192.0.2.80 56324 8080\r\n";
  private static final String GET = "GET / HTTP/1.1\r\nHost: app.test\r\n\r\n";

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
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

  /// Tells whom requests are from; believes 127.0.0.1 and nobody else.
  private static Frontend behindProxies(Frontend frontend) {
    Frontend telling =
        inserting(frontend, HeaderInsert.X_FORWARDED_FOR, HeaderInsert.X_FORWARDED_PORT);
    return optional(
        telling, FrontendOptions.DEFAULT.withProxies(List.of(Cidr.parse("127.0.0.1/32"))));
  }

  private InetSocketAddress serve(Frontend frontend) {
    return fixture.serve(plan(behindProxies(frontend), pool(endpoint(a))));
  }

  private long count(Count what) {
    return fixture.proxy.measure("plan").orElseThrow().frontends().getFirst().count(what);
  }

  @Test
  void believesTheProxy() throws Exception {
    InetSocketAddress at = serve(frontend());
    try (Client client = Client.to(at)) {
      client.send(TOLD + GET);
      assertThat(client.receive().body()).isEqualTo("a");
      assertThat(client.get("/").body()).isEqualTo("a");
    }
    assertThat(a.requests())
        .hasSize(2)
        .allSatisfy(
            it -> {
              assertThat(it.field("X-Forwarded-For")).isEqualTo("192.0.2.7");
              assertThat(it.field("X-Forwarded-Port")).isEqualTo("8080");
            });
  }

  @Test
  void takesHeadersInPieces() throws Exception {
    InetSocketAddress at = serve(frontend());
    try (Client client = Client.to(at)) {
      for (char each : (TOLD + GET).toCharArray()) {
        client.send(String.valueOf(each));
      }
      assertThat(client.receive().body()).isEqualTo("a");
    }
    assertThat(a.requests().getFirst().field("X-Forwarded-For")).isEqualTo("192.0.2.7");
  }

  @Test
  void servesOthersAsTheyAre() throws Exception {
    InetSocketAddress at = serve(frontend());
    try (Client client = Client.from("127.0.0.2", at)) {
      assertThat(client.get("/").body()).isEqualTo("a");
    }
    try (Client liar = Client.from("127.0.0.2", at)) {
      liar.send(TOLD + GET);
      assertThat(liar.receive().status()).isEqualTo(400);
    }
    assertThat(a.requests())
        .singleElement()
        .satisfies(it -> assertThat(it.field("X-Forwarded-For")).isEqualTo("127.0.0.2"));
  }

  @Test
  void doesNotServeAProxyThatTellsNothing() throws Exception {
    InetSocketAddress at = serve(limited(frontend(), 1));
    try (Client client = Client.to(at)) {
      client.send(GET);
      assertThat(client.ending()).isEmpty();
    }
    try (Client client = Client.to(at)) {
      client.send("PROXY TCP4 192");
      client.socket().shutdownOutput();
      assertThat(client.ending()).isEmpty();
    }
    // Its place is free again.
    try (Client client = Client.to(at)) {
      client.send("PROXY UNKNOWN\r\n" + GET);
      assertThat(client.receive().body()).isEqualTo("a");
    }
    assertThat(count(Count.HEADERLESS)).isEqualTo(2);
    assertThat(fixture.counters("web").connectionsTotal()).isEqualTo(1);
    assertThat(a.requests().getFirst().field("X-Forwarded-For")).isEqualTo("127.0.0.1");
  }

  @Test
  void allowsClientsNotProxies() throws Exception {
    InetSocketAddress at = serve(allowing(frontend(), "192.0.2.0/28", "127.0.0.2/32"));
    try (Client allowed = Client.to(at);
        Client other = Client.to(at);
        Client unnamed = Client.to(at);
        Client direct = Client.from("127.0.0.2", at)) {
      allowed.send(TOLD + GET);
      assertThat(allowed.receive().body()).isEqualTo("a");
      other.send(TOLD.replace("192.0.2.7", "192.0.2.77") + GET);
      assertThat(other.ending()).isEmpty();
      unnamed.send("PROXY UNKNOWN\r\n" + GET);
      assertThat(unnamed.ending()).isEmpty();
      assertThat(direct.get("/").body()).isEqualTo("a");
    }
    assertThat(a.requests()).hasSize(2);
    assertThat(count(Count.REFUSED)).isEqualTo(2);
  }

  @Test
  void passesItOn() throws Exception {
    Backend lines =
        fixture.add(
            Backend.talking(
                "lines",
                (client, in) -> {
                  String line = new String(in.readNBytes(TOLD.length() + 5));
                  client.getOutputStream().write(line.getBytes());
                }));
    Upstream told =
        new Upstream(
            "pool",
            Upstream.Algorithm.ROUND_ROBIN,
            null,
            List.of(endpoint(lines)),
            null,
            null,
            ProxyProtocol.V1);
    InetSocketAddress at = fixture.serve(plan(behindProxies(frontend("web", Mode.TCP)), told));
    try (Client client = Client.to(at)) {
      client.send(TOLD + "hello");
      assertThat(client.receiveAll()).isEqualTo(TOLD + "hello");
    }
  }

  @Test
  void hearsFromCurlBeforeTls() throws Exception {
    InetSocketAddress at = serve(encrypted(frontend(), server()));
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl");
    for (String version : List.of("--http1.1", "--http2")) {
      String url = "https://127.0.0.1:" + at.getPort() + "/";
      assertThat(run("curl", "-sSk", version, "--haproxy-protocol", "--max-time", "30", url))
          .isEqualTo("a");
    }
    assertThat(count(Count.HEADERLESS)).isZero();
    assertThat(a.requests())
        .hasSize(2)
        .allSatisfy(
            it -> {
              assertThat(it.field("X-Forwarded-For")).isEqualTo("127.0.0.1");
              assertThat(it.field("X-Forwarded-Port")).isEqualTo(String.valueOf(at.getPort()));
            });
  }

  @Test
  void hearsFromHaproxy() throws Exception {
    Assumptions.assumeTrue(HaproxyProcess.installed(), "haproxy");
    InetSocketAddress at = serve(frontend());
    int one = HaproxyProcess.freePort();
    int two = HaproxyProcess.freePort();
    String sections =
        """
        listen one
          mode tcp
          bind 127.0.0.1:%d
          server a 127.0.0.1:%d send-proxy
        listen two
          mode tcp
          bind 127.0.0.1:%d
          server a 127.0.0.1:%d send-proxy-v2 proxy-v2-options crc32c,unique-id,authority
        """
            .formatted(one, at.getPort(), two, at.getPort());
    try (HaproxyProcess haproxy = HaproxyProcess.start(folder, sections)) {
      assertThat(haproxy.pid()).exists();
      for (int port : List.of(one, two)) {
        try (Client client = Client.from("127.0.0.9", new InetSocketAddress("127.0.0.1", port))) {
          assertThat(client.get("/").body()).isEqualTo("a");
        }
        Message seen = a.requests().getLast();
        assertThat(seen.field("X-Forwarded-For")).isEqualTo("127.0.0.9");
        assertThat(seen.field("X-Forwarded-Port")).isEqualTo(String.valueOf(port));
      }
    }
  }

  /// What HAProxy's parser makes of the header and its values.
  @Test
  void tellsHaproxyOfTls() throws Exception {
    Assumptions.assumeTrue(HaproxyProcess.installed(), "haproxy");
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl");
    int port = HaproxyProcess.freePort();
    InetSocketAddress member = new InetSocketAddress("127.0.0.1", port);
    Upstream told =
        new Upstream(
            "pool",
            Upstream.Algorithm.ROUND_ROBIN,
            null,
            List.of(new Endpoint("haproxy", member, 1, false, true, member)),
            null,
            null,
            ProxyProtocol.V2,
            UpstreamOptions.DEFAULT.withTlsTold(true));
    InetSocketAddress at = fixture.serve(plan(encrypted(frontend(), server()), told));
    String sections =
        """
        frontend member
          mode http
          bind 127.0.0.1:%d accept-proxy
          http-request return status 200 content-type text/plain lf-string "%%[fc_pp_authority] %%[src] %%[dst_port]"
        """
            .formatted(port);
    try (HaproxyProcess haproxy = HaproxyProcess.start(folder, sections)) {
      assertThat(haproxy.pid()).exists();
      String name = "one.test:" + at.getPort();
      assertThat(
              run("curl", "-sSk", "--resolve", name + ":127.0.0.1", "-m", "30", "https://" + name))
          .isEqualTo("one.test 127.0.0.1 " + at.getPort());
    }
  }

  private static TlsServer server() throws Exception {
    return new TlsServer(
        List.of(SelfSigned.of("one.test").certificate()),
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        List.of("TLSv1.2", "TLSv1.3"),
        List.of("h2", "http/1.1"),
        ClientAuth.NONE,
        List.of(),
        List.of());
  }

  private String run(String... command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(folder, "said", null);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(() -> read(said)).isZero();
    return read(said);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
