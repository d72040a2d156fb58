package agrippa.launcher.demo;

import agrippa.web.Json;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The use case this program exists for, played through the public REST APIs: a private network,
/// two web servers on it, a load balancer in front, a health monitor, an L7 policy, TLS. Each
/// step is checked: what is printed is what happened.
public final class Demo implements AutoCloseable {
  private static final String LB = "/load-balancer/v2.0/lbaas";
  private static final int VISITS = 10;

  private final PrintWriter out;
  private final Rest rest;
  private final Visitor visitor = Visitor.plain();
  private Backend first;
  private Backend second;

  /// @param base URL of the program, without trailing slash
  public Demo(PrintWriter out, String base, String user, String password, String project) {
    this.out = out;
    this.rest = Rest.login(base, user, password, project);
    // The network 10.10.10.0/24 is mirrored at 127.10.10.0/24 of this machine.
    this.first = Backend.start("backend-1", new InetSocketAddress("127.10.10.167", 8080));
    this.second = Backend.start("backend-2", new InetSocketAddress("127.10.10.168", 8080));
  }

  /// Where visitors find the load balancer.
  public record Site(String loadBalancer, String address, String httpUrl, String httpsUrl) {}

  /// Plays all of it.
  ///
  /// @throws DemoFailure if something is not as it should be
  public Site play() {
    String subnet = step("network 10.10.10.0/24", this::network);
    JsonNode balancer = step("load balancer", () -> loadBalancer(subnet));
    String id = balancer.path("id").stringValue();
    String vip = balancer.path("vip_address").stringValue();
    String mirrored = "127" + vip.substring(vip.indexOf('.'));
    String pool = step("HTTP listener and pool", () -> listenerAndPool(id));
    step("two members", () -> members(pool, id));
    step("health monitor", () -> healthMonitor(pool, id));
    step("L7 policy: /private is rejected", () -> policy(id));
    String http = "http://" + mirrored + ":8080/";
    SelfSigned certificate = SelfSigned.of("www.example.com", address(mirrored));
    step("TLS termination from a stored PKCS#12", () -> tls(id, pool, certificate));
    String https = "https://" + mirrored + ":8443/";

    say("");
    say("VIP %s answers at %s on this machine.", vip, mirrored);
    expectBoth(http, visitor);
    expectBoth(https, Visitor.trusting(certificate.certificate()));
    expectRejected(http + "private");
    say("");
    failover(pool, http);
    return new Site(id, vip, http, https);
  }

  private String network() {
    JsonNode network =
        rest.post("/network/v2.0/networks", wrap("network", Json.object().put("name", "mynetwork")))
            .path("network");
    return rest.post(
            "/network/v2.0/subnets",
            wrap(
                "subnet",
                Json.object()
                    .put("name", "mysubnet")
                    .put("network_id", network.path("id").stringValue())
                    .put("ip_version", 4)
                    .put("cidr", "10.10.10.0/24")))
        .path("subnet")
        .path("id")
        .stringValue();
  }

  private JsonNode loadBalancer(String subnet) {
    JsonNode created =
        rest.post(
                LB + "/loadbalancers",
                wrap(
                    "loadbalancer", Json.object().put("name", "demo").put("vip_subnet_id", subnet)))
            .path("loadbalancer");
    return active(created.path("id").stringValue());
  }

  private String listenerAndPool(String balancer) {
    JsonNode listener =
        rest.post(
                LB + "/listeners",
                wrap(
                    "listener",
                    Json.object()
                        .put("name", "http")
                        .put("loadbalancer_id", balancer)
                        .put("protocol", "HTTP")
                        .put("protocol_port", 8080)))
            .path("listener");
    active(balancer);
    JsonNode pool =
        rest.post(
                LB + "/pools",
                wrap(
                    "pool",
                    Json.object()
                        .put("name", "web")
                        .put("listener_id", listener.path("id").stringValue())
                        .put("protocol", "HTTP")
                        .put("lb_algorithm", "ROUND_ROBIN")))
            .path("pool");
    active(balancer);
    return pool.path("id").stringValue();
  }

  private JsonNode members(String pool, String balancer) {
    for (Backend backend : new Backend[] {first, second}) {
      rest.post(
          LB + "/pools/" + pool + "/members",
          wrap(
              "member",
              Json.object()
                  .put("name", backend.name())
                  .put("address", backend == first ? "10.10.10.167" : "10.10.10.168")
                  .put("protocol_port", backend.port())));
      active(balancer);
    }
    return rest.get(LB + "/pools/" + pool + "/members");
  }

