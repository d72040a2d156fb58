package agrippa.proxy;

import static agrippa.proxy.Fixture.encrypted;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.optional;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.encode.Decoded;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.TlsServer.ClientAuth;
import agrippa.proxy.stats.Count;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// Compressed responses as programs of others take them: curl, gzip, zstd and the JDK's client.
@ParameterizedClass
@CsvSource({"EPOLL, OPENSSL", "EPOLL, JDK", "NIO, OPENSSL", "NIO, JDK"})
class CompressionOverSocketsTest {
  private static final String CIPHERS = "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256";
  private static final List<Integer> LENGTHS = List.of(0, 1, 300, 70_000, 3 << 20);
  private static final String BODIES = text(3 << 20);

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  @TempDir Path folder;
  private final Semaphore seen = new Semaphore(0);
  private Fixture fixture;
  private Backend member;

  @BeforeEach
  void start() throws Exception {
    fixture = new Fixture(transport, tls);
    member = fixture.add(Backend.talking("member", this::talk));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /// What is like text in parts, and cannot be compressed in others.
  private static String text(int length) {
    StringBuilder text = new StringBuilder(length + 100_000);
    Random random = new Random(9);
    while (text.length() < length) {
      boolean noise = random.nextInt(3) == 0;
      for (int i = random.nextInt(30_000); i >= 0; i--) {
        text.append(noise ? (char) random.nextInt(256) : "{\"id\": 7}, ".charAt(i % 11));
      }
    }
    return text.substring(0, length);
  }

  /// Answers `/FRAMING/LENGTH`.
  private void talk(Socket client, InputStream in) throws IOException, InterruptedException {
    OutputStream out = client.getOutputStream();
    for (Message request = Message.read(in); request != null; request = Message.read(in)) {
      String[] path = request.path().split("/");
      String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
      String body = BODIES.substring(0, Integer.parseInt(path[2]));
      switch (path[1]) {
        case "length" -> send(out, head + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        case "chunked" -> {
          send(out, head + "Transfer-Encoding: chunked\r\n\r\n");
          for (int at = 0; at < body.length(); at += 12_345) {
            send(out, chunk(body.substring(at, Math.min(body.length(), at + 12_345))));
          }
          send(out, "0\r\n\r\n");
        }
        case "close" -> {
          send(out, head + "\r\n" + body);
          return;
        }
        case "broken" -> {
          send(out, head + "Content-Length: " + (body.length() + 1) + "\r\n\r\n" + body);
          return;
        }
        case "events" -> {
          send(out, head + "Transfer-Encoding: chunked\r\n\r\n");
          for (int i = 0; i < body.length(); i++) {
            send(out, chunk("event " + i + "\n"));
            if (!seen.tryAcquire(30, TimeUnit.SECONDS)) {
              throw new IOException("an event was held back");
            }
          }
          send(out, "0\r\n\r\n");
        }
        default -> throw new IOException(request.path());
      }
    }
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
  }

  private InetSocketAddress serve(Frontend frontend) {
    FrontendOptions options =
        FrontendOptions.DEFAULT.withCompression(
            new Compression(List.of(Coding.ZSTD, Coding.GZIP), List.of("text/*")));
    return fixture.serve(plan(optional(frontend, options), pool(endpoint(member))));
  }

  private InetSocketAddress secure() throws Exception {
    TlsServer server =
        new TlsServer(
            List.of(SelfSigned.of("localhost").certificate()),
            CIPHERS,
            List.of("TLSv1.2", "TLSv1.3"),
            List.of("h2", "http/1.1"),
            ClientAuth.NONE,
            List.of(),
            List.of());
    return serve(encrypted(frontend(), server));
  }

  // ---- programs

  private int run(Path out, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("errors").toFile())
            .redirectOutput(out.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(String.join(" ", command) + ": no end");
    }
    return process.exitValue();
  }

  private static String program(String name) {
    Path at = Path.of("/usr/bin", name);
    assumeTrue(Files.isExecutable(at), at + " is not there");
    return at.toString();
  }

  /// Every body by every framing, decoded by curl itself, and by gzip and zstd.
  private void tryAll(String version, String url) throws Exception {
    Path got = folder.resolve("got");
    Path decoded = folder.resolve("decoded");
    for (String framing : List.of("length", "chunked", "close")) {
      for (int length : LENGTHS) {
        String at = url + framing + "/" + length;
        byte[] body = BODIES.substring(0, length).getBytes(ISO_8859_1);

        assertThat(run(got, program("curl"), "-sk", version, "--compressed", at)).as(at).isZero();
        assertThat(Files.readAllBytes(got)).as(at).isEqualTo(body);
        // What is short and known to be is not worth it.
        boolean encoded = !framing.equals("length") || length >= 256;
        for (String coding : List.of("gzip", "zstd")) {
          String field = "Accept-Encoding: " + coding;
          assertThat(run(got, program("curl"), "-sk", version, "-H", field, at)).as(at).isZero();
          if (encoded) {
            assertThat(run(decoded, program(coding), "-dc", got.toString())).as(at).isZero();
            assertThat(Files.readAllBytes(decoded)).as(at).isEqualTo(body);
          } else {
            assertThat(Files.readAllBytes(got)).as(at).isEqualTo(body);
          }
        }
      }
    }
  }

  @Test
  void asHttp1() throws Exception {
    tryAll("--http1.1", "http://127.0.0.1:" + serve(frontend()).getPort() + "/");
  }

  @Test
  void asHttp2() throws Exception {
    tryAll("--http2-prior-knowledge", "http://127.0.0.1:" + serve(frontend()).getPort() + "/");
  }

  @Test
  void overTls() throws Exception {
    String url = "https://127.0.0.1:" + secure().getPort() + "/";
    tryAll("--http1.1", url);
    tryAll("--http2", url);
  }

  @Test
  void curlSeesWhatBreaksOff() throws Exception {
    String url = "https://127.0.0.1:" + secure().getPort() + "/broken/";
    Path got = folder.resolve("got");
    for (String version : List.of("--http1.1", "--http2")) {
      for (int length : List.of(1, 300, 200_000)) {
        assertThat(run(got, program("curl"), "-sk", version, "--compressed", url + length))
            .as(version + " " + length)
            .isNotZero();
      }
    }
  }

  // ---- one by one

  @Test
  void eventsAreNotHeldBack() throws Exception {
    int port = secure().getPort();
    for (HttpClient.Version version : HttpClient.Version.values()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/events/20"))
              .version(version)
              .header("Accept-Encoding", "gzip")
              .build();
      try (HttpClient client =
          HttpClient.newBuilder().sslContext(SelfSigned.trustingAnybody()).build()) {
        HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
        assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
        try (InputStream in = new GZIPInputStream(response.body())) {
          for (int i = 0; i < 20; i++) {
            String event = "event " + i + "\n";
            assertThat(new String(in.readNBytes(event.length()), ISO_8859_1)).isEqualTo(event);
            seen.release();
          }
          assertThat(in.read()).isNegative();
        }
      }
    }
  }

  @Test
  void aSlowClientGetsAll() throws Exception {
    InetSocketAddress at = serve(frontend());
    for (Coding coding : Coding.values()) {
      String name = coding == Coding.GZIP ? "gzip" : "zstd";
      try (Socket socket = new Socket()) {
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout(60_000);
        socket.connect(at);
        send(
            socket.getOutputStream(),
            "GET /length/3000000 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + name + "\r\n\r\n");
        Message got = Message.read(new Trickle(socket.getInputStream()));
        assertThat(Decoded.whole(coding, got.body().getBytes(ISO_8859_1)))
            .isEqualTo(BODIES.substring(0, 3_000_000).getBytes(ISO_8859_1));
      }
    }
    assertThat(fixture.proxy.measure("plan").orElseThrow().frontends().getFirst())
        .satisfies(
            it -> {
              assertThat(it.count(Count.COMPRESSED)).isEqualTo(2);
              assertThat(it.count(Count.COMPRESSED_IN)).isEqualTo(6_000_000);
              assertThat(it.count(Count.COMPRESSED_OUT)).isBetween(1L, 5_999_999L);
            });
  }

  /// Gives byte by byte.
  private static final class Trickle extends InputStream {
    private final InputStream in;

    Trickle(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      return in.read();
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      return in.read(into, from, Math.min(count, 500));
    }
  }
}
