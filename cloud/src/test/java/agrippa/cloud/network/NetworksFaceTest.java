package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.cloud.network.TestCloud.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The service itself, and its networks.
class NetworksFaceTest extends FaceRig {
  @Test
  void tellsItsVersionToEverybody() {
    Answer answer = cloud.as("").get("/");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().at("/versions/0/id").asString()).isEqualTo("v2.0");
    assertThat(answer.body().at("/versions/0/status").asString()).isEqualTo("CURRENT");
    assertThat(answer.body().at("/versions/0/links/0/href").asString())
        .isEqualTo(cloud.url("/v2.0/"));
  }

  @Test
  void letsOnlyThoseInWithAToken() {
    assertThat(cloud.as("").get("/v2.0/networks").status()).isEqualTo(401);
    assertThat(cloud.as("nobody").get("/v2.0").status()).isEqualTo(401);
    assertThat(alice.get("/v2.0").status()).isEqualTo(200);
  }

  @Test
  void listsItsExtensions() {
    List<String> aliases = new ArrayList<>();
    alice
        .get("/v2.0/extensions")
        .body()
        .path("extensions")
        .forEach(it -> aliases.add(it.path("alias").stringValue()));
    assertThat(aliases).contains("standard-attr-tag", "security-group", "external-net");
    assertThat(
            alice
                .get("/v2.0/extensions/standard-attr-tag")
                .body()
                .at("/extension/alias")
                .asString())
        .isEqualTo("standard-attr-tag");
    assertThat(alice.get("/v2.0/extensions/trunk").status()).isEqualTo(404);
  }

  @Test
  void answersUnknownPathsAndMethodsAsNeutronDoes() {
    assertThat(alice.get("/v2.0/trunks").error())
        .isEqualTo("404 HTTPNotFound: The resource could not be found.");
    assertThat(alice.delete("/v2.0/networks").status()).isEqualTo(405);
    assertThat(alice.post("/v2.0/networks", "nonsense").error())
        .isEqualTo("400 HTTPBadRequest: Resource body required");
    assertThat(alice.post("/v2.0/networks", "{'net': {}}").error())
        .isEqualTo("400 HTTPBadRequest: Unable to find 'network' in request body");
    assertThat(alice.get("/v2.0/quotas/alice").body().at("/quota/port").intValue()).isEqualTo(-1);
    assertThat(alice.get("/v2.0/qos/policies").body().path("policies").isEmpty()).isTrue();
  }

  // QoS policies.

  @Test
  void adminsMakeQosPoliciesAndProjectsUseSharedOnes() {
    String body = "{'policy': {'name': 'gold', 'shared': %s, 'project_id': 'alice'}}";
    assertThat(alice.post("/v2.0/qos/policies", body.formatted(false)).error())
        .isEqualTo("403 PolicyNotAuthorized: rule:create_policy is disallowed by policy");
    assertThat(admin.post("/v2.0/qos/policies", "{'policy': {}}").status()).isEqualTo(400);
    JsonNode own = admin.create("/v2.0/qos/policies", body.formatted(false));
    JsonNode shared = admin.create("/v2.0/qos/policies", body.formatted(true));
    assertThat(own.path("rules").isEmpty()).isTrue();
    assertThat(alice.get("/v2.0/qos/policies").body().path("policies").size()).isEqualTo(2);
    assertThat(bob.get("/v2.0/qos/policies").body().path("policies").size()).isEqualTo(1);
    String mine = "/v2.0/qos/policies/" + own.path("id").asString("");
    assertThat(bob.get(mine).error())
        .isEqualTo(
            "404 QosPolicyNotFound: QoS policy %s could not be found."
                .formatted(own.path("id").asString("")));
    assertThat(alice.delete(mine).status()).isEqualTo(403);

    String network = network("n");
    String port = "{'port': {'network_id': '%s', 'qos_policy_id': '%s'}}";
    String policy = shared.path("id").asString("");
    JsonNode made = alice.create("/v2.0/ports", port.formatted(network, policy));
    assertThat(made.path("qos_policy_id").asString("")).isEqualTo(policy);
    String nobody = "00000000-0000-0000-0000-000000000009";
    assertThat(alice.post("/v2.0/ports", port.formatted(network, nobody)).error())
        .isEqualTo("404 QosPolicyNotFound: QoS policy %s could not be found.".formatted(nobody));
    assertThat(admin.delete(mine).status()).isEqualTo(204);
  }

  // Networks.

  @Test
  void theFirstStartMakesAPublicNetwork() {
    JsonNode found = bob.get("/v2.0/networks").body().path("networks");
    assertThat(names(found)).containsExactly("public");
    assertThat(found.at("/0/router:external").booleanValue()).isTrue();
    assertThat(found.at("/0/shared").booleanValue()).isTrue();
    JsonNode subnets = bob.get("/v2.0/subnets").body().path("subnets");
    assertThat(subnets.at("/0/cidr").stringValue()).isEqualTo("203.0.113.0/24");
    assertThat(found.at("/0/subnets/0").stringValue()).isEqualTo(id(subnets.path(0)));
  }

  @Test
  void aNetworkHasNeutronsAttributes() {
    JsonNode network = alice.create("/v2.0/networks", "{'network': {'name': 'n'}}");
    assertThat(network.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "name",
            "tenant_id",
            "project_id",
            "description",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "admin_state_up",
            "mtu",
            "status",
            "shared",
            "availability_zone_hints",
            "availability_zones",
            "ipv4_address_scope",
            "ipv6_address_scope",
            "router:external",
            "port_security_enabled",
            "qos_policy_id",
            "subnets");
    assertThat(network.path("project_id").stringValue()).isEqualTo("alice");
    assertThat(network.path("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(network.path("created_at").stringValue()).isEqualTo("2026-11-23T12:34:56Z");
  }

  @Test
  void projectsSeeTheirOwnNetworksAndSharedOnes() {
    String mine = network("mine");
    assertThat(names(bob.get("/v2.0/networks").body().path("networks"))).containsExactly("public");
    assertThat(names(admin.get("/v2.0/networks").body().path("networks")))
        .containsExactly("public", "mine");
    assertThat(bob.get("/v2.0/networks/" + mine).error())
        .isEqualTo("404 NetworkNotFound: Network " + mine + " could not be found.");
    assertThat(bob.get("/v2.0/networks/mine").status()).isEqualTo(404);
    assertThat(bob.delete("/v2.0/networks/" + publicNetwork()).error())
        .isEqualTo("403 PolicyNotAuthorized: rule:delete_network is disallowed by policy");
    assertThat(alice.post("/v2.0/networks", "{'network': {'shared': true}}").status())
        .isEqualTo(403);
    assertThat(alice.post("/v2.0/networks", "{'network': {'project_id': 'bob'}}").status())
        .isEqualTo(400);
    assertThat(id(admin.create("/v2.0/networks", "{'network': {'name': 'x', 'tenant_id': 'bob'}}")))
        .isEqualTo(id(bob.get("/v2.0/networks?name=x").body().at("/networks/0")));
  }

  @Test
  void aNetworkCanBeChangedAndDeleted() {
    String id = network("before");
    JsonNode after =
        alice
            .put("/v2.0/networks/" + id, "{'network': {'name': 'after', 'mtu': '1400'}}")
            .body()
            .path("network");
    assertThat(after.path("name").stringValue()).isEqualTo("after");
    assertThat(after.path("mtu").intValue()).isEqualTo(1400);
    assertThat(after.path("revision_number").intValue()).isEqualTo(2);
    subnet(id, "10.0.0.0/24", "");
    String port = id(port(id, ""));
    assertThat(alice.delete("/v2.0/networks/" + id).error())
        .isEqualTo(
            "409 NetworkInUse: Unable to complete operation on network %s. There are one or more ports still in use on the network, id for these ports is: %s."
                .formatted(id, port));
    assertThat(alice.delete("/v2.0/ports/" + port).status()).isEqualTo(204);
    assertThat(alice.delete("/v2.0/networks/" + id).status()).isEqualTo(204);
    assertThat(alice.get("/v2.0/networks/" + id).status()).isEqualTo(404);
    assertThat(alice.get("/v2.0/subnets?network_id=" + id).body().path("subnets").isEmpty())
        .isTrue();
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    assertThat(alice.post("/v2.0/networks", "{'network': {'nmae': 'x', 'colour': 1}}").error())
        .isEqualTo("400 HTTPBadRequest: Unrecognized attribute(s) 'colour, nmae'");
    assertThat(alice.post("/v2.0/networks", "{'network': {'name': 5}}").error())
        .isEqualTo(
            "400 HTTPBadRequest: Invalid input for name. Reason: '5' is not a valid string.");
    assertThat(alice.post("/v2.0/networks", "{'network': {'admin_state_up': 'maybe'}}").error())
        .isEqualTo(
            "400 InvalidInput: Invalid input for operation: 'maybe' cannot be converted to boolean.");
  }

  @Test
  void manyCanBeMadeAtOnceOrNone() {
    Answer answer = alice.post("/v2.0/networks", "{'networks': [{'name': 'a'}, {'name': 'b'}]}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(names(answer.body().path("networks"))).containsExactly("a", "b");
    assertThat(alice.post("/v2.0/networks", "{'networks': [{'name': 'c'}, {'name': 7}]}").status())
        .isEqualTo(400);
    assertThat(names(alice.get("/v2.0/networks").body().path("networks")))
        .containsExactly("public", "a", "b");
  }

  // Subnets.
}
