package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.Statistics;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class AmphoraeTest {
  private static final String AMPHORAE = "/v2.0/octavia/amphorae";

  private final OctaviaServer server = new OctaviaServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer admin(String method, String path) {
    return server.send(method, path, OctaviaServer.ADMIN, null);
  }

  private JsonNode amphora(String loadBalancer) {
    Answer answer = admin("GET", AMPHORAE + "?loadbalancer_id=" + loadBalancer);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("amphorae")).hasSize(1);
    return answer.json().at("/amphorae/0");
  }

  private String active(String name) {
    String id = server.loadBalancer(name);
    server.await(id, "ACTIVE");
    return id;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2.0/octavia/amphorae", "/v2/octavia/amphorae"})
  void bothRootsHaveThem(String path) {
    assertThat(admin("GET", path).text()).isEqualTo("{\"amphorae\":[],\"amphorae_links\":[]}");
  }

  @Test
  void theyAreNotBelowLbaas() {
    assertThat(admin("GET", "/v2.0/lbaas/amphorae").status()).isEqualTo(404);
  }

  @Test
  void eachLoadBalancerHasOne() {
    String id = active("lb");
    active("other");
    JsonNode it = amphora(id);
    assertThat(it.propertyNames())
        .containsExactly(
            "id",
            "loadbalancer_id",
            "compute_id",
            "lb_network_ip",
            "vrrp_ip",
            "ha_ip",
            "vrrp_port_id",
            "ha_port_id",
            "cert_expiration",
            "cert_busy",
            "role",
            "status",
            "vrrp_interface",
            "vrrp_id",
            "vrrp_priority",
            "cached_zone",
            "created_at",
            "updated_at",
            "image_id",
            "compute_flavor");
    JsonNode loadBalancer =
        server.get("/v2.0/lbaas/loadbalancers/" + id).json().get("loadbalancer");
    assertThat(it.get("loadbalancer_id").asString()).isEqualTo(id);
    assertThat(it.get("vrrp_ip")).isEqualTo(loadBalancer.get("vip_address"));
    assertThat(it.get("ha_port_id")).isEqualTo(loadBalancer.get("vip_port_id"));
    assertThat(it.get("role").asString()).isEqualTo("STANDALONE");
    assertThat(it.get("status").asString()).isEqualTo("ALLOCATED");
    assertThat(admin("GET", AMPHORAE + "/" + it.get("id").asString()).json().get("amphora"))
        .isEqualTo(it);
    assertThat(admin("GET", AMPHORAE).json().get("amphorae")).hasSize(2);
    assertThat(admin("GET", AMPHORAE + "?role=MASTER").json().get("amphorae")).isEmpty();
    assertThat(
            admin("GET", AMPHORAE + "?project_id=" + OctaviaServer.ANNS_PROJECT)
                .json()
                .get("amphorae"))
        .hasSize(2);
    assertThat(admin("GET", AMPHORAE + "?project_id=other").json().get("amphorae")).isEmpty();
  }

  @Test
  void membersHaveNoBusinessHere() {
    String path = AMPHORAE + "/" + amphora(active("lb")).get("id").asString();
    assertThat(server.get(AMPHORAE).status()).isEqualTo(403);
    assertThat(server.get(path).status()).isEqualTo(403);
    assertThat(server.get(path + "/stats").status()).isEqualTo(403);
    assertThat(server.put(path + "/failover", null).status()).isEqualTo(403);
    assertThat(server.put(path + "/config", null).status()).isEqualTo(403);
    assertThat(server.delete(path).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-4000-8000-000000000001", "nonsense"})
  void unknownOnesAreNotFound(String id) {
    List<Answer> answers =
        List.of(
            admin("GET", AMPHORAE + "/" + id),
            admin("PUT", AMPHORAE + "/" + id + "/failover"),
            admin("PUT", AMPHORAE + "/" + id + "/config"),
            admin("DELETE", AMPHORAE + "/" + id),
            // Also for those who may not ask: Octavia looks first.
            server.get(AMPHORAE + "/" + id),
            server.put(AMPHORAE + "/" + id + "/failover", null));
    assertThat(answers)
        .allSatisfy(
            it -> {
              assertThat(it.status()).isEqualTo(404);
              assertThat(it.faultstring()).isEqualTo("Amphora " + id + " not found.");
            });
    assertThat(admin("GET", AMPHORAE + "/" + id + "/stats").faultstring())
        .isEqualTo("Amphora stats for " + id + " not found.");
    assertThat(server.get(AMPHORAE + "/" + id + "/stats").status()).isEqualTo(403);
    assertThat(server.delete(AMPHORAE + "/" + id).status()).isEqualTo(403);
  }

  @Test
  void statisticsAreThoseOfTheListeners() {
    String id = active("lb");
    String amphora = amphora(id).get("id").asString();
    Answer none = admin("GET", AMPHORAE + "/" + amphora + "/stats");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.faultstring()).isEqualTo("Amphora stats for " + amphora + " not found.");
    String listener =
        server.created(
            "listeners",
            """
            {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": 80}}"""
                .formatted(id));
    server.await(id, "ACTIVE");
    server.provider.traffic(
        new ListenerId(UUID.fromString(listener)), new Statistics(1, 2, 3, 4, 5));
    assertThat(admin("GET", AMPHORAE + "/" + amphora + "/stats").text())
        .isEqualTo(
            """
            {"amphora_stats":[{"active_connections":3,"bytes_in":1,"bytes_out":2,"id":"%s",\
            "listener_id":"%s","loadbalancer_id":"%s","request_errors":5,"total_connections":4}]}"""
                .formatted(amphora, listener, id));
  }

  @Test
  void aFailoverMakesANewOne() {
    String id = active("lb");
    String old = amphora(id).get("id").asString();
    Answer answer = admin("PUT", AMPHORAE + "/" + old + "/failover");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text()).isEmpty();
    server.await(id, "ACTIVE");
    String next = amphora(id).get("id").asString();
    assertThat(next).isNotEqualTo(old);
    assertThat(admin("GET", AMPHORAE + "/" + old).status()).isEqualTo(404);
    admin("PUT", "/v2.0/lbaas/loadbalancers/" + id + "/failover");
    server.await(id, "ACTIVE");
    assertThat(amphora(id).get("id").asString()).isNotIn(old, next);
  }

  @Test
  void failoversTakeNoArguments() {
    String id = active("lb");
    String body = "{\"nosuch\": 1}";
    for (String path :
        List.of(
            "/v2.0/lbaas/loadbalancers/" + id + "/failover",
            AMPHORAE + "/" + amphora(id).get("id").asString() + "/failover",
            AMPHORAE + "/" + amphora(id).get("id").asString() + "/config")) {
      Answer answer = server.send("PUT", path, OctaviaServer.ADMIN, body);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.faultstring()).isEqualTo("Unknown argument: \"nosuch\"");
    }
  }

  @Test
  void aBrokenLoadBalancerFailsOverItselfOnly() {
    String id = active("lb");
    server.provider.fails("no");
    server.put("/v2.0/lbaas/loadbalancers/" + id, "{\"loadbalancer\": {}}");
    server.await(id, "ERROR");
    JsonNode amphora = amphora(id);
    assertThat(amphora.get("status").asString()).isEqualTo("ERROR");
    String path = AMPHORAE + "/" + amphora.get("id").asString();
    Answer failOver = admin("PUT", path + "/failover");
    assertThat(failOver.status()).isEqualTo(409);
    assertThat(failOver.faultstring())
        .isEqualTo("Load Balancer " + id + " is immutable and cannot be updated.");
    Answer delete = admin("DELETE", path);
    assertThat(delete.status()).isEqualTo(501);
    assertThat(delete.faultstring())
        .isEqualTo(
            "Provider 'amphora' does not support a requested action: An amphora lives as long as its"
                + " load balancer. Delete the load balancer, or fail it over.");
    server.provider.works();
    assertThat(admin("PUT", "/v2.0/lbaas/loadbalancers/" + id + "/failover").status())
        .isEqualTo(202);
    server.await(id, "ACTIVE");
  }

  @Test
  void oneThatWorksCannotBeDeleted() {
    String amphora = amphora(active("lb")).get("id").asString();
    Answer answer = admin("DELETE", AMPHORAE + "/" + amphora);
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.faultstring())
        .isEqualTo("amphora " + amphora + " is immutable and cannot be updated.");
  }

  @Test
  void configuringTellsEverythingAgain() throws InterruptedException {
    String id = active("lb");
    JsonNode amphora = amphora(id);
    server.provider.forget();
    var told = new CountDownLatch(1);
    server.provider.afterWrites(told::countDown);
    Answer answer = admin("PUT", AMPHORAE + "/" + amphora.get("id").asString() + "/config");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text()).isEmpty();
    assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.provider.world()).containsKey(new LoadBalancerId(UUID.fromString(id)));
    assertThat(amphora(id)).isEqualTo(amphora);
  }
}
