package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.encode.Decoded;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.UpstreamOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/// Members that speak HTTP/2: nginx, and the proxy itself.
@Cells
class Http2MembersTest {
  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private Fixture fixture;
  private NginxProcess nginx;

  @BeforeEach
  void start() {
    fixture = new Fixture(transport, tls);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    if (nginx != null) {
      nginx.close();
    }
  }

  private static Upstream speakingHttp2(Upstream u) {
    return new Upstream(
        u.name(),
        u.algorithm(),
        u.persistence(),
        u.endpoints(),
        u.check(),
        u.tls(),
        u.proxyProtocol(),
        UpstreamOptions.DEFAULT.withHttp2(true));
  }

  private static Endpoint at(InetSocketAddress address) {
    return new Endpoint("member", address, 1, false, true, address);
  }

  /// An nginx that speaks HTTP/2 only, or over TLS what is agreed.
  private InetSocketAddress nginx(boolean secure) throws Exception {
    assumeTrue(NginxProcess.installed(), "nginx is not there");
    Files.writeString(folder.resolve("large"), "0123456789abcdef".repeat(1 << 16));
    String location =
        "location = /protocol { return 200 \"$server_protocol $scheme $host $http_te\"; }";
    if (secure) {
      Path key = SelfSigned.of("member.test").pem(folder.resolve("member.pem"));
      location += "ssl_certificate %1$s; ssl_certificate_key %1$s;".formatted(key);
    }
    nginx = NginxProcess.start(folder, secure ? "ssl http2" : "http2", location);
    return nginx.address();
  }

  private static TlsClient offering(String... alpn) {
    return new TlsClient(
        null,
        List.of(),
        List.of(),
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        List.of("TLSv1.2", "TLSv1.3"),
        List.of(alpn));
  }

  private void serves(ProxyPlan plan, String protocol, String scheme) throws IOException {
    InetSocketAddress at = fixture.serve(plan);
    try (Client client = Client.to(at)) {
      for (int i = 0; i < 5; i++) {
        assertThat(client.get("/protocol").body()).startsWith(protocol + " " + scheme + " ");
      }
      assertThat(client.get("/large").body()).hasSize(1 << 20);
      assertThat(client.get("/missing").status()).isEqualTo(404);
      assertThat(client.get("/protocol").body()).startsWith(protocol);
    }
  }

  @Test
  void whatTheySendIsCompressed() throws Exception {
    FrontendOptions options =
        FrontendOptions.DEFAULT.withCompression(
            new Compression(List.of(Coding.GZIP, Coding.ZSTD), List.of("text/*")));
    InetSocketAddress at =
        fixture.serve(
            plan(Fixture.optional(frontend(), options), speakingHttp2(pool(at(nginx(false))))));
    try (Client client = Client.to(at)) {
      for (Coding coding : List.of(Coding.GZIP, Coding.ZSTD, Coding.GZIP)) {
        String name = coding == Coding.GZIP ? "gzip" : "zstd";
        Message large = client.get("/large", "Accept-Encoding: " + name);
        assertThat(large.field("Content-Encoding")).isEqualTo(name);
        assertThat(Decoded.whole(coding, large.body().getBytes(StandardCharsets.ISO_8859_1)))
            .asString()
            .isEqualTo("0123456789abcdef".repeat(1 << 16));
      }
    }
  }

  @Test
  void nginxThatIsKnownToSpeakIt() throws Exception {
    serves(plan(speakingHttp2(pool(at(nginx(false))))), "HTTP/2.0", "http");
  }

  @Test
  void nginxThatAgreesToIt() throws Exception {
    Upstream offered = encrypted(pool(at(nginx(true))), offering("h2", "http/1.1"));
    serves(plan(offered), "HTTP/2.0", "https");
  }

  @Test
  void nginxThatIsNotAsked() throws Exception {
    Upstream offered = encrypted(pool(at(nginx(true))), offering("http/1.1"));
    serves(plan(offered), "HTTP/1.1", "https");
  }

  /// Through two proxies, the inner one a member of the outer one, to somebody of HTTP/1.1.
  private InetSocketAddress throughTwo(Fixture inner, Backend last) {
    InetSocketAddress member = inner.serve(plan(pool(endpoint(last))));
    return fixture.serve(plan(speakingHttp2(pool(at(member)))));
  }

  @Test
  void carriesTrailersAndBodiesOfUnknownLength() throws Exception {
    try (Fixture inner = new Fixture(transport, tls)) {
      Backend last =
          inner.add(
              Backend.http(
                  "last",
                  request ->
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + Integer.toHexString(request.body().length())
                          + "\r\n"
                          + request.body()
                          + "\r\n0\r\nChecksum: 9\r\n\r\n"));
      InetSocketAddress at = throughTwo(inner, last);
      String body = "0123456789".repeat(30_000);
      try (Client client = Client.to(at)) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length())
                + "\r\n"
                + body
                + "\r\n0\r\nOwn: 1\r\n\r\n");
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("0\r\nchecksum: 9\r\n\r\n")) {
          answer.append(client.receive(1));
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ").contains("transfer-encoding: chunked\r\n");
      }
      assertThat(last.requests().getFirst().body()).isEqualTo(body);
      assertThat(last.requests().getFirst().field("host")).isEqualTo("a");
    }
  }

  @Test
  void sharesConnections() throws Exception {
    try (Fixture inner = new Fixture(transport, tls)) {
      Backend last = inner.http("last");
      InetSocketAddress at = throughTwo(inner, last);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Client client = Client.to(at);
        clients.add(client);
        assertThat(client.get("/" + i).body()).isEqualTo("last");
      }
      for (Client client : clients) {
        client.close();
      }
      // Two loops, each with a connection of its own.
      assertThat(inner.counters("web").connectionsTotal()).isLessThanOrEqualTo(2);
      assertThat(last.requests()).hasSize(40);
    }
  }
}
