package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The main flow against a real Keystone and a real Barbican: tokens expire in the middle of it,
/// Barbican goes and comes back, and Keystone forgets all tokens.
class RealCloudTest {
  private static final String MEMBER = "127.41.0.201";

  @TempDir private Path folder;

  @Test
  void trafficGoesOnWhileTokensExpireAndServicesRestart() throws Exception {
    try (RealCloud cloud = RealCloud.start(folder);
        Backend backend = Backend.start("one", MEMBER, 0);
        Program program = Program.start(folder.resolve("state"), configuration(cloud))) {
      Scene scene = new Scene(cloud, program, FreePorts.next(), backend.port());
      scene.build();
      scene.strangersMayNotUseTheSecret();
      scene.serviceUserIsInTheAccessListAndRegistered();
      scene.tokensExpire();
      scene.barbicanRestarts();
      scene.keystoneForgetsAllTokens();
      scene.keystoneGoesAway();
      scene.tearDown();
    }
  }

  private Path configuration(RealCloud cloud) throws IOException {
    Files.writeString(folder.resolve("password"), cloud.password() + "\n");
    return Files.writeString(
        folder.resolve("agrippa.yaml"),
        """
        identity:
          service: keystone
          url: %s/v3
          region: RegionOne
          user: %s
          password_file: password
          cache: 2
        secret:
          service: barbican
          cache: 0.1
        """
            .formatted(cloud.keystoneUrl(), RealCloud.SERVICE_USER));
  }

  /// A load balancer with a TLS listener, and what happens around it.
  private static final class Scene {
    private final RealCloud cloud;
    private final Program program;
    private final int port;
    private final int memberPort;
    private String secret = "";
    private String balancer = "";
    private String pool = "";
    private String listener = "";
    private String vip = "";

    Scene(RealCloud cloud, Program program, int port, int memberPort) {
      this.cloud = cloud;
      this.program = program;
      this.port = port;
      this.memberPort = memberPort;
    }

    private Api demo() throws Exception {
      return Api.of(program, cloud.token("demo", "demo"));
    }

    void build() throws Exception {
      secret = cloud.secret(Certificates.bundle("first.example.com"));
      Api api = demo();
      JsonNode created =
          api.post(
                  Api.LB + "/loadbalancers",
                  """
                  {"loadbalancer": {"vip_subnet_id": "%s",
                    "pools": [{"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                      "members": [{"address": "10.41.0.201", "protocol_port": %d}]}],
                    "listeners": [
                      {"name": "https", "protocol": "TERMINATED_HTTPS", "protocol_port": %d,
                       "default_tls_container_ref": "%s", "default_pool": {"name": "p"}}]}}
                  """
                      .formatted(api.subnet("10.41.0.0/24"), memberPort, port, secret))
              .expect(201)
              .body()
              .path("loadbalancer");
      balancer = created.path("id").asString();
      pool = created.at("/pools/0/id").asString();
      listener = created.at("/listeners/0/id").asString();
      vip = created.path("vip_address").asString().replaceFirst("^10", "127");
      api.active(balancer);
      assertServed("first.example.com");
    }

    void strangersMayNotUseTheSecret() throws Exception {
      Api stranger = Api.of(program, cloud.token("other", "other"));
      Api.Answer answer =
          stranger.post(
              Api.LB + "/loadbalancers",
              """
              {"loadbalancer": {"vip_subnet_id": "%s", "listeners": [
                {"protocol": "TERMINATED_HTTPS", "protocol_port": 443,
                 "default_tls_container_ref": "%s"}]}}
              """
                  .formatted(stranger.subnet("10.42.0.0/24"), secret));
      assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
      assertThat(answer.body().path("faultstring").asString()).contains(secret);
    }

    void serviceUserIsInTheAccessListAndRegistered() throws Exception {
      String token = cloud.token("demo", "demo");
      JsonNode access = cloud.send("GET", secret + "/acl", token, null).expect(200).body();
      assertThat(access.at("/read/users")).hasSize(1);
      assertThat(consumers(secret)).containsExactly(balancer);
    }

