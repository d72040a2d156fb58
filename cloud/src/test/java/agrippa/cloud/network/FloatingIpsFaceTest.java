package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FloatingIpsFaceTest extends FaceRig {
  @Test
  void aFloatingIpLeadsToAPort() {
    String network = network("n");
    subnet(network, "10.10.10.0/24", "");
    String port = id(port(network, ""));
    JsonNode floating =
        alice.create(
            "/v2.0/floatingips",
            "{'floatingip': {'floating_network_id': '%s', 'description': 'd'}}"
                .formatted(publicNetwork()));
    assertThat(floating.path("floating_ip_address").stringValue()).isEqualTo("203.0.113.2");
    assertThat(floating.path("status").stringValue()).isEqualTo("DOWN");
    assertThat(floating.has("name")).isFalse();
    String path = "/v2.0/floatingips/" + id(floating);
    JsonNode set =
        alice.put(path, "{'floatingip': {'port_id': '" + port + "'}}").body().path("floatingip");
    assertThat(set.path("fixed_ip_address").stringValue()).isEqualTo("10.10.10.2");
    assertThat(set.path("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(set.path("description").stringValue()).isEqualTo("d");
    assertThat(alice.get("/v2.0/floatingips?port_id=" + port).body().path("floatingips").size())
        .isEqualTo(1);
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                        .formatted(publicNetwork(), port))
                .error())
        .startsWith("409 FloatingIPPortAlreadyAssociated");
    assertThat(
            alice
                .put(path, "{'floatingip': {'port_id': null}}")
                .body()
                .at("/floatingip/port_id")
                .isNull())
        .isTrue();
    assertThat(alice.delete(path).status()).isEqualTo(204);
    assertThat(alice.get("/v2.0/floatingips").body().toString()).isEqualTo("{\"floatingips\":[]}");
  }

  @Test
  void aPortThatGoesLeavesItsFloatingIpBehind() {
    String network = network("n");
    subnet(network, "10.10.10.0/24", "");
    String port = id(port(network, ""));
    String floating =
        id(
            alice.create(
                "/v2.0/floatingips",
                "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                    .formatted(publicNetwork(), port)));
    alice.delete("/v2.0/ports/" + port);
    assertThat(alice.get("/v2.0/floatingips/" + floating).body().at("/floatingip/port_id").isNull())
        .isTrue();
  }

  @Test
  void refusesFloatingIpsThatMakeNoSense() {
    String network = network("n");
    String port = id(port(network, ""));
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '" + network + "'}}")
                .error())
        .isEqualTo(
            "400 BadRequest: Bad floatingip request: Network %s is not a valid external network."
                .formatted(network));
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                        .formatted(publicNetwork(), port))
                .error())
        .contains("has no fixed IPv4 addresses");
    assertThat(
            alice
                .post(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'floating_ip_address': '203.0.113.9'}}"
                        .formatted(publicNetwork()))
                .status())
        .isEqualTo(403);
    assertThat(
            admin
                .create(
                    "/v2.0/floatingips",
                    "{'floatingip': {'floating_network_id': '%s', 'floating_ip_address': '203.0.113.9'}}"
                        .formatted(publicNetwork()))
                .path("floating_ip_address")
                .stringValue())
        .isEqualTo("203.0.113.9");
  }

  // Security groups.
}
