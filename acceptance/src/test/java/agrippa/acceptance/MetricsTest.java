package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// PROMETHEUS listeners, and what Prometheus itself says of their pages.
class MetricsTest {
  private static final String PROMTOOL = "/usr/bin/promtool";

  @TempDir private Path folder;

  @Test
  void tellPrometheusWhatHappened() throws Exception {
    Debian.needWithoutStarting(Map.of(PROMTOOL, "prometheus"));
    try (Program program = Program.start(folder.resolve("state"));
        Backend backend = Backend.start("web", "127.20.0.11", 0)) {
      Api api = Api.of(program);
      int web = FreePorts.next();
      int metrics = FreePorts.next();
      JsonNode created =
          api.post(
                  Api.LB + "/loadbalancers",
                  """
                  {"loadbalancer": {"vip_subnet_id": "%s", "listeners": [
                    {"name": "web", "protocol": "HTTP", "protocol_port": %d, "default_pool":
                      {"name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
                        {"address": "10.20.0.11", "protocol_port": %d}]}},
                    {"name": "secure", "protocol": "TERMINATED_HTTPS", "protocol_port": %d,
                     "default_tls_container_ref": "%s"},
                    {"name": "metrics", "protocol": "PROMETHEUS", "protocol_port": %d,
                     "connection_limit": 200, "allowed_cidrs": ["127.0.0.0/8"],
                     "timeout_client_data": 1000, "timeout_member_connect": 1000,
                     "timeout_member_data": 1000, "timeout_tcp_inspect": 50}]}}
                  """
                      .formatted(
                          api.subnet("10.20.0.0/24"),
                          web,
                          backend.port(),
                          FreePorts.next(),
                          api.secret(Certificates.bundle("shop.example")),
                          metrics))
              .expect(201)
              .body()
              .path("loadbalancer");
      api.active(created.path("id").asString());
      String vip = created.path("vip_address").asString().replaceFirst("^10", "127");
      try (KeepAliveClient client = KeepAliveClient.connect(vip, web)) {
        for (int i = 0; i < 25; i++) {
          assertThat(client.get("/").status()).isEqualTo(200);
        }
      }

      Program.Result page =
          Program.run(
              Map.of(), List.of("curl", "-fsS", "http://" + vip + ":" + metrics + "/metrics"));

      assertThat(page.status()).as(page.errors()).isZero();
      String listener = id(created, "listeners", "web");
      String pool = created.at("/pools/0/id").asString();
      String member = created.at("/pools/0/members/0/id").asString();
      String ofMember = "{pool=\"%s:%s\",member=\"%s\"} ".formatted(pool, listener, member);
      assertThat(page.output().lines())
          .contains(
              "octavia_listener_http_requests_total{listener=\"%s\"} 25".formatted(listener),
              "octavia_pool_http_requests_total{pool=\"%s:%s\"} 25".formatted(pool, listener),
              "octavia_member_sessions_total" + ofMember + "25",
              "octavia_member_weight" + ofMember + "1");
      Path saved = Files.writeString(folder.resolve("page"), page.output());
      Program.Result checked =
          Program.run(Map.of(), List.of("sh", "-c", PROMTOOL + " check metrics <" + saved));
      assertThat(checked.status()).as(checked.output() + checked.errors()).isZero();

      Program.Result all =
          Program.run(Map.of(), List.of("curl", "-fsS", program.url() + "/metrics"));
      assertThat(all.output().lines())
          .as(all.errors())
          .contains(
              "octavia_listener_http_requests_total{project=\"%s\",loadbalancer=\"%s\",listener=\"%s\"} 25"
                  .formatted(
                      created.path("project_id").asString(),
                      created.path("id").asString(),
                      listener))
          .contains("agrippa_loadbalancers 1")
          .anyMatch(it -> it.startsWith("agrippa_certificate_expiry_seconds{"));
      Path savedToo = Files.writeString(folder.resolve("all"), all.output());
      Program.Result checkedToo =
          Program.run(Map.of(), List.of("sh", "-c", PROMTOOL + " check metrics <" + savedToo));
      assertThat(checkedToo.status()).as(checkedToo.output() + checkedToo.errors()).isZero();
    }
  }

  @Test
  void tellOnlyThoseWithACertificateIfTheyAreToldTo() throws Exception {
    try (Program program = Program.start(folder.resolve("state"))) {
      Api api = Api.of(program);
      byte[] server = Certificates.bundle("metrics.example");
      byte[] friend = Certificates.bundle("friend");
      int port = FreePorts.next();
      JsonNode created =
          api.post(
                  Api.LB + "/loadbalancers",
                  """
                  {"loadbalancer": {"vip_subnet_id": "%s", "listeners": [
                    {"protocol": "PROMETHEUS", "protocol_port": %d,
                     "default_tls_container_ref": "%s", "client_ca_tls_container_ref": "%s",
                     "client_authentication": "MANDATORY"}]}}
                  """
                      .formatted(
                          api.subnet("10.20.0.0/24"),
                          port,
                          api.secret(server),
                          api.secret(Certificates.pem(friend))))
              .expect(201)
              .body()
              .path("loadbalancer");
      api.active(created.path("id").asString());
      String vip = created.path("vip_address").asString().replaceFirst("^10", "127");

      assertThat(get(vip, port, context(server, friend)))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("octavia_loadbalancer_current_connections 1\n");
      assertThatThrownBy(() -> get(vip, port, context(server, null)))
          .isInstanceOf(IOException.class);
    }
  }

  private static String id(JsonNode balancer, String kind, String name) {
    for (JsonNode it : balancer.path(kind)) {
      if (it.path("name").asString().equals(name)) {
        return it.path("id").asString();
      }
    }
    throw new AssertionError("no " + name + " in " + balancer);
  }

  /// @param own the client's certificate, or null
  private static SSLContext context(byte[] server, byte[] own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", Certificates.read(server).getCertificate("key"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own == null ? null : Certificates.read(own), new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    return context;
  }

  private static String get(String address, int port, SSLContext context) throws IOException {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(address, port)) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readAllBytes();
      if (answer.length == 0) {
        throw new IOException("no answer");
      }
      return new String(answer, StandardCharsets.US_ASCII);
    }
  }
}
