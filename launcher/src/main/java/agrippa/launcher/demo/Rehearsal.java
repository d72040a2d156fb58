package agrippa.launcher.demo;

import agrippa.web.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A little of everything, once: what the JVM sees here it can have ready at the next start.
public final class Rehearsal {
  private static final String BALANCERS = "/load-balancer/v2.0/lbaas/loadbalancers";

  private Rehearsal() {}

  /// Makes a network and a load balancer without members, and asks it for something.
  ///
  /// @param base URL of the program, without trailing slash
  /// @throws DemoFailure if something is refused
  public static void play(String base, String user, String password, String project) {
    Rest rest = Rest.login(base, user, password, project);
    String network =
        rest.post("/network/v2.0/networks", wrap("network", Json.object().put("name", "rehearsal")))
            .at("/network/id")
            .asString();
    ObjectNode subnet = Json.object().put("network_id", network).put("ip_version", 4);
    String id =
        rest.post("/network/v2.0/subnets", wrap("subnet", subnet.put("cidr", "10.99.99.0/24")))
            .at("/subnet/id")
            .asString();
    int port = freePort();
    JsonNode made = rest.post(BALANCERS, wrap("loadbalancer", tree(id, port))).path("loadbalancer");
    rest.await(
        BALANCERS + "/" + made.path("id").asString(),
        "loadbalancer",
        it -> it.path("provisioning_status").asString("").equals("ACTIVE"));
    String vip = made.path("vip_address").asString();
    Visitor.plain().visit("http://127" + vip.substring(vip.indexOf('.')) + ":" + port + "/");
  }

  private static ObjectNode tree(String subnet, int port) {
    ObjectNode tree = Json.object().put("vip_subnet_id", subnet);
    ObjectNode listener = tree.putArray("listeners").addObject();
    listener
        .put("protocol", "HTTP")
        .put("protocol_port", port)
        .putObject("default_pool")
        .put("name", "pool")
        .put("protocol", "HTTP")
        .put("lb_algorithm", "ROUND_ROBIN");
    return tree;
  }

  private static ObjectNode wrap(String root, JsonNode value) {
    return Json.object().set(root, value);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new DemoFailure("no port is free: " + e.getMessage(), e);
    }
  }
}