    private List<String> consumers(String reference) throws Exception {
      return cloud
          .send("GET", reference + "/consumers", cloud.token("demo", "demo"), null)
          .expect(200)
          .body()
          .path("consumers")
          .valueStream()
          .map(it -> it.path("resource_id").asString())
          .toList();
    }

    /// The user's token and the service user's: both were had before this, and are too old after
    /// it.
    void tokensExpire() throws Exception {
      Api old = demo();
      old.get(Api.LB + "/loadbalancers/" + balancer).expect(200);
      long patience = RealCloud.LIFETIME.plusSeconds(60).toNanos();
      long begin = System.nanoTime();
      while (old.get(Api.LB + "/loadbalancers").status() != 401) {
        assertThat(System.nanoTime() - begin).isLessThan(patience);
        assertServed("first.example.com");
      }
      String second = cloud.secret(Certificates.bundle("second.example.com"));
      certify(second);
      assertServed("second.example.com");
      assertThat(consumers(secret)).isEmpty();
      assertThat(consumers(second)).containsExactly(balancer);
      secret = second;
    }

    private void certify(String reference) throws Exception {
      Api api = demo();
      api.put(
              Api.LB + "/listeners/" + listener,
              "{\"listener\": {\"default_tls_container_ref\": \"%s\"}}".formatted(reference))
          .expect(200);
      api.active(balancer);
    }

    void barbicanRestarts() throws Exception {
      String third = cloud.secret(Certificates.bundle("third.example.com"));
      cloud.stopBarbican();
      Api api = demo();
      api.put(
              Api.LB + "/listeners/" + listener,
              "{\"listener\": {\"default_tls_container_ref\": \"%s\"}}".formatted(third))
          .expect(503);
      // The data plane is told anew, with the certificate that is known.
      api.post(
              Api.LB + "/pools/" + pool + "/members",
              "{\"member\": {\"address\": \"10.41.0.202\", \"protocol_port\": 1, \"backup\": true}}")
          .expect(201);
      api.active(balancer);
      assertServed("second.example.com");
      cloud.startBarbican();
      certify(third);
      assertServed("third.example.com");
      secret = third;
    }

    void keystoneForgetsAllTokens() throws Exception {
      Api old = demo();
      old.get(Api.LB + "/loadbalancers/" + balancer).expect(200);
      String fourth = cloud.secret(Certificates.bundle("fourth.example.com"));
      cloud.forgetTokens();
      certify(fourth);
      assertServed("fourth.example.com");
      secret = fourth;
      long begin = System.nanoTime();
      while (old.get(Api.LB + "/loadbalancers").status() != 401) {
        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofMinutes(1).toNanos());
      }
    }

    void keystoneGoesAway() throws Exception {
      cloud.stopKeystone();
      Api.of(program, "a-token-that-nobody-knows").get(Api.LB + "/loadbalancers").expect(503);
      assertServed("fourth.example.com");
      cloud.startKeystone();
      Api.of(program, "a-token-that-nobody-knows").get(Api.LB + "/loadbalancers").expect(401);
    }

    void tearDown() throws Exception {
      Api api = demo();
      api.delete(Api.LB + "/loadbalancers/" + balancer + "?cascade=true").expect(204);
      long begin = System.nanoTime();
      while (demo().get(Api.LB + "/loadbalancers/" + balancer).status() != 404) {
        assertThat(System.nanoTime() - begin).isLessThan(Duration.ofMinutes(1).toNanos());
      }
      assertThat(consumers(secret)).isEmpty();
    }

    /// Asks for a page through the load balancer, and looks at the certificate that is shown.
    private void assertServed(String name) throws Exception {
      SSLContext anybody = SSLContext.getInstance("TLS");
      anybody.init(null, new TrustManager[] {new Anybody()}, null);
      try (SSLSocket socket = (SSLSocket) anybody.getSocketFactory().createSocket()) {
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(vip, port), 60_000);
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=" + name);
        socket
            .getOutputStream()
            .write(
                "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        String page = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(page).startsWith("HTTP/1.1 200").containsIgnoringCase("X-Backend: one");
      }
    }
  }

  /// The certificates are self-signed; which one is shown is looked at afterwards.
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
