package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import agrippa.control.ControlSettings;
import agrippa.control.ControlSettings.Pace;
import agrippa.control.spi.Provider.Outcome;
import agrippa.model.ListenerId;
import agrippa.model.Statistics;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Load balancers from request to answer, over a real control plane.
class LoadBalancersTest {
  private static final String PATH = "/v2.0/lbaas/loadbalancers";
  private OctaviaServer server = new OctaviaServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void createdOneIsShownWithAllKeysInOctaviasOrder() {
    Answer answer =
        server.post(
            PATH,
            """
            {"loadbalancer": {"name": "lb", "vip_subnet_id": "%s", "vip_address": "10.0.0.99",
              "provider": "octavia", "tags": ["b", "a"]}}"""
                .formatted(server.subnet()));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.header("content-type")).contains("application/json");
    JsonNode created = answer.json().get("loadbalancer");
    assertThat(answer.text())
        .isEqualTo(
            """
            {"loadbalancer":{"id":"%s","name":"lb","description":"",\
            "provisioning_status":"PENDING_CREATE","operating_status":"OFFLINE",\
            "admin_state_up":true,"project_id":"%s","tenant_id":"%s","created_at":"%s",\
            "updated_at":null,"vip_address":"10.0.0.99","vip_port_id":"%s","vip_subnet_id":"%s",\
            "vip_network_id":"%s","vip_sg_ids":[],"additional_vips":[],"listeners":[],"pools":[],\
            "provider":"octavia","flavor_id":null,"vip_qos_policy_id":null,"tags":["b","a"],\
            "availability_zone":null,"vip_vnic_type":"normal"}}"""
                .formatted(
                    text(created, "id"),
                    OctaviaServer.ANNS_PROJECT,
                    OctaviaServer.ANNS_PROJECT,
                    text(created, "created_at"),
                    text(created, "vip_port_id"),
                    server.subnet(),
                    server.network.id()));
    assertThat(text(created, "created_at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d");
    assertThat(server.get(PATH + "/" + text(created, "id")).status()).isEqualTo(200);
  }

  @Test
  void idsAreComparedWithoutCase() {
    String id = server.loadBalancer("lb");
    assertThat(text(server.get(PATH + "/" + id.toUpperCase(java.util.Locale.ROOT)), "id"))
        .isEqualTo(id);
  }

