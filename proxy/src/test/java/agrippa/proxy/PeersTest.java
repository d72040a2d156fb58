package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.optional;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Between programs of others: curl, openssl and ncat are clients; HAProxy and ncat are endpoints
/// that tell, or insist on, what they are sent.
@Cells
class PeersTest {
  private static final String CIPHERS = "ECDHE-ECDSA-AES128-GCM-SHA256";
  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private Fixture fixture;
  private SelfSigned own;
  private final List<AutoCloseable> peers = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        HaproxyProcess.installed() && Files.isExecutable(Path.of("/usr/bin/ncat")),
        "Debian: haproxy, ncat");
    fixture = new Fixture(transport, tls);
    own = SelfSigned.of("one.test");
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    for (AutoCloseable each : peers) {
      each.close();
    }
  }

  /// A HAProxy that answers every request with what it saw.
  ///
  /// @param bind further words of its `bind`
  private Endpoint telling(String bind, String told) throws Exception {
    int port = HaproxyProcess.freePort();
    peers.add(
        HaproxyProcess.start(
            folder,
            """
            frontend telling
              mode http
              bind 127.0.0.1:%d %s
              http-request return status 200 content-type text/plain lf-string "%s"
            """
                .formatted(port, bind, told)));
    InetSocketAddress at = new InetSocketAddress("127.0.0.1", port);
    return new Endpoint("telling", at, 1, false, true, at);
  }

  private static Upstream told(Upstream u, ProxyProtocol how) {
    return new Upstream(
        u.name(),
        u.algorithm(),
        u.persistence(),
        u.endpoints(),
        u.check(),
        u.tls(),
        how,
        u.options().withTlsTold(true));
  }

  private TlsServer server(String... alpn) {
    return new TlsServer(
        List.of(own.certificate()),
        CIPHERS,
        VERSIONS,
        List.of(alpn),
        ClientAuth.NONE,
        List.of(),
        List.of());
  }

  private TlsClient client(Certificate certificate, List<String> versions, String... alpn) {
    return new TlsClient(certificate, List.of(), List.of(), CIPHERS, versions, List.of(alpn));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  private static String curl(InetSocketAddress at, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-k", "--max-time", "30"));
    command.addAll(List.of(more));
    int port = at.getPort();
    command.add("--resolve");
    command.add("one.test:" + port + ":127.0.0.1");
    return run(command.toArray(String[]::new));
  }

  private static String url(String scheme, InetSocketAddress at) {
    return scheme + "://one.test:" + at.getPort() + "/";
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void endpointsAreToldWhoseTheConnectionIs(ProxyProtocol how) throws Exception {
    Endpoint telling = telling("accept-proxy", "%[src] %[src_port] %[dst] %[dst_port]");
    InetSocketAddress at = fixture.serve(plan(told(pool(telling), how)));
    try (Client client = Client.from("127.0.0.9", at)) {
      assertThat(client.get("/").body())
          .isEqualTo(
              "127.0.0.9 %d 127.0.0.1 %d".formatted(client.socket().getLocalPort(), at.getPort()));
    }
    // Byte streams, too: ncat speaks HTTP by hand.
    InetSocketAddress bytes =
        fixture.serve(plan(frontend("web", Mode.TCP), told(pool(telling), how)));
    Process ncat =
        new ProcessBuilder("ncat", "-s", "127.0.0.8", "127.0.0.1", "" + bytes.getPort()).start();
    peers.add(ncat::destroy);
    ncat.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ncat.getOutputStream().flush();
    assertThat(new String(ncat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
        .contains("\r\n\r\n127.0.0.8 ")
        .endsWith(" 127.0.0.1 " + bytes.getPort());
  }

  @Test
  void endpointsAreToldOfTheClientsTls() throws Exception {
    Endpoint telling = telling("accept-proxy", "%[fc_pp_authority] %[src]");
    Frontend secure = encrypted(frontend(), server("http/1.1"));
    InetSocketAddress at = fixture.serve(plan(secure, told(pool(telling), ProxyProtocol.V2)));
    assertThat(curl(at, url("https", at))).isEqualTo("one.test 127.0.0.1");
  }

  @Test
  void endpointsAreAskedForTheNameThatTheClientAskedFor() throws Exception {
    Path key = SelfSigned.of("member.test").pem(folder.resolve("member.pem"));
    Endpoint telling =
        telling("ssl crt " + key, "%[ssl_fc_sni] %[ssl_fc_protocol] %[ssl_fc_cipher]");
    Upstream twelve = encrypted(pool(telling), client(null, List.of("TLSv1.2")));
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server("h2", "http/1.1")), twelve));
    assertThat(curl(at, "--http2", url("https", at)))
        .isEqualTo("one.test TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256");
    Upstream thirteen = encrypted(pool(telling), client(null, List.of("TLSv1.3")));
    at = fixture.serve(plan(encrypted(frontend(), server("http/1.1")), thirteen));
    assertThat(curl(at, url("https", at))).startsWith("one.test TLSv1.3 TLS_AES_");
  }

  @Test
  void endpointsThatInsistOnACertificateGetOurs() throws Exception {
    Path key = SelfSigned.of("member.test").pem(folder.resolve("member.pem"));
    SelfSigned friend = SelfSigned.of("friend.test");
    Path friends = friend.pem(folder.resolve("friend.pem"));
    Endpoint telling =
        telling(
            "ssl crt %s ca-file %s verify required".formatted(key, friends),
            "%{+Q}[ssl_c_s_dn] %[ssl_c_verify]");
    InetSocketAddress at =
        fixture.serve(plan(encrypted(pool(telling), client(friend.certificate(), VERSIONS))));
    assertThat(curl(at, url("http", at))).contains("friend.test").endsWith(" 0");
    for (Certificate other : new Certificate[] {null, own.certificate()}) {
      at = fixture.serve(plan(encrypted(pool(telling), client(other, List.of("TLSv1.2")))));
      assertThat(curl(at, "-o", "/dev/null", "-w", "%{http_code}", url("http", at)))
          .isEqualTo("503");
    }
  }

  @Test
  void endpointsAreAskedInWhatTheyAgreeTo() throws Exception {
    Path key = SelfSigned.of("member.test").pem(folder.resolve("member.pem"));
    Endpoint telling = telling("ssl crt " + key + " alpn h2,http/1.1", "%[ssl_fc_alpn] %HV");
    for (List<String> offered : List.of(List.of("h2", "http/1.1"), List.of("http/1.1"))) {
      Upstream upstream =
          encrypted(pool(telling), client(null, VERSIONS, offered.toArray(String[]::new)));
      InetSocketAddress at =
          fixture.serve(plan(encrypted(frontend(), server("h2", "http/1.1")), upstream));
      String version = offered.getFirst().equals("h2") ? "HTTP/2.0" : "HTTP/1.1";
      for (String way : List.of("--http1.0", "--http1.1", "--http2")) {
        assertThat(curl(at, way, url("https", at))).isEqualTo(offered.getFirst() + " " + version);
      }
    }
  }

  /// nginx reads chunks on their way in, and writes such on their way out.
  @Test
  void chunksAreReadByOthers() throws Exception {
    assumeTrue(NginxProcess.installed(), "Debian: nginx-light");
    String text = "0123456789abcdef".repeat(20_000);
    Backend behind =
        fixture.add(
            Backend.http(
                "behind",
                request ->
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(request.body().length())
                        + "\r\n"
                        + request.body()
                        + "\r\n0\r\n\r\n"));
    NginxProcess nginx =
        NginxProcess.start(
            folder,
            "",
            """
            location / { proxy_pass http://127.0.0.1:%d; proxy_http_version 1.1;
              proxy_request_buffering off; proxy_buffering off;
              add_header Seen "$http_transfer_encoding,$http_content_length"; }
            """
                .formatted(behind.address().getPort()));
    peers.add(nginx);
    Endpoint member = new Endpoint("nginx", nginx.address(), 1, false, true, nginx.address());
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server("h2", "http/1.1")), pool(member)));
    Path body = Files.writeString(folder.resolve("upload"), text);
    for (String way : List.of("--http1.1", "--http2")) {
      String[] upload = {
        way, "-D", "-", "-H", "Transfer-Encoding: chunked", "-T", body.toString(), url("https", at)
      };
      String said = curl(at, upload);
      assertThat(said).containsIgnoringCase("seen: chunked,\r\n").endsWith(text);
    }
    assertThat(behind.requests()).hasSize(2).allMatch(it -> it.body().equals(text));
  }

  @Test
  void manyStreamsOfManyClientsAreServed() throws Exception {
    Path key = SelfSigned.of("member.test").pem(folder.resolve("member.pem"));
    Endpoint telling = telling("ssl crt " + key + " alpn h2", "%HV");
    Upstream upstream = encrypted(pool(telling), client(null, VERSIONS, "h2", "http/1.1"));
    InetSocketAddress at = fixture.serve(plan(encrypted(frontend(), server("h2")), upstream));
    String report =
        run("h2load", "-n1000", "-c8", "-m32", "https://127.0.0.1:" + at.getPort() + "/");
    assertThat(report).contains("status codes: 1000 2xx, 0 3xx, 0 4xx, 0 5xx");
  }

  @Test
  void sessionsOfTlsAreResumedAcrossChanges() throws Exception {
    Endpoint telling = telling("", "hello");
    InetSocketAddress at =
        fixture.serve(plan(encrypted(frontend(), server("http/1.1")), pool(telling)));
    Path session = folder.resolve("session");
    String[] client = {
      "sh",
      "-c",
      "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -ign_eof -tls1_2 -connect 127.0.0.1:"
          + at.getPort()
          + " \"$@\"",
      "sh",
      "-sess_out",
      session.toString()
    };
    assertThat(run(client)).contains("New, TLSv1.2").contains("hello");
    client[4] = "-sess_in";
    assertThat(run(client)).contains("Reused, TLSv1.2");
    // The same TLS, other endpoints.
    fixture.serve(plan(encrypted(frontend(), server("http/1.1")), pool(telling, telling2())));
    assertThat(run(client)).contains("Reused, TLSv1.2");
  }

  private static Endpoint telling2() {
    InetSocketAddress nobody = new InetSocketAddress("127.0.0.1", 1);
    return new Endpoint("nobody", nobody, 1, false, false, nobody);
  }

  /// By IPv6, with ncat on both sides.
  @Test
  void bytesAndDatagramsOfTheOtherVersionOfIp() throws Exception {
    for (boolean datagrams : new boolean[] {false, true}) {
      int port = HaproxyProcess.freePort();
      List<String> serve = new ArrayList<>(List.of("ncat", "-6", "-k", "-l", "::1", "" + port));
      serve.addAll(datagrams ? List.of("-u", "-e", "/bin/cat") : List.of("-e", "/bin/cat"));
      Process server = new ProcessBuilder(serve).start();
      peers.add(server::destroy);
      InetSocketAddress behind = new InetSocketAddress("::1", port);
      Endpoint cat = new Endpoint("cat", behind, 1, false, true, behind);
      Frontend six =
          Fixture.bound(
              frontend("web", datagrams ? Mode.UDP : Mode.TCP), new InetSocketAddress("::1", 0));
      fixture.proxy.remove("plan");
      InetSocketAddress at = fixture.serve(plan(six, pool(cat)));
      List<String> ask = new ArrayList<>(List.of("ncat", "-6", "::1", "" + at.getPort()));
      if (datagrams) {
        ask.add("-u");
      }
      assertThat(echo(ask)).isEqualTo("hello\n");
    }
  }

  /// What an echoing server says; asked again until it is there.
  private String echo(List<String> command) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      Process ncat = new ProcessBuilder(command).redirectErrorStream(true).start();
      peers.add(ncat::destroy);
      try {
        ncat.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        ncat.getOutputStream().flush();
      } catch (IOException e) {
        // It was refused.
        continue;
      }
      Thread patience =
          Thread.startVirtualThread(
              () -> {
                try {
                  if (!ncat.waitFor(5, TimeUnit.SECONDS)) {
                    ncat.destroy();
                  }
                } catch (InterruptedException e) {
                  // It has answered.
                }
              });
      byte[] answer = ncat.getInputStream().readNBytes(6);
      patience.interrupt();
      ncat.destroy();
      if (answer.length == 6) {
        return new String(answer, StandardCharsets.US_ASCII);
      }
    }
    throw new AssertionError("no answer to " + command);
  }

  @Test
  void newFlowsOfDatagramsAreDroppedBeyondTheRate() throws Exception {
    DatagramBackend backend = fixture.datagrams("a");
    Upstream one = pool(Fixture.endpoint(backend));
    FrontendOptions twoAnHour =
        FrontendOptions.DEFAULT.withPerClient(
            new PerClient(new PerClient.Rate(1, 3_600_000, 2), 0));
    Frontend limited = optional(frontend("dns", Mode.UDP), twoAnHour);
    InetSocketAddress at = fixture.serve(plan(limited, one));
    try (DatagramClient first = DatagramClient.from("127.0.0.7", at);
        DatagramClient second = DatagramClient.from("127.0.0.7", at);
        DatagramClient third = DatagramClient.from("127.0.0.7", at);
        DatagramClient other = DatagramClient.from("127.0.0.6", at)) {
      assertThat(first.name()).isEqualTo("a");
      assertThat(second.name()).isEqualTo("a");
      assertThat(third.hearsNothing()).isTrue();
      // Flows that are there go on, and others have a rate of their own.
      assertThat(first.name()).isEqualTo("a");
      assertThat(other.name()).isEqualTo("a");
    }
  }
}
