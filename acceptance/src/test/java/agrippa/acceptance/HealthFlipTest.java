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
  /// As long as a machine may be busy with something else: a probe must not take so long.
  private static final int DELAY = 5;

  private static final int TIMEOUT = 5;
  private static final int RETRIES_DOWN = 2;

  /// Until a member that died is out: refused connections are noticed at once, so the timeout is
  /// what polling may add.
  private static final Duration OUT = Duration.ofSeconds(DELAY * RETRIES_DOWN + TIMEOUT);

  /// Until it is back after one good probe.
  private static final Duration BACK = Duration.ofSeconds(DELAY + TIMEOUT);

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @Test
  void takesADeadMemberOutAndBack() throws Exception {
    try (Program program = Program.start(folder.resolve("state"));
        Backend steady = Backend.start("steady", "127.20.0.11", 0);
        Backend dying = Backend.start("dying", "127.20.0.12", FreePorts.next())) {
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
      awaitPool(api, pool, "ONLINE", System.nanoTime() + PATIENCE.toNanos());

      dying.close();
      long out = System.nanoTime() + OUT.toNanos();
      awaitMember(api, pool, member, "ERROR", out);
      awaitPool(api, pool, "DEGRADED", out);
      try (KeepAliveClient client = KeepAliveClient.connect(vip, port)) {
        for (int i = 0; i < 200; i++) {
          KeepAliveClient.Answer answer = client.get("/");
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.backend()).isEqualTo("steady");
        }
      }

      try (Backend back = Backend.start("dying", "127.20.0.12", dying.port())) {
        long in = System.nanoTime() + BACK.toNanos();
        awaitMember(api, pool, member, "ONLINE", in);
        awaitPool(api, pool, "ONLINE", in);
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

  /// @param end by [System#nanoTime]
  private static void awaitMember(Api api, String pool, String member, String status, long end)
      throws Exception {
    api.await(
        Api.LB + "/pools/" + pool + "/members/" + member,
        it -> it.path("operating_status").asString().equals(status),
        Duration.ofNanos(end - System.nanoTime()));
  }

  private static void awaitPool(Api api, String pool, String status, long end) throws Exception {
    api.await(
        Api.LB + "/pools/" + pool,
        it -> it.path("operating_status").asString().equals(status),
        Duration.ofNanos(end - System.nanoTime()));
  }
}