  @Test
  void updateChangesWhatItNames() {
    String id = server.loadBalancer("lb");
    Answer answer =
        server.put(
            PATH + "/" + id, "{\"loadbalancer\": {\"description\": \"d\", \"tags\": [\"\"]}}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(text(answer, "name")).isEqualTo("lb");
    assertThat(text(answer, "description")).isEqualTo("d");
    assertThat(text(answer, "provisioning_status")).isEqualTo("PENDING_UPDATE");
    assertThat(loadBalancer(answer).get("tags").toString()).isEqualTo("[\"\"]");

    Answer reset =
        server.put(
            PATH + "/" + id,
            "{\"loadbalancer\": {\"name\": null, \"tags\": null, \"admin_state_up\": null}}");
    assertThat(text(reset, "name")).isEmpty();
    assertThat(loadBalancer(reset).get("tags").toString()).isEqualTo("[\"\"]");
    assertThat(loadBalancer(reset).get("admin_state_up").booleanValue()).isFalse();
  }

  @Test
  void deleteNeedsCascadeWhenThereAreChildren() {
    String id = server.loadBalancer("lb");
    server.created(
        "pools",
        """
        {"pool": {"loadbalancer_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}"""
            .formatted(id));
    Answer refused = server.delete(PATH + "/" + id);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.faultstring())
        .isEqualTo("Validation failure: Cannot delete Load Balancer " + id + " - it has children");
    Answer deleted = server.delete(PATH + "/" + id + "?cascade=True");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.text()).isEmpty();
    assertThat(deleted.header("content-type")).isEmpty();
  }

  @Test
  void othersMayNotEvenLook() {
    String id = server.loadBalancer("lb");
    Answer shown = server.get(PATH + "/" + id, OctaviaServer.BOB);
    assertThat(shown.status()).isEqualTo(403);
    assertThat(shown.text())
        .isEqualTo(
            """
            {"faultcode":"Client",\
            "faultstring":"Policy does not allow this request to be performed.",\
            "debuginfo":null}""");
    assertThat(server.send("DELETE", PATH + "/" + id, OctaviaServer.BOB, null).status())
        .isEqualTo(403);
    assertThat(server.get(PATH + "/" + id + "/status", OctaviaServer.BOB).status()).isEqualTo(403);
    assertThat(server.get(PATH + "/" + id, OctaviaServer.ADMIN).status()).isEqualTo(200);
  }

  @Test
  void syntaxComesBeforeExistence() {
    Answer answer = server.put(PATH + "/" + UUID.randomUUID(), "{\"loadbalancer\": {\"x\": 1}}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring())
        .isEqualTo("Unknown attribute for argument load_balancer.loadbalancer: x");
  }

  @Test
  void aLoadBalancerAtWorkIsImmutable() {
    server.close();
    server = new OctaviaServer(ControlSettings.DEFAULT.with(impatient()));
    CountDownLatch latch = new CountDownLatch(1);
    server.provider.outcome(
        tree -> {
          await(latch);
          return new Outcome.Converged(Map.of());
        });
    try {
      String id = server.loadBalancer("lb");
      Answer update = server.put(PATH + "/" + id, "{\"loadbalancer\": {}}");
      assertThat(update.status()).isEqualTo(409);
      assertThat(update.faultstring())
          .isEqualTo("Invalid state PENDING_CREATE of loadbalancer resource " + id);
      Answer child =
          server.post(
              "/v2.0/lbaas/listeners",
              """
              {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": 80}}"""
                  .formatted(id));
      assertThat(child.status()).isEqualTo(409);
      assertThat(child.faultstring())
          .isEqualTo("Load Balancer " + id + " is immutable and cannot be updated.");
    } finally {
      latch.countDown();
    }
  }

  @Test
  void failOverIsForAdmins() {
    String id = server.loadBalancer("lb");
    String path = PATH + "/" + id + "/failover";
    assertThat(server.put(path, null).status()).isEqualTo(403);
    Answer answer = server.send("PUT", path, OctaviaServer.ADMIN, null);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text()).isEmpty();
  }

  @Test
  void aFullyPopulatedOneComesBackWhole() {
    Answer answer = server.post(PATH, GraphBodies.FULL.formatted(server.subnet()));
    assertThat(answer.status()).isEqualTo(201);
    JsonNode it = loadBalancer(answer);
    JsonNode listener = it.get("listeners").get(0);
    assertThat(listener.has("loadbalancers")).isFalse();
    assertThat(listener.get("default_pool_id")).isEqualTo(it.get("pools").get(0).get("id"));
    JsonNode policy = it.get("listeners").get(1).get("l7policies").get(0);
    assertThat(policy.get("redirect_pool_id")).isEqualTo(it.get("pools").get(0).get("id"));
    assertThat(policy.get("rules").get(0).get("value").asString()).isEqualTo("/api");
    JsonNode pool = it.get("pools").get(0);
    assertThat(pool.has("loadbalancers")).isFalse();
    assertThat(pool.has("healthmonitor_id")).isFalse();
    assertThat(pool.get("healthmonitor").get("delay").intValue()).isEqualTo(3);
    assertThat(pool.get("healthmonitor").has("pools")).isFalse();
    assertThat(pool.get("members").get(0).get("address").asString()).isEqualTo("192.0.2.16");

    JsonNode shown = loadBalancer(server.get(PATH + "/" + text(it, "id")));
    assertThat(shown.get("pools").toString()).isEqualTo("[{\"id\":\"" + text(pool, "id") + "\"}]");
  }

  @Test
  void statusTree() {
    String id = text(server.post(PATH, GraphBodies.FULL.formatted(server.subnet())), "id");
    JsonNode tree = server.get(PATH + "/" + id + "/status").json().get("statuses");
    assertThat(tree.propertyNames()).containsExactly("loadbalancer");
    JsonNode root = tree.get("loadbalancer");
    assertThat(root.propertyNames())
        .containsExactly("id", "name", "operating_status", "provisioning_status", "listeners");
    JsonNode pool = root.get("listeners").get(0).get("pools").get(0);
    assertThat(pool.get("health_monitor").propertyNames())
        .containsExactly("id", "name", "operating_status", "provisioning_status", "type");
    assertThat(pool.get("members").get(0).propertyNames())
        .containsExactly(
            "id", "name", "operating_status", "provisioning_status", "address", "protocol_port");
    assertThat(server.get(PATH + "/" + id + "/statuses").status()).isEqualTo(200);
  }

  @Test
  void statisticsAreTheListenersSum() {
    String id = text(server.post(PATH, GraphBodies.FULL.formatted(server.subnet())), "id");
    JsonNode listeners = server.get("/v2.0/lbaas/listeners?loadbalancer_id=" + id).json();
    for (JsonNode it : listeners.get("listeners")) {
      server.provider.traffic(
          new ListenerId(UUID.fromString(text(it, "id"))), new Statistics(1, 2, 3, 4, 5));
    }
    // Only what is in place is observed, and a write waits until then.
    server.put(PATH + "/" + id, "{\"loadbalancer\": {}}");
    assertThat(server.get(PATH + "/" + id + "/stats").text())
        .isEqualTo(
            """
            {"stats":{"bytes_in":2,"bytes_out":4,"active_connections":6,"total_connections":8,\
            "request_errors":10}}""");
    String one = text(listeners.get("listeners").get(0), "id");
    assertThat(server.get("/v2.0/lbaas/listeners/" + one + "/stats").text())
        .isEqualTo(
            """
            {"stats":{"bytes_in":1,"bytes_out":2,"active_connections":3,"total_connections":4,\
            "request_errors":5}}""");
  }

  private static Pace impatient() {
    Pace pace = Pace.DEFAULT;
    return new Pace(
        Duration.ZERO, pace.period(), pace.resync(), pace.firstRetry(), pace.lastRetry());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode loadBalancer(Answer answer) {
    return answer.json().get("loadbalancer");
  }

  private static String text(Answer answer, String name) {
    return text(loadBalancer(answer), name);
  }

  private static String text(JsonNode object, String name) {
    return object.get(name).asString();
  }
}
