package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A backend dies: its member turns ERROR and its pool DEGRADED in time, and clients see nothing
/// of it from then on.
class HealthFlipTest {
  private static final int DELAY = 1;
  private static final int TIMEOUT = 1;
  private static final int RETRIES_DOWN = 2;

  /// What polling and one period of the checker's phase may add.
  private static final Duration TOLERANCE = Duration.ofMillis(1_000);

  @TempDir private Path folder;

  @Test
  void takesADeadMemberOutAndBack() throws Exception {
    try (Program program = Program.start(folder.resolve("state"));
        Backend steady = Backend.start("steady", "127.20.0.11", 0);
        Backend dying = Backend.start("dying", "127.20.0.12", 0)) {
      Api api = Api.of(program);
      int port = FreePorts.next();
      String subnet = api.subnet("10.20.0.0/24");
      JsonNode created =
          api.post(Api.LB + "/loadbalancers", tree(subnet, port, steady.port(), dying.port()))
              .expect(201)
              .body()
              .path("loadbalancer");
      String vip = created.path("vip_address").asString().replaceFirst("^10", "127");
      String pool = created.at("/pools/0/id").asString();
      String member = memberId(created, "dying");
      api.active(created.path("id").asString());
      awaitPool(api, pool, "ONLINE", Duration.ofSeconds(10));

      dying.close();
      Duration limit = Duration.ofSeconds(DELAY * RETRIES_DOWN + TIMEOUT).plus(TOLERANCE);
      awaitMember(api, pool, member, "ERROR", limit);
      awaitPool(api, pool, "DEGRADED", TOLERANCE);
      try (KeepAliveClient client = KeepAliveClient.connect(vip, port)) {
        for (int i = 0; i < 200; i++) {
          KeepAliveClient.Answer answer = client.get("/");
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.backend()).isEqualTo("steady");
        }
      }

      try (Backend back = Backend.start("dying", "127.20.0.12", dying.port())) {
        awaitMember(api, pool, member, "ONLINE", Duration.ofSeconds(5));
        awaitPool(api, pool, "ONLINE", TOLERANCE);
        assertThat(back.port()).isEqualTo(dying.port());
      }
    }
  }

  private static String tree(String subnet, int port, int first, int second) {
    return """
    {"loadbalancer": {"name": "lb", "vip_subnet_id": "%s", "listeners": [
      {"name": "http", "protocol": "HTTP", "protocol_port": %d, "default_pool":
        {"name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
         "healthmonitor": {"type": "HTTP", "delay": %d, "timeout": %d, "max_retries": 1,
                           "max_retries_down": %d},
         "members": [
           {"name": "steady", "address": "10.20.0.11", "protocol_port": %d},
           {"name": "dying", "address": "10.20.0.12", "protocol_port": %d}]}}]}}
    """
        .formatted(subnet, port, DELAY, TIMEOUT, RETRIES_DOWN, first, second);
  }

  private static String memberId(JsonNode balancer, String name) {
    for (JsonNode member : balancer.at("/pools/0/members")) {
      if (member.path("name").asString().equals(name)) {
        return member.path("id").asString();
      }
    }
    throw new AssertionError("no member " + name + " in " + balancer);
  }

  private static void awaitMember(
      Api api, String pool, String member, String status, Duration patience) throws Exception {
    api.await(
        Api.LB + "/pools/" + pool + "/members/" + member,
        it -> it.path("operating_status").asString().equals(status),
        patience);
  }

  private static void awaitPool(Api api, String pool, String status, Duration patience)
      throws Exception {
    api.await(
        Api.LB + "/pools/" + pool,
        it -> it.path("operating_status").asString().equals(status),
        patience);
  }
}
