package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What programs do that keep load balancers as somebody described them: the same requests in the
/// same order.
class ControllersTest {
  @TempDir private static Path folder;
  private static Tenant tenant;
  private static Service balancers;
  private static String subnet;

  @BeforeAll
  static void start() throws Exception {
    tenant = Tenant.start(folder);
    balancers = tenant.balancers();
    subnet = tenant.subnet("10.59.0.0/24");
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  /// A Service of Kubernetes is one request. What comes back as it was sent is not sent again;
  /// the last owner of a shared load balancer leaves an empty tag.
  @Test
  void cloudProviderOpenStackFindsWhatItMade() throws Exception {
    String name = "kube_service_cluster_default_web";
    assertThat(balancers.get("/loadbalancers?name=" + name).is(200).at("/loadbalancers")).isEmpty();
    int port = FreePorts.next();
    Answer made =
        balancers
            .post(
                "/loadbalancers",
                """
                {"loadbalancer": {"name": "%1$s", "provider": "amphora", "admin_state_up": true,
                  "description": "Kubernetes external service default/web from cluster cluster",
                  "tags": ["%1$s"], "vip_subnet_id": "%2$s", "listeners": [{
                    "name": "listener_0_%1$s", "protocol": "TCP", "protocol_port": %3$d,
                    "connection_limit": -1, "tags": ["%1$s"], "timeout_client_data": 50000,
                    "timeout_member_connect": 5000, "timeout_member_data": 50000,
                    "timeout_tcp_inspect": 0, "allowed_cidrs": ["0.0.0.0/0"], "default_pool": {
                      "name": "pool_0_%1$s", "protocol": "TCP", "lb_algorithm": "ROUND_ROBIN",
                      "members": [{"name": "node-1", "address": "10.59.0.201",
                        "protocol_port": 30080, "subnet_id": "%2$s"}],
                      "healthmonitor": {"name": "monitor_0_%1$s", "type": "TCP", "delay": 60,
                        "timeout": 30, "max_retries": 1, "max_retries_down": 3}}}]}}
                """,
                name,
                subnet,
                port)
            .is(201);
    for (String field : List.of("id", "vip_subnet_id", "vip_port_id", "vip_address")) {
      assertThat(made.text("/loadbalancer/" + field)).as(field).isNotEmpty();
    }
    assertThat(made.text("/loadbalancer/tags/0")).isEqualTo(name);
    String id = made.text("/loadbalancer/id");
    balancers.active("/loadbalancers/" + id);

    JsonNode listener =
        balancers.get("/listeners?loadbalancer_id=" + id).is(200).at("/listeners/0");
    assertThat(listener.path("protocol_port").intValue()).isEqualTo(port);
    assertThat(listener.at("/allowed_cidrs/0").stringValue()).isEqualTo("0.0.0.0/0");
    assertThat(listener.at("/tags/0").stringValue()).isEqualTo(name);
    assertThat(listener.path("provisioning_status").stringValue()).isEqualTo("ACTIVE");
    JsonNode pool = balancers.get("/pools?loadbalancer_id=" + id).is(200).at("/pools/0");
    assertThat(pool.at("/listeners/0/id").stringValue())
        .isEqualTo(listener.path("id").stringValue());
    String members = "/pools/" + pool.path("id").stringValue() + "/members";
    assertThat(balancers.get(members).is(200).each("members", "name")).containsExactly("node-1");
    JsonNode monitor =
        balancers
            .get("/healthmonitors/" + pool.path("healthmonitor_id").stringValue())
            .is(200)
            .at("/healthmonitor");
    assertThat(monitor.path("max_retries_down").intValue()).isEqualTo(3);

    balancers
        .put(
            members,
            """
            {"members": [
              {"name": "node-1", "address": "10.59.0.201", "protocol_port": 30080,
               "subnet_id": null},
              {"name": "node-2", "address": "10.59.0.202", "protocol_port": 30080}]}
            """)
        .is(202);
    balancers.active("/loadbalancers/" + id);
    assertThat(balancers.get(members).is(200).each("members", "name"))
        .containsExactlyInAnyOrder("node-1", "node-2");
    balancers.put("/loadbalancers/" + id, "{\"loadbalancer\": {\"tags\": [\"\"]}}").is(200);
    assertThat(balancers.active("/loadbalancers/" + id).path("tags")).hasSize(1);
    balancers.delete("/loadbalancers/" + id + "?cascade=true").is(204);
    balancers.gone("/loadbalancers/" + id);
  }

  /// The API servers of a cluster: everything one by one, found by name, without other filters.
  @Test
  void clusterApiProviderOpenStackBuildsStepByStep() throws Exception {
    String name = "k8s-clusterapi-cluster-default-test-kubeapi";
    assertThat(balancers.get("/providers").is(200).each("providers", "name")).contains("amphora");
    balancers.get("/flavors").is(200);
    String id = tenant.balancer(name, subnet);
    String listener =
        tenant
            .part(
                id,
                "/listeners",
                """
                {"listener": {"name": "%s-6443", "loadbalancer_id": "%s", "protocol": "TCP",
                  "protocol_port": %d, "allowed_cidrs": ["10.0.0.0/8", "192.168.0.0/16"],
                  "tags": ["cluster"]}}
                """,
                name,
                id,
                FreePorts.next())
            .path("id")
            .stringValue();
    assertThat(balancers.get("/listeners?name=" + name + "-6443").is(200).each("listeners", "id"))
        .containsExactly(listener);
    balancers.active("/listeners/" + listener);
    String pool =
        tenant
            .part(
                id,
                "/pools",
                """
                {"pool": {"name": "%s-6443", "listener_id": "%s", "protocol": "TCP",
                  "lb_algorithm": "ROUND_ROBIN", "tags": ["cluster"]}}
                """,
                name,
                listener)
            .path("id")
            .stringValue();
    balancers.active("/pools/" + pool);
    tenant.part(
        id,
        "/healthmonitors",
        """
        {"healthmonitor": {"name": "%s-6443", "pool_id": "%s", "type": "TCP", "delay": 60,
          "timeout": 5, "max_retries": 5, "max_retries_down": 3}}
        """,
        name,
        pool);
    JsonNode member =
        tenant.part(
            id,
            "/pools/" + pool + "/members",
            """
            {"member": {"name": "%s-6443-control-plane-0", "address": "10.59.0.211",
              "protocol_port": 6443, "tags": ["cluster"]}}
            """,
            name);
    balancers.active("/pools/" + pool + "/members/" + member.path("id").stringValue());
    balancers.delete("/loadbalancers/" + id + "?cascade=true").is(204);
    balancers.gone("/loadbalancers/" + id);
    assertThat(balancers.get("/loadbalancers?name=" + name).is(200).at("/loadbalancers")).isEmpty();
  }

  /// Terraform waits for the load balancer and then reads the part's own status; an import of an L7
  /// policy takes the listener from its answer.
  @Test
  void terraformReadsTheStatusOfEachPart() throws Exception {
    String id = tenant.balancer("terraform", subnet);
    String listener =
        tenant
            .part(
                id,
                "/listeners",
                """
                {"listener": {"loadbalancer_id": "%s", "name": "web", "protocol": "HTTP",
                  "protocol_port": %d, "admin_state_up": true}}
                """,
                id,
                FreePorts.next())
            .path("id")
            .stringValue();
    balancers.active("/listeners/" + listener);
    String pool =
        tenant
            .part(
                id,
                "/pools",
                """
                {"pool": {"listener_id": "%s", "name": "pool", "protocol": "HTTP",
                  "lb_algorithm": "ROUND_ROBIN", "admin_state_up": true}}
                """,
                listener)
            .path("id")
            .stringValue();
    String policy =
        tenant
            .part(
                id,
                "/l7policies",
                """
                {"l7policy": {"listener_id": "%s", "name": "policy", "action": "REDIRECT_TO_POOL",
                  "redirect_pool_id": "%s", "position": 1, "admin_state_up": true}}
                """,
                listener,
                pool)
            .path("id")
            .stringValue();
    JsonNode tree =
        balancers.get("/loadbalancers/" + id + "/status").is(200).at("/statuses/loadbalancer");
    JsonNode node = tree.at("/listeners/0");
    assertThat(node.path("id").stringValue()).isEqualTo(listener);
    assertThat(node.at("/pools/0/id").stringValue()).isEqualTo(pool);
    for (JsonNode it : List.of(tree, node, node.at("/pools/0"))) {
      assertThat(it.propertyNames())
          .contains("id", "name", "provisioning_status", "operating_status");
      assertThat(it.path("provisioning_status").stringValue()).isEqualTo("ACTIVE");
    }
    assertThat(balancers.active("/pools/" + pool).at("/loadbalancers/0/id").stringValue())
        .isEqualTo(id);
    JsonNode redirect = balancers.active("/l7policies/" + policy);
    assertThat(redirect.path("position").intValue()).isEqualTo(1);
    assertThat(redirect.path("listener_id").stringValue()).isEqualTo(listener);
    String members = "/pools/" + pool + "/members";
    balancers
        .put(members, "{\"members\": [{\"address\": \"10.59.0.9\", \"protocol_port\": 80}]}")
        .is(202);
    balancers.active("/loadbalancers/" + id);
    balancers.put(members, "{\"members\": []}").is(202);
    balancers.active("/loadbalancers/" + id);
    assertThat(balancers.get(members).is(200).at("/members")).isEmpty();
    balancers
        .put(
            "/l7policies/" + policy,
            """
            {"l7policy": {"action": "REJECT", "redirect_pool_id": null, "redirect_url": null,
              "redirect_prefix": null, "redirect_http_code": null}}
            """)
        .is(200);
    balancers.active("/loadbalancers/" + id);
    balancers.delete("/loadbalancers/" + id + "?cascade=true").is(204);
    balancers.gone("/loadbalancers/" + id);
  }

  /// Magnum cleans up after a cluster by what is in the descriptions; Heat lists without filters.
  @Test
  void magnumAndHeatGoThroughUnfilteredLists() throws Exception {
    String id = tenant.balancer("heat", subnet);
    Answer all = balancers.get("/loadbalancers").is(200);
    assertThat(all.keys().getFirst()).isEqualTo("loadbalancers");
    assertThat(all.each("loadbalancers", "id")).contains(id);
    for (JsonNode it : all.at("/loadbalancers")) {
      assertThat(it.path("description").isString()).isTrue();
      assertThat(it.path("name").isString()).isTrue();
    }
    balancers.delete("/loadbalancers/" + id + "?cascade=True").is(204);
    balancers.gone("/loadbalancers/" + id);
  }
}
