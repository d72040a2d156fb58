package agrippa.cloud.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RoutersFaceTest extends FaceRig {
  private String router(String more) {
    return id(alice.create("/v2.0/routers", "{'router': {'name': 'r'" + more + "}}"));
  }

  private String outside() {
    return ", 'external_gateway_info': {'network_id': '" + publicNetwork() + "'}";
  }

  private TestCloud.Answer plug(String router, String subnet) {
    return alice.put(
        "/v2.0/routers/" + router + "/add_router_interface", "{'subnet_id': '" + subnet + "'}");
  }

  private TestCloud.Answer unplug(String router, String subnet) {
    return alice.put(
        "/v2.0/routers/" + router + "/remove_router_interface", "{'subnet_id': '" + subnet + "'}");
  }

  @Test
  void aRouterHasAGatewayAndInterfaces() {
    String network = network("n");
    String subnet = id(subnet(network, "10.10.10.0/24", ""));
    String router = router(outside());
    JsonNode shown = alice.get("/v2.0/routers/" + router).body().path("router");
    assertThat(shown.at("/external_gateway_info/network_id").stringValue())
        .isEqualTo(publicNetwork());
    assertThat(shown.at("/external_gateway_info/enable_snat").booleanValue()).isTrue();
    assertThat(shown.at("/external_gateway_info/external_fixed_ips/0/ip_address").stringValue())
        .isEqualTo("203.0.113.2");
    assertThat(shown.has("ha")).isFalse();
    JsonNode added = plug(router, subnet).body();
    assertThat(added.path("subnet_id").stringValue()).isEqualTo(subnet);
    JsonNode port =
        alice.get("/v2.0/ports/" + added.path("port_id").stringValue()).body().path("port");
    assertThat(address(port)).isEqualTo("10.10.10.1");
    assertThat(port.path("device_owner").stringValue()).isEqualTo("network:router_interface");
    assertThat(port.path("device_id").stringValue()).isEqualTo(router);
    assertThat(alice.delete("/v2.0/ports/" + id(port)).error())
        .isEqualTo(
            "409 ServicePortInUse: Port %s cannot be deleted directly via the port API: has device owner network:router_interface."
                .formatted(id(port)));
    assertThat(alice.delete("/v2.0/routers/" + router).error())
        .isEqualTo(
            "409 RouterInUse: Router %s has ports still attached: %s".formatted(router, id(port)));
    assertThat(unplug(router, subnet).status()).isEqualTo(200);
    assertThat(unplug(router, subnet).error())
        .startsWith("404 RouterInterfaceNotFoundForSubnet: Router " + router);
    assertThat(alice.delete("/v2.0/routers/" + router).status()).isEqualTo(204);
    assertThat(alice.get("/v2.0/ports").body().path("ports")).isEmpty();
  }

  @Test
  void refusesInterfacesThatMakeNoSense() {
    String network = network("n");
    String subnet = id(subnet(network, "10.10.10.0/24", ""));
    String overlapping = id(subnet(network("m"), "10.10.0.0/16", ""));
    String closed = id(subnet(network("o"), "10.20.0.0/16", ", 'gateway_ip': null"));
    String router = router("");
    plug(router, subnet);
    assertThat(plug(router, subnet).error())
        .isEqualTo(
            "400 BadRequest: Bad router request: Router already has a port on subnet %s."
                .formatted(subnet));
    assertThat(plug(router, overlapping).error())
        .startsWith("400 BadRequest: Bad router request: Cidr 10.10.0.0/16 of subnet");
    assertThat(plug(router, closed).error())
        .isEqualTo(
            "400 BadRequest: Bad router request: Subnet for router interface must have a gateway IP.");
    assertThat(alice.put("/v2.0/routers/" + router + "/add_router_interface", "{}").error())
        .isEqualTo(
            "400 BadRequest: Bad router request: Either subnet_id or port_id must be specified.");
    String port = id(port(network, ", 'device_id': 'x'"));
    assertThat(
            alice
                .put(
                    "/v2.0/routers/" + router + "/add_router_interface",
                    "{'port_id': '" + port + "'}")
                .error())
        .startsWith("409 PortInUse");
    assertThat(
            alice
                .put(
                    "/v2.0/routers/" + router,
                    "{'router': {'external_gateway_info': {'network_id': '" + network + "'}}}")
                .error())
        .isEqualTo(
            "400 BadRequest: Bad router request: Network %s is not an external network."
                .formatted(network));
    assertThat(bob.get("/v2.0/routers/" + router).status()).isEqualTo(404);
  }

  @Test
  void floatingIpsHoldTheirRouter() {
    String network = network("n");
    String subnet = id(subnet(network, "10.10.10.0/24", ""));
    String router = router(outside());
    plug(router, subnet);
    String port = id(port(network, ""));
    JsonNode floating =
        alice.create(
            "/v2.0/floatingips",
            "{'floatingip': {'floating_network_id': '%s', 'port_id': '%s'}}"
                .formatted(publicNetwork(), port));
    assertThat(floating.path("router_id").stringValue()).isEqualTo(router);
    assertThat(unplug(router, subnet).error()).startsWith("409 RouterInterfaceInUseByFloatingIP");
    assertThat(
            alice
                .put("/v2.0/routers/" + router, "{'router': {'external_gateway_info': null}}")
                .error())
        .startsWith("409 RouterExternalGatewayInUseByFloatingIp");
    alice.delete("/v2.0/floatingips/" + id(floating));
    assertThat(
            alice
                .put("/v2.0/routers/" + router, "{'router': {'external_gateway_info': {}}}")
                .body()
                .at("/router/external_gateway_info")
                .isNull())
        .isTrue();
  }

  @Test
  void routesLeadByWayOfNeighbours() {
    String subnet = id(subnet(network("n"), "10.10.10.0/24", ""));
    String router = router("");
    plug(router, subnet);
    String path = "/v2.0/routers/" + router;
    String routes = "{'router': {'routes': [{'destination': '10.9.0.0/16', 'nexthop': '%s'}]}}";
    assertThat(alice.put(path, routes.formatted("10.8.0.1")).error())
        .startsWith("400 InvalidRoutes");
    JsonNode after = alice.put(path + "/add_extraroutes", routes.formatted("10.10.10.9")).body();
    assertThat(after.at("/router/routes/0/nexthop").stringValue()).isEqualTo("10.10.10.9");
    assertThat(
            alice
                .put(path + "/add_extraroutes", routes.formatted("10.10.10.9"))
                .body()
                .at("/router/routes"))
        .hasSize(1);
    assertThat(
            alice
                .put(path + "/remove_extraroutes", routes.formatted("10.10.10.9"))
                .body()
                .at("/router/routes"))
        .isEmpty();
  }
}
