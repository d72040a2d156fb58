package agrippa.cloud.network;

import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import tools.jackson.databind.JsonNode;

/// A network service seen through its face, by users of two projects and an admin.
abstract class FaceRig {
  final TestCloud cloud = new TestCloud();
  final TestCloud.Client alice = cloud.as("alice");
  final TestCloud.Client bob = cloud.as("bob");
  final TestCloud.Client admin = cloud.as("admin");

  @AfterEach
  void stop() {
    cloud.close();
  }

  String network(String name) {
    return id(alice.create("/v2.0/networks", "{'network': {'name': '" + name + "'}}"));
  }

  JsonNode subnet(String network, String cidr, String more) {
    return alice.create(
        "/v2.0/subnets",
        "{'subnet': {'network_id': '%s', 'cidr': '%s', 'ip_version': %d%s}}"
            .formatted(network, cidr, cidr.contains(":") ? 6 : 4, more));
  }

  JsonNode port(String network, String more) {
    return alice.create("/v2.0/ports", portBody(network, more));
  }

  static String portBody(String network, String more) {
    return "{'port': {'network_id': '%s'%s}}".formatted(network, more);
  }

  static String id(JsonNode it) {
    return it.path("id").stringValue();
  }

  static List<String> names(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(it -> it.path("name").asString())
        .toList();
  }

  static String address(JsonNode port) {
    return port.at("/fixed_ips/0/ip_address").stringValue();
  }

  String publicNetwork() {
    return id(alice.get("/v2.0/networks?name=public").body().at("/networks/0"));
  }

  // Who may ask, and what the service says of itself.
}
