package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.Wire.Answer;
import agrippa.acceptance.Wire.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Status codes and error bodies, which clients tell outcomes by.
class AnswersTest {
  private static final String NOBODY = "11111111-2222-3333-4444-555555555555";

  @TempDir private static Path folder;
  private static Tenant tenant;
  private static Service balancers;
  private static String subnet;

  /// Writes to a busy load balancer are refused at once here, so that this can be seen.
  @BeforeAll
  static void start() throws Exception {
    Path settings = Files.writeString(folder.resolve("agrippa.yaml"), "write_hold: 0\n");
    tenant = Tenant.of(Program.start(folder.resolve("state"), settings));
    balancers = tenant.balancers();
    subnet = tenant.subnet("10.52.0.0/24");
  }

  @AfterAll
  static void stop() {
    tenant.close();
  }

  /// gophercloud takes any other code for a failure.
  @Test
  void eachVerbHasTheOneCodeThatGophercloudTakes() throws Exception {
    String id = tenant.balancer("codes", subnet);
    String lb = "/loadbalancers/" + id;
    String listener =
        part(id, "/listeners", listener(id, FreePorts.next())).path("id").stringValue();
    String pool =
        part(
                id,
                "/pools",
                """
                {"pool": {"listener_id": "%s", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}
                """
                    .formatted(listener))
            .path("id")
            .stringValue();
    String members = "/pools/" + pool + "/members";
    String member =
        part(id, members, "{\"member\": {\"address\": \"10.52.0.9\", \"protocol_port\": 80}}")
            .path("id")
            .stringValue();
    String monitor =
        part(
                id,
                "/healthmonitors",
                """
                {"healthmonitor": {"pool_id": "%s", "type": "TCP", "delay": 5, "timeout": 3,
                  "max_retries": 2}}
                """
                    .formatted(pool))
            .path("id")
            .stringValue();
    String policy =
        part(
                id,
                "/l7policies",
                "{\"l7policy\": {\"listener_id\": \"%s\", \"action\": \"REJECT\"}}"
                    .formatted(listener))
            .path("id")
            .stringValue();
    String rules = "/l7policies/" + policy + "/rules";
    String rule =
        part(
                id,
                rules,
                """
                {"rule": {"type": "PATH", "compare_type": "STARTS_WITH", "value": "/a"}}
                """)
            .path("id")
            .stringValue();

    updates(id, lb, "{\"loadbalancer\": {\"description\": \"new\"}}", 200);
    updates(id, "/listeners/" + listener, "{\"listener\": {\"description\": \"new\"}}", 200);
    updates(id, "/pools/" + pool, "{\"pool\": {\"description\": \"new\"}}", 200);
    updates(id, members + "/" + member, "{\"member\": {\"weight\": 2}}", 200);
    updates(id, "/healthmonitors/" + monitor, "{\"healthmonitor\": {\"delay\": 9}}", 200);
    updates(id, "/l7policies/" + policy, "{\"l7policy\": {\"description\": \"new\"}}", 200);
    updates(id, rules + "/" + rule, "{\"rule\": {\"value\": \"/b\"}}", 200);
    updates(id, members, "{\"members\": []}", 202);
    tenant.asAdmin("load-balancer", "/v2.0/lbaas").send("PUT", lb + "/failover", null).is(202);
    balancers.active(lb);

    for (String path :
        List.of(
            rules + "/" + rule,
            "/l7policies/" + policy,
            "/healthmonitors/" + monitor,
            "/pools/" + pool,
            "/listeners/" + listener)) {
      assertThat(balancers.delete(path).is(204).text()).isEmpty();
      balancers.active(lb);
      balancers.get(path).is(404);
    }
    balancers.delete(lb).is(204);
    balancers.gone(lb);
  }

  private static String listener(String balancer, int port) {
    return """
        {"listener": {"loadbalancer_id": "%s", "protocol": "HTTP", "protocol_port": %d}}
        """
        .formatted(balancer, port);
  }

  private static JsonNode part(String balancer, String path, String body) throws Exception {
    return tenant.part(balancer, path, body);
  }

  private static void updates(String balancer, String path, String body, int code)
      throws Exception {
    balancers.put(path, body).is(code);
    balancers.active("/loadbalancers/" + balancer);
    balancers.get(path).is(200);
  }

  @Test
  void whatOperatorsWriteHasTheCodesThatGophercloudTakes() throws Exception {
    Service admin = tenant.asAdmin("load-balancer", "/v2.0/lbaas");
    String quota = "/quotas/" + tenant.project();
    admin.put(quota, "{\"quota\": {\"loadbalancer\": 50}}").is(202);
    admin.delete(quota).is(202);
    String profile =
        admin
            .post(
                "/flavorprofiles",
                """
                {"flavorprofile": {"name": "p", "provider_name": "amphora",
                  "flavor_data": "{\\"loadbalancer_topology\\": \\"SINGLE\\"}"}}
                """)
            .is(201)
            .text("/flavorprofile/id");
    String flavor =
        admin
            .post(
                "/flavors",
                "{\"flavor\": {\"name\": \"small\", \"flavor_profile_id\": \"%s\"}}",
                profile)
            .is(201)
            .text("/flavor/id");
    admin.put("/flavors/" + flavor, "{\"flavor\": {\"description\": \"new\"}}").is(200);
    admin.delete("/flavors/" + flavor).is(204);
    admin.put("/flavorprofiles/" + profile, "{\"flavorprofile\": {\"name\": \"q\"}}").is(200);
    admin.delete("/flavorprofiles/" + profile).is(204);
  }

