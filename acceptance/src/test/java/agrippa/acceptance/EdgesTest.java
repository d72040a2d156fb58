package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the API's port meets its clients: with a certificate, behind a proxy, before web pages, and
/// when it stops.
class EdgesTest {
  private static final String PAGE = "https://dashboard.example.org";
  private static final String SERIAL = "openssl x509 -noout -serial";

  @TempDir private Path folder;

  @Test
  void theCommandLineTrustsTheCertificateOfThePort() throws Exception {
    certificate();
    Path settings =
        Files.writeString(
            folder.resolve("agrippa.yaml"), "api: {certificate_file: api.pem, key_file: key.pem}");
    try (Program program = Program.start(folder.resolve("state"), settings)) {
      assertThat(program.url()).startsWith("https://127.0.0.1:");
      Map<String, String> environment = new LinkedHashMap<>(program.environment());
      assertThat(environment.get("OS_AUTH_URL")).isEqualTo(program.url() + "/identity/v3");
      environment.put("OS_CACERT", folder.resolve("api.pem").toString());
      for (List<String> command :
          List.of(
              List.of("catalog", "list", "-f", "json"),
              List.of("loadbalancer", "list", "-f", "json"),
              List.of("network", "list", "-f", "json"))) {
        Program.Result result = openstack(environment, command);
        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output()).doesNotContain("http://");
      }
      environment.remove("OS_CACERT");
      assertThat(openstack(environment, List.of("loadbalancer", "list")).errors())
          .contains("CERTIFICATE_VERIFY_FAILED");
      Program.Result health =
          Program.run(
              Map.of(),
              List.of(
                  "curl",
                  "--silent",
                  "--show-error",
                  "--cacert",
                  folder.resolve("api.pem").toString(),
                  program.url() + "/healthcheck"));
      assertThat(health.output()).as(health.errors()).isEqualTo("OK");
      assertThat(program.stop()).isEqualTo(143);
    }
  }

  @Test
  void aKeyThatDoesNotFitIsExplained() throws Exception {
    certificate();
    Files.writeString(folder.resolve("key.pem"), "no key");
    Path settings =
        Files.writeString(
            folder.resolve("agrippa.yaml"), "api: {certificate_file: api.pem, key_file: key.pem}");
    Program.Result result =
        Program.run(
            Map.of(),
            List.of(
                Program.home().resolve("agrippa").toString(),
                "serve",
                "--port",
                "0",
                "--state",
                folder.resolve("state").toString(),
                "--config",
                settings.toString()));
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errors())
        .contains("cannot serve TLS with api.certificate_file", "key.pem", "its private key")
        .doesNotContain("\tat ");
  }

  @Test
  void aRenewedCertificateIsForNewConnectionsWithoutARestart() throws Exception {
    certificate();
    Path settings =
        Files.writeString(
            folder.resolve("agrippa.yaml"), "api: {certificate_file: api.pem, key_file: key.pem}");
    try (Program program = Program.start(folder.resolve("state"), settings)) {
      String at = "127.0.0.1:" + program.port();
      String first = shown(at);
      assertThat(first).isEqualTo(inFile());
      Process old =
          new ProcessBuilder("openssl", "s_client", "-quiet", "-connect", at)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        assertThat(healthcheck(old)).endsWith("OK");
        Files.writeString(folder.resolve("api.pem"), "half of it");
        assertThat(shown(at)).isEqualTo(first);
        certificate();
        assertThat(inFile()).isNotEqualTo(first);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!shown(at).equals(inFile())) {
          assertThat(System.nanoTime()).isLessThan(end);
        }
        assertThat(healthcheck(old)).endsWith("OK");
      } finally {
        old.destroyForcibly();
      }
    }
  }

  /// What is answered on a connection that is open.
  private static String healthcheck(Process client) throws IOException {
    String request = "GET /healthcheck HTTP/1.1\r\nHost: h\r\n\r\n";
    client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nOK")) {
      int next = client.getInputStream().read();
      assertThat(next).as(answer.toString()).isNotNegative();
      answer.append((char) next);
    }
    return answer.toString();
  }

  /// The serial number of the certificate that a new client is shown.
  private static String shown(String at) throws Exception {
    Program.Result handshake =
        Program.run(
            Map.of(), List.of("sh", "-c", "openssl s_client -connect " + at + " | " + SERIAL));
    assertThat(handshake.status()).as(handshake.errors()).isZero();
    return handshake.output();
  }

  private String inFile() throws Exception {
    return Program.run(Map.of(), List.of("sh", "-c", SERIAL + " -in " + folder + "/api.pem"))
        .output();
  }

  private static Program.Result openstack(Map<String, String> environment, List<String> command)
      throws Exception {
    return Program.run(
        environment, Stream.concat(Stream.of("/usr/bin/openstack"), command.stream()).toList());
  }

  /// Its own authority, for 127.0.0.1.
  private void certificate() throws Exception {
    Program.Result made =
        Program.run(
            Map.of(),
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=agrippa",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                folder.resolve("key.pem").toString(),
                "-out",
                folder.resolve("api.pem").toString()));
    assertThat(made.status()).as(made.errors()).isZero();
  }

  @Test
  void proxiesAndPagesAreKnownToTheOperator() throws Exception {
    Path settings =
        Files.writeString(
            folder.resolve("agrippa.yaml"),
            "api: {behind_proxy: true, max_limit: 1, cors_origins: [\"" + PAGE + "\"]}");
    try (Program program = Program.start(folder.resolve("state"), settings)) {
      Api api = Api.of(program);
      String subnet = api.subnet("10.31.0.0/24");
      for (String name : List.of("first", "second")) {
        String body = "{\"loadbalancer\": {\"name\": \"%s\", \"vip_subnet_id\": \"%s\"}}";
        api.post(Api.LB + "/loadbalancers", body.formatted(name, subnet)).expect(201);
      }
      Wire wire = new Wire();
      String lists = program.url() + "/load-balancer/v2.0/lbaas/loadbalancers";
      Wire.Answer page =
          wire.get(
                  lists + "?limit=1000",
                  "X-Auth-Token",
                  api.token(),
                  "Origin",
                  PAGE,
                  "X-Forwarded-Proto",
                  "https",
                  "X-Forwarded-Host",
                  "cloud.example.org",
                  "X-Forwarded-Prefix",
                  "/lb")
              .is(200);
      assertThat(page.at("/loadbalancers")).hasSize(1);
      assertThat(page.text("/loadbalancers_links/0/href"))
          .startsWith(
              "https://cloud.example.org/lb/load-balancer/v2.0/lbaas/loadbalancers?limit=1");
      assertThat(page.headers().firstValue("Access-Control-Allow-Origin")).contains(PAGE);
      Wire.Answer refused = wire.get(lists, "Origin", PAGE).is(401);
      assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).contains(PAGE);
    }
  }

  /// SIGTERM meets a slow answer of a member: its client gets it, and nobody else is let in.
  @Test
  void connectionsUnderWayFinishWhenTheProgramStops() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    HttpServer member = slowMember(arrived, released);
    try (Program program = Program.start(folder.resolve("state"))) {
      int port = FreePorts.next();
      serve(Api.of(program), port, member.getAddress().getPort());
      try (Socket client = new Socket("127.31.0.150", port)) {
        client.setSoTimeout(20_000);
        String head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        arrived.await();
        CompletableFuture<Integer> stopped = stop(program);
        awaitRefusal("127.31.0.150", port);
        released.countDown();
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .startsWith("HTTP/1.1 200")
            .endsWith("slow");
        assertThat(stopped.get(20, TimeUnit.SECONDS)).isEqualTo(143);
      }
    } finally {
      member.stop(0);
    }
  }

  private static HttpServer slowMember(CountDownLatch arrived, CountDownLatch released)
      throws IOException {
    HttpServer member = HttpServer.create(new InetSocketAddress("127.31.0.201", 0), 10);
    member.createContext(
        "/",
        exchange -> {
          try (exchange) {
            arrived.countDown();
            released.await();
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write("slow".getBytes(StandardCharsets.US_ASCII));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    member.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    member.start();
    return member;
  }

  private static void serve(Api api, int port, int memberPort) throws Exception {
    String tree =
        """
        {"loadbalancer": {"vip_subnet_id": "%s", "vip_address": "10.31.0.150", "listeners": [
          {"protocol": "HTTP", "protocol_port": %d, "default_pool": {
            "name": "pool",
            "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
              {"address": "10.31.0.201", "protocol_port": %d}]}}]}}
        """;
    String id =
        api.post(
                Api.LB + "/loadbalancers",
                tree.formatted(api.subnet("10.31.0.0/24"), port, memberPort))
            .expect(201)
            .body()
            .at("/loadbalancer/id")
            .asString();
    api.active(id);
  }

  private static CompletableFuture<Integer> stop(Program program) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return program.stop();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void awaitRefusal(String host, int port) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end) {
      try (Socket late = new Socket(host, port)) {
        assertThat(late.isConnected()).isTrue();
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        assertThat(e).as("came in at the last moment").hasMessageContaining("reset");
      }
    }
    throw new AssertionError("still listening");
  }
}
