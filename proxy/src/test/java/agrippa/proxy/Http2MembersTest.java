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
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.UpstreamOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// Members that speak HTTP/2: nginx, and the proxy itself.
@ParameterizedClass
@CsvSource({"EPOLL, OPENSSL", "EPOLL, JDK", "NIO, OPENSSL", "NIO, JDK"})
class Http2MembersTest {
  private static final Path NGINX = Path.of("/usr/sbin/nginx");

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private Fixture fixture;
  private Process nginx;

  @BeforeEach
  void start() {
    fixture = new Fixture(transport, tls);
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    if (nginx != null) {
      nginx.destroy();
      nginx.waitFor();
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
    assumeTrue(Files.isExecutable(NGINX), "nginx is not there");
    Files.writeString(folder.resolve("large"), "0123456789abcdef".repeat(1 << 16));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      InetSocketAddress address = (InetSocketAddress) free.getLocalSocketAddress();
      free.close();
      Files.writeString(folder.resolve("nginx.conf"), configuration(address.getPort(), secure));
      nginx =
          new ProcessBuilder(
                  NGINX.toString(), "-p", folder.toString(), "-c", folder + "/nginx.conf")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("nginx.log").toFile())
              .start();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!answers(address)) {
        assertThat(System.nanoTime()).as(this::log).isLessThan(end);
        Thread.yield();
      }
      return address;
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("nginx.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String configuration(int port, boolean secure) throws Exception {
    String certificate = "";
    if (secure) {
      Certificate own = SelfSigned.of("member.test").certificate();
      pem("key.pem", "PRIVATE KEY", own.key().getEncoded());
      pem("certificate.pem", "CERTIFICATE", own.chain().getFirst().getEncoded());
      certificate =
          "ssl_certificate %1$s/certificate.pem; ssl_certificate_key %1$s/key.pem;"
              .formatted(folder);
    }
    return """
        %1$s
        daemon off; worker_processes 1; pid %2$s/nginx.pid; error_log stderr;
        events { }
        http { access_log off; client_body_temp_path %2$s/body; proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi; uwsgi_temp_path %2$s/uwsgi; scgi_temp_path %2$s/scgi;
          client_max_body_size 0;
          server { listen 127.0.0.1:%3$d %4$s http2; root %2$s; %5$s
            location = /protocol { return 200 "$server_protocol $scheme $host $http_te"; }
          } }
        """
        .formatted(
            System.getProperty("user.name").equals("root") ? "user root;" : "",
            folder,
            port,
            secure ? "ssl" : "",
            certificate);
  }

  private void pem(String name, String type, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
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