  private JsonNode healthMonitor(String pool, String balancer) {
    rest.post(
        LB + "/healthmonitors",
        wrap(
            "healthmonitor",
            Json.object()
                .put("pool_id", pool)
                .put("type", "HTTP")
                .put("delay", 1)
                .put("timeout", 1)
                .put("max_retries", 1)
                .put("max_retries_down", 2)));
    active(balancer);
    return rest.await(
        LB + "/pools/" + pool, "pool", it -> "ONLINE".equals(text(it, "operating_status")));
  }

  private JsonNode policy(String balancer) {
    JsonNode listeners = rest.get(LB + "/listeners?name=http&loadbalancer_id=" + balancer);
    JsonNode policy =
        rest.post(
                LB + "/l7policies",
                wrap(
                    "l7policy",
                    Json.object()
                        .put("name", "private")
                        .put("listener_id", text(listeners.path("listeners").path(0), "id"))
                        .put("action", "REJECT")))
            .path("l7policy");
    active(balancer);
    rest.post(
        LB + "/l7policies/" + text(policy, "id") + "/rules",
        wrap(
            "rule",
            Json.object()
                .put("type", "PATH")
                .put("compare_type", "STARTS_WITH")
                .put("value", "/private")));
    return active(balancer);
  }

  private JsonNode tls(String balancer, String pool, SelfSigned certificate) {
    String secret =
        text(
            rest.post(
                "/key-manager/v1/secrets",
                Json.object()
                    .put("name", "www.example.com")
                    .put("payload", Base64.getEncoder().encodeToString(certificate.bundle()))
                    .put("payload_content_type", "application/octet-stream")
                    .put("payload_content_encoding", "base64")),
            "secret_ref");
    rest.post(
        LB + "/listeners",
        wrap(
            "listener",
            Json.object()
                .put("name", "https")
                .put("loadbalancer_id", balancer)
                .put("protocol", "TERMINATED_HTTPS")
                .put("protocol_port", 8443)
                .put("default_tls_container_ref", secret)
                .put("default_pool_id", pool)));
    return active(balancer);
  }

  private void expectBoth(String url, Visitor by) {
    Map<String, Integer> answers = by.count(url, VISITS);
    say("%d requests to %-30s %s", VISITS, url, answers);
    if (!answers.equals(Map.of(first.name(), VISITS / 2, second.name(), VISITS / 2))) {
      throw new DemoFailure("both backends should have answered equally often");
    }
  }

  private void expectRejected(String url) {
    int status = visitor.visit(url).statusCode();
    say("1 request to %-31s %d", url, status);
    if (status != 403) {
      throw new DemoFailure("the L7 policy should have rejected it with 403");
    }
  }

  private void failover(String pool, String url) {
    String members = LB + "/pools/" + pool + "/members";
    String member = text(rest.get(members + "?name=" + first.name()).path("members").path(0), "id");
    first.close();
    step(
        "stopped backend-1; its member turns ERROR",
        () -> rest.await(members + "/" + member, "member", it -> operates(it, "ERROR")));
    Map<String, Integer> alone = visitor.count(url, VISITS);
    say("%d requests to %-30s %s", VISITS, url, alone);
    if (!alone.equals(Map.of(second.name(), VISITS))) {
      throw new DemoFailure("only backend-2 should have answered");
    }
    first = first.restart();
    step(
        "started backend-1; its member turns ONLINE",
        () -> rest.await(members + "/" + member, "member", it -> operates(it, "ONLINE")));
    expectBoth(url, visitor);
  }

  private JsonNode active(String balancer) {
    return rest.await(
        LB + "/loadbalancers/" + balancer,
        "loadbalancer",
        it -> "ACTIVE".equals(text(it, "provisioning_status")));
  }

  private <T> T step(String what, Supplier<T> work) {
    long began = System.nanoTime();
    T result = work.get();
    say("%-46s %6.0f ms", what, (System.nanoTime() - began) / 1e6);
    return result;
  }

  private void say(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
    out.flush();
  }

  private static boolean operates(JsonNode resource, String status) {
    return status.equals(text(resource, "operating_status"));
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asString("");
  }

  private static ObjectNode wrap(String root, JsonNode value) {
    return Json.object().set(root, value);
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Override
  public void close() {
    first.close();
    second.close();
  }
}
