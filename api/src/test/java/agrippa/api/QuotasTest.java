package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.OctaviaServer.Answer;
import agrippa.control.ControlSettings;
import agrippa.model.Countable;
import agrippa.model.Quota;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class QuotasTest {
  private static final String QUOTAS = "/v2.0/lbaas/quotas";
  private static final String ANNS = QUOTAS + "/" + OctaviaServer.ANNS_PROJECT;

  private final OctaviaServer server =
      new OctaviaServer(ControlSettings.DEFAULT.with(Quota.SILENT.with(Countable.L7_RULE, 7)));

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer admin(String method, String path, String body) {
    return server.send(method, path, OctaviaServer.ADMIN, body);
  }

  private static String whole(String project, int loadBalancer, int pool) {
    return """
    {"quota":{"project_id":"%s","tenant_id":"%s","loadbalancer":%d,"load_balancer":%d,\
    "listener":-1,"member":-1,"pool":%d,"healthmonitor":-1,"health_monitor":-1,"l7policy":-1,\
    "l7rule":7}}"""
        .formatted(project, project, loadBalancer, loadBalancer, pool);
  }

  @Test
  void defaultsHoldUntilSomethingIsSaid() {
    assertThat(server.get(ANNS).status()).isEqualTo(200);
    assertThat(server.get(ANNS).text()).isEqualTo(whole("a".repeat(32), -1, -1));
    assertThat(server.get(ANNS + "/default").text()).isEqualTo(whole("a".repeat(32), -1, -1));
    assertThat(server.get(QUOTAS + "/defaults", OctaviaServer.ADMIN).text())
        .isEqualTo(whole("defaults", -1, -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/lbaas/quotas", "/v2/quotas", "/v2.0/quotas", "/v2/lbaas/quotas/"})
  void allRootsHaveThem(String path) {
    assertThat(server.get(path).text()).isEqualTo("{\"quotas\":[],\"quotas_links\":[]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"loadbalancer", "load_balancer"})
  void bothSpellingsAreTaken(String name) {
    Answer answer = admin("PUT", ANNS, "{\"quota\": {\"%s\": 3, \"pool\": \"4\"}}".formatted(name));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text())
        .isEqualTo(
            """
            {"quota":{"load_balancer":3,"listener":-1,"member":-1,"pool":4,"health_monitor":-1,\
            "l7policy":-1,"l7rule":7}}""");
    assertThat(server.get(ANNS).text()).isEqualTo(whole("a".repeat(32), 3, 4));
    assertThat(server.get(ANNS + "/default").text()).isEqualTo(whole("a".repeat(32), -1, -1));
  }

  @Test
  void nullResetsAndWhatIsNotSentStays() {
    admin("PUT", ANNS, "{\"quota\": {\"loadbalancer\": 3, \"pool\": 4, \"l7rule\": -1}}");
    assertThat(server.get(ANNS).json().at("/quota/l7rule").asInt()).isEqualTo(-1);
    Answer answer = admin("PUT", ANNS, "{\"quota\": {\"load_balancer\": null, \"l7rule\": null}}");
    assertThat(answer.status()).isEqualTo(202);
    assertThat(server.get(ANNS).text()).isEqualTo(whole("a".repeat(32), -1, 4));
  }

  @Test
  void deletingResetsAll() {
    assertThat(admin("DELETE", ANNS, null).status()).isEqualTo(404);
    assertThat(admin("DELETE", ANNS, null).faultstring())
        .isEqualTo("Quotas " + OctaviaServer.ANNS_PROJECT + " not found.");
    admin("PUT", ANNS, "{\"quota\": {\"pool\": 4}}");
    Answer answer = admin("DELETE", ANNS, null);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.text()).isEmpty();
    assertThat(server.get(ANNS).text()).isEqualTo(whole("a".repeat(32), -1, -1));
    // What was known once stays known.
    assertThat(admin("DELETE", ANNS, null).status()).isEqualTo(202);
  }

  @Test
  void whatAnUpdateMayNotSay() {
    assertBad("{\"quota\": {\"pools\": 1}}", "Unknown attribute for argument quotas.quota: pools");
    assertBad(
        "{\"quota\": {\"pool\": -2}}",
        "Invalid input for field/attribute pool. Value: '-2'. Value should be greater or equal to"
            + " -1");
    assertBad(
        "{\"quota\": {\"l7rule\": 2000000001}}",
        "Invalid input for field/attribute l7rule. Value: '2000000001'. Value should be lower or"
            + " equal to 2000000000");
    assertBad("{\"quotas\": {}}", "Unknown attribute for argument quotas: quotas");
    assertBad("nonsense", "Request is not in valid JSON format");
    assertThat(server.get(QUOTAS, OctaviaServer.ADMIN).json().get("quotas")).isEmpty();
  }

  /// Whoever asks: syntax comes first.
  private void assertBad(String body, String text) {
    Answer answer = server.put(ANNS, body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring()).isEqualTo(text);
  }

  @Test
  void aProjectIdHasALimit() {
    Answer answer = admin("PUT", QUOTAS + "/" + "x".repeat(37), "{\"quota\": {}}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.faultstring())
        .endsWith("Value should have a maximum character requirement of 36");
  }

  @Test
  void theCollectionTakesNoUpdates() {
    for (String method : List.of("PUT", "DELETE")) {
      Answer answer = admin(method, QUOTAS, null);
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.faultstring()).isEqualTo("Missing argument: \"project_id\"");
    }
  }

  @Test
  void membersSeeTheirOwnAndChangeNothing() {
    String bobs = QUOTAS + "/" + "b".repeat(32);
    assertThat(server.get(bobs).status()).isEqualTo(403);
    assertThat(server.get(bobs + "/default").status()).isEqualTo(403);
    assertThat(server.get(QUOTAS + "/defaults").status()).isEqualTo(403);
    // There the project is a filter, as a real Octavia answered.
    assertThat(server.get(QUOTAS + "?project_id=" + "b".repeat(32)).text())
        .isEqualTo("{\"quotas\":[],\"quotas_links\":[]}");
    assertThat(server.get(QUOTAS, OctaviaServer.UNSCOPED).status()).isEqualTo(403);
    assertThat(server.put(ANNS, "{\"quota\": {\"pool\": 4}}").status()).isEqualTo(403);
    assertThat(server.delete(ANNS).status()).isEqualTo(403);
  }

  @Test
  void listsShowWhatWasSaid() {
    admin("PUT", QUOTAS + "/" + "b".repeat(32), "{\"quota\": {\"pool\": 4}}");
    server.loadBalancer("lb");
    assertThat(server.get(QUOTAS + "?fields=pool").text())
        .isEqualTo(
            """
            {"quotas":[{"project_id":"%s","tenant_id":"%s","loadbalancer":null,\
            "load_balancer":null,"listener":null,"member":null,"pool":null,"healthmonitor":null,\
            "health_monitor":null,"l7policy":null,"l7rule":null}],"quotas_links":[]}"""
                .formatted("a".repeat(32), "a".repeat(32)));
    Answer all = server.get(QUOTAS, OctaviaServer.ADMIN);
    assertThat(all.json().get("quotas").findValuesAsString("project_id"))
        .containsExactly("a".repeat(32), "b".repeat(32));
    assertThat(all.json().at("/quotas/1/pool").asInt()).isEqualTo(4);
    assertThat(
            server
                .get(QUOTAS + "?project_id=" + "b".repeat(32), OctaviaServer.ADMIN)
                .json()
                .get("quotas"))
        .hasSize(1);
  }

  @Test
  void listsHavePages() {
    for (String project : List.of("p3", "p1", "p2")) {
      admin("PUT", QUOTAS + "/" + project, "{\"quota\": {}}");
    }
    Answer first = server.get(QUOTAS + "?limit=2", OctaviaServer.ADMIN);
    assertThat(first.json().get("quotas").findValuesAsString("project_id"))
        .containsExactly("p1", "p2");
    JsonNode link = first.json().at("/quotas_links/0");
    assertThat(link.get("rel").asString()).isEqualTo("next");
    String next = link.get("href").asString().substring(server.base().length());
    assertThat(next).isEqualTo(QUOTAS + "?limit=2&marker=p2");
    assertThat(
            server
                .get(next, OctaviaServer.ADMIN)
                .json()
                .get("quotas")
                .findValuesAsString("project_id"))
        .containsExactly("p3");
  }

  @Test
  void whatIsTooMuchIsRefusedInOctaviasWords() {
    admin(
        "PUT",
        ANNS,
        """
        {"quota": {"loadbalancer": 1, "listener": 0, "pool": 1, "member": 0, "healthmonitor": 0,
          "l7policy": 0, "l7rule": 0}}""");
    String id = server.loadBalancer("lb");
    assertMet(
        "loadbalancers", "Load Balancer", "\"vip_subnet_id\": \"%s\"".formatted(server.subnet()));
    assertMet(
        "listeners",
        "Listener",
        "\"loadbalancer_id\": \"%s\", \"protocol\": \"HTTP\", \"protocol_port\": 80".formatted(id));
    String pool =
        "\"loadbalancer_id\": \"%s\", \"protocol\": \"HTTP\", \"lb_algorithm\": \"ROUND_ROBIN\""
            .formatted(id);
    String poolId = server.created("pools", "{\"pool\": {%s}}".formatted(pool));
    assertMet("pools", "Pool", pool);
    assertMet(
        "pools/" + poolId + "/members",
        "Member",
        "\"address\": \"10.0.0.9\", \"protocol_port\": 80");
    assertMet(
        "healthmonitors",
        "Health Monitor",
        "\"pool_id\": \"%s\", \"type\": \"TCP\", \"delay\": 1, \"timeout\": 1, \"max_retries\": 1"
            .formatted(poolId));
    Answer batch =
        server.put(
            "/v2.0/lbaas/pools/" + poolId + "/members",
            "{\"members\": [{\"address\": \"10.0.0.9\", \"protocol_port\": 80}]}");
    assertThat(batch.status()).isEqualTo(403);
    admin("PUT", ANNS, "{\"quota\": {\"listener\": 1}}");
    String listener =
        server.created(
            "listeners",
            "{\"listener\": {\"loadbalancer_id\": \"%s\", \"protocol\": \"HTTP\", \"protocol_port\": 80}}"
                .formatted(id));
    String policy = "\"listener_id\": \"%s\", \"action\": \"REJECT\"".formatted(listener);
    assertMet("l7policies", "L7 Policy", policy);
    admin("PUT", ANNS, "{\"quota\": {\"l7policy\": 1}}");
    String policyId = server.created("l7policies", "{\"l7policy\": {%s}}".formatted(policy));
    assertMet(
        "l7policies/" + policyId + "/rules",
        "L7 Rule",
        "\"type\": \"PATH\", \"compare_type\": \"EQUAL_TO\", \"value\": \"/\"");
  }

  private void assertMet(String collection, String resource, String attributes) {
    String wrapper =
        switch (resource) {
          case "Load Balancer" -> "loadbalancer";
          case "Health Monitor" -> "healthmonitor";
          case "L7 Policy" -> "l7policy";
          case "L7 Rule" -> "rule";
          default -> resource.toLowerCase(Locale.ROOT);
        };
    Answer answer =
        server.post("/v2.0/lbaas/" + collection, "{\"%s\": {%s}}".formatted(wrapper, attributes));
    assertThat(answer.status()).as(resource).isEqualTo(403);
    assertThat(answer.text())
        .isEqualTo(
            """
            {"faultcode":"Client","faultstring":"Quota has been met for resources: %s",\
            "debuginfo":null}"""
                .formatted(resource));
  }
}
