package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may do what, seen from outside.
class RolesTest {
  private static final String ROOT = "/v2.0/lbaas";

  private final OctaviaServer server = new OctaviaServer();
  private String loadBalancer = "";

  @BeforeEach
  void make() {
    loadBalancer = server.loadBalancer("ann's");
    server.await(loadBalancer, "ACTIVE");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String in(String roles, String project) {
    return roles + "@" + (project.equals("own") ? OctaviaServer.ANNS_PROJECT.value() : project);
  }

  private static void assertForbidden(Answer answer) {
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text())
        .isEqualTo(
            "{\"faultcode\":\"Client\",\"faultstring\":\"Policy does not allow this request to be"
                + " performed.\",\"debuginfo\":null}");
  }

  @ParameterizedTest
  @CsvSource({
    "reader, own, 200",
    "load-balancer_observer, own, 200",
    "load-balancer_global_observer, elsewhere, 200",
    "load-balancer_admin, elsewhere, 200",
    "reader, elsewhere, 403",
    "member, elsewhere, 403",
    "whatever, own, 403",
    "load-balancer_quota_admin, own, 403",
  })
  void lookersLook(String roles, String project, int status) {
    String token = in(roles, project);
    String path = ROOT + "/loadbalancers/" + loadBalancer;
    for (String part : List.of("", "/status", "/stats")) {
      assertThat(server.get(path + part, token).status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reader",
        "load-balancer_observer",
        "load-balancer_global_observer",
        "load-balancer_quota_admin",
        "whatever"
      })
  void lookersChangeNothing(String roles) {
    String token = in(roles, "own");
    String path = ROOT + "/loadbalancers/" + loadBalancer;
    String before = server.get(path).text();
    assertForbidden(server.send("PUT", path, token, "{\"loadbalancer\": {\"name\": \"x\"}}"));
    assertForbidden(server.send("DELETE", path, token, null));
    assertForbidden(server.send("PUT", path + "/failover", token, null));
    assertForbidden(
        server.send(
            "POST",
            ROOT + "/loadbalancers",
            token,
            "{\"loadbalancer\": {\"vip_subnet_id\": \"%s\"}}".formatted(server.subnet())));
    assertForbidden(
        server.send(
            "POST",
            ROOT + "/listeners",
            token,
            """
            {"listener": {"protocol": "HTTP", "protocol_port": 80, "loadbalancer_id": "%s"}}"""
                .formatted(loadBalancer)));
    assertThat(server.get(path).text()).isEqualTo(before);
  }

  /// As those of the system, of a domain, or of nothing. In Octavia, too, an admin of any scope is
  /// one.
  @Test
  void tokensWithoutProject() {
    String list = ROOT + "/loadbalancers";
    String creation = "{\"loadbalancer\": {%s\"vip_subnet_id\": \"%s\"}}";
    for (String roles : List.of("member", "reader", "load-balancer_member", "")) {
      assertForbidden(server.get(list, roles + "@"));
      assertForbidden(server.get(list + "/" + loadBalancer, roles + "@"));
      assertForbidden(server.get(ROOT + "/providers", roles + "@"));
    }
    assertThat(server.get(list, "admin@").json().path("loadbalancers")).hasSize(1);
    assertThat(server.get(list + "/" + loadBalancer, "admin@").status()).isEqualTo(200);
    Answer nobodys = server.send("POST", list, "admin@", creation.formatted("", server.subnet()));
    assertThat(nobodys.status()).isEqualTo(400);
    assertThat(nobodys.text()).contains("Missing project ID in request where one is required.");
    String owner = "\"project_id\": \"%s\", ".formatted(OctaviaServer.ANNS_PROJECT.value());
    assertThat(
            server
                .send("POST", list, "admin@", creation.formatted(owner, server.subnet()))
                .status())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "admin, elsewhere, '', 1",
    "load-balancer_global_observer, elsewhere, '', 1",
    "load-balancer_global_observer, elsewhere, ?project_id=elsewhere, 0",
    "reader, own, '', 1",
    "member, elsewhere, '', 0",
    "member, elsewhere, ?project_id=elsewhere, 0",
  })
  void listsAreAboutWhatOneMaySee(String roles, String project, String query, int count) {
    Answer answer = server.get(ROOT + "/loadbalancers" + query, in(roles, project));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("loadbalancers")).hasSize(count);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"loadbalancers", "listeners", "pools", "healthmonitors", "l7policies", "quotas"})
  void whoHasNoFittingRoleListsNothing(String collection) {
    assertForbidden(server.get(ROOT + "/" + collection, in("whatever", "own")));
    assertForbidden(server.get(ROOT + "/" + collection, OctaviaServer.UNSCOPED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"loadbalancers", "listeners", "pools", "healthmonitors", "l7policies"})
  void nobodyListsAForeignProject(String collection) {
    assertForbidden(
        server.get(
            ROOT + "/" + collection + "?project_id=" + OctaviaServer.ANNS_PROJECT,
            in("member", "elsewhere")));
  }

  /// There, the project is a filter like others.
  @Test
  void aForeignProjectsQuotasAreNotListed() {
    String path = ROOT + "/quotas/" + OctaviaServer.ANNS_PROJECT;
    server.send("PUT", path, OctaviaServer.ADMIN, "{\"quota\": {\"pool\": 3}}");
    String list = ROOT + "/quotas?project_id=" + OctaviaServer.ANNS_PROJECT;
    assertThat(server.get(list, in("member", "own")).json().path("quotas")).hasSize(1);
    assertThat(server.get(list, OctaviaServer.ADMIN).json().path("quotas")).hasSize(1);
    Answer foreign = server.get(list, in("member", "elsewhere"));
    assertThat(foreign.status()).isEqualTo(200);
    assertThat(foreign.json().path("quotas")).isEmpty();
  }

  @Test
  void providersAreForEverybodyWithARole() {
    assertThat(server.get(ROOT + "/providers", in("reader", "elsewhere")).status()).isEqualTo(200);
    assertForbidden(server.get(ROOT + "/providers", in("whatever", "elsewhere")));
  }

  @Test
  void quotasHaveAnAdminOfTheirOwn() {
    String token = in("load-balancer_quota_admin", "elsewhere");
    String path = ROOT + "/quotas/" + OctaviaServer.ANNS_PROJECT;
    assertThat(server.send("PUT", path, token, "{\"quota\": {\"pool\": 3}}").status())
        .isEqualTo(202);
    assertThat(server.get(ROOT + "/quotas", token).json().path("quotas")).hasSize(1);
    assertForbidden(server.send("PUT", path, in("member", "own"), "{\"quota\": {\"pool\": 4}}"));
  }
}