  /// The CLI prints `faultstring`, `error.message` and `NeutronError.message`.
  @Test
  void eachServiceHasItsOwnErrors() throws Exception {
    Answer octavia = balancers.get("/loadbalancers/" + NOBODY).is(404);
    assertThat(octavia.keys()).containsExactlyInAnyOrder("faultcode", "faultstring", "debuginfo");
    assertThat(octavia.text("/faultcode")).isEqualTo("Client");
    assertThat(octavia.text("/faultstring")).isEqualTo("Load Balancer " + NOBODY + " not found.");
    assertThat(octavia.at("/debuginfo").isNull()).isTrue();

    Answer keystone = tenant.asAdmin("identity", "/v3").get("/projects/nobody").is(404);
    assertThat(keystone.keys()).containsExactly("error");
    assertThat(keystone.at("/error/code").intValue()).isEqualTo(404);
    assertThat(keystone.text("/error/title")).isEqualTo("Not Found");
    assertThat(keystone.text("/error/message")).contains("nobody");

    Answer neutron = tenant.network().get("/ports/" + NOBODY).is(404);
    assertThat(neutron.keys()).containsExactly("NeutronError");
    assertThat(neutron.text("/NeutronError/type")).isEqualTo("PortNotFound");
    assertThat(neutron.text("/NeutronError/message")).contains(NOBODY);
    assertThat(neutron.text("/NeutronError/detail")).isEmpty();

    Answer barbican = tenant.secrets().get("/secrets/" + NOBODY).is(404);
    assertThat(barbican.at("/code").intValue()).isEqualTo(404);
    assertThat(barbican.text("/title")).isEqualTo("Not Found");
    assertThat(barbican.text("/description")).contains("not found");
  }

  /// Terraform and Heat try again then; the Kubernetes controllers wait for ACTIVE before each
  /// write, so that it never comes to that.
  @Test
  void aBusyLoadBalancerIsImmutable() throws Exception {
    String id = tenant.balancer("busy", subnet);
    String path = "/loadbalancers/" + id;
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        String body = "{\"loadbalancer\": {\"description\": \"round %d\"}}".formatted(round);
        Callable<Answer> write = () -> balancers.put(path, body);
        for (Future<Answer> it : many.invokeAll(List.of(write, write, write, write))) {
          answers.add(it.get());
        }
        balancers.active(path);
      }
    }
    assertThat(answers).allMatch(it -> it.status() == 200 || it.status() == 409);
    List<Answer> refused = answers.stream().filter(it -> it.status() == 409).toList();
    assertThat(refused).isNotEmpty();
    assertThat(refused)
        .allMatch(
            it ->
                it.text("/faultstring")
                    .equals("Invalid state PENDING_UPDATE of loadbalancer resource " + id));
    balancers.put(path, "{\"loadbalancer\": {\"description\": \"at last\"}}").is(200);
  }

  @Test
  void refusalsAreToldApartByTheirCodes() throws Exception {
    String create =
        """
        {"loadbalancer": {"vip_subnet_id": "%s", "provider": "%s"}}
        """;
    Service admin = tenant.asAdmin("load-balancer", "/v2.0/lbaas");
    balancers.post("/loadbalancers", create, subnet, "nosuch").is(400);
    admin
        .post(
            "/flavorprofiles",
            """
            {"flavorprofile": {"name": "fast", "provider_name": "amphora",
              "flavor_data": "{\\"sriov_vip\\": true}"}}
            """)
        .is(501);
    balancers.post("/listeners", listener(NOBODY, 80)).is(404);
    balancers.get("/quotas/" + tenant.project()).is(200);
    admin.put("/quotas/" + tenant.project(), "{\"quota\": {\"load_balancer\": 0}}").is(202);
    Answer met = balancers.post("/loadbalancers", create, subnet, "amphora").is(403);
    assertThat(met.text("/faultstring"))
        .isEqualTo("Quota has been met for resources: Load Balancer");
    admin.delete("/quotas/" + tenant.project()).is(202);
    tenant.wire().get(balancers.url() + "/loadbalancers", "X-Auth-Token", "expired").is(401);
  }

  /// Waiters poll until 404. The CLI does not know a status DELETED.
  @Test
  void whatIsDeletedIsNotFoundAndNeverSeenAgain() throws Exception {
    String id = tenant.balancer("doomed", subnet);
    String path = "/loadbalancers/" + id;
    String listener =
        part(id, "/listeners", listener(id, FreePorts.next())).path("id").stringValue();
    balancers.delete(path).is(400);
    balancers.delete(path + "?cascade=True").is(204);
    balancers.gone(path);
    balancers.get("/listeners/" + listener).is(404);
    assertThat(balancers.get("/loadbalancers?name=doomed").is(200).at("/loadbalancers")).isEmpty();
    assertThat(balancers.get("/listeners?id=" + listener).is(200).at("/listeners")).isEmpty();
    balancers.delete(path).is(404);
  }

  /// The SDK, Ansible and Heat ask for an id first, whatever they were given.
  @Test
  void aNameInPlaceOfAnIdIsNotFoundAndThenListed() throws Exception {
    String id = tenant.balancer("by name", subnet);
    for (String collection :
        List.of("loadbalancers", "listeners", "pools", "healthmonitors", "l7policies")) {
      balancers.get("/" + collection + "/by%20name").is(404);
      balancers.get("/" + collection + "?name=by%20name").is(200);
    }
    balancers.get("/flavors/by%20name").is(404);
    assertThat(balancers.get("/loadbalancers?name=by%20name").each("loadbalancers", "id"))
        .containsExactly(id);
    for (String collection :
        List.of("networks", "subnets", "ports", "floatingips", "security-groups")) {
      tenant.network().get("/" + collection + "/by%20name").is(404);
    }
    assertThat(tenant.network().get("/subnets?name=subnet").each("subnets", "id"))
        .containsExactly(subnet);
  }
}
