package agrippa.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server with a certificate, on an impatient clock.
class TlsServerTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final String PAGE = "https://dashboard.example.org";

  @TempDir Path folder;
  private SSLContext trusting;
  private WebServer server;

  @BeforeEach
  void start() throws Exception {
    KeyStore store = selfSigned();
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    SSLContext own = SSLContext.getInstance("TLS");
    own.init(keys.getKeyManagers(), null, null);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
    Routes routes = new Routes().get("/base", it -> Reply.text(200, it.baseUrl()));
    server =
        WebServer.start(
            WebSettings.loopback(0, UUID::randomUUID, InstantSource.system())
                .with(new WebSettings.Limits(100, 10, Duration.ofSeconds(2), Duration.ofSeconds(5)))
                .with(new Front(own, false, new Cors(Set.of(PAGE), Duration.ofHours(1)))),
            List.of(
                new Site(
                    "/things",
                    routes,
                    (it, next) -> next.handle(it),
                    new WebServerTest.PlainEdge())));
  }

  /// A key and its certificate, which is its own authority.
  private KeyStore selfSigned() throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1")
            .redirectErrorStream(true)
            .start();
    assertThat(keytool.waitFor())
        .as(new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void requestsAreEncryptedAndLinksSayIt() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      URI uri = URI.create("https://127.0.0.1:" + server.port() + "/things/base");
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).header("Origin", PAGE).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
      assertThat(answer.body()).isEqualTo(uri.toString().replace("/base", ""));
      assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains(PAGE);
    }
  }

  @Test
  void oldTlsIsRefused() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
    }
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.1"});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void plainTextIsNotAnswered() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      assertThat(end(socket, "GET /things/base HTTP/1.1\r\nHost: h\r\n\r\n")).doesNotContain("200");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0016"})
  void whoNeverFinishesTheHandshakeIsLetGo(String beginning) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      assertThat(end(socket, beginning)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G", "GET /things/base HTTP/1.1\r\nHost: h\r\n"})
  void whoNeverFinishesARequestIsLetGo(String beginning) throws Exception {
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      assertThat(end(socket, beginning)).doesNotContain("200");
    }
  }

  /// What the server says until it ends the connection, which it must.
  private static String end(Socket socket, String request) throws IOException {
    socket.setSoTimeout(30_000);
    try {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException | SSLException e) {
      // Ended without a goodbye, which a read timeout is not.
      return "";
    }
  }
}
