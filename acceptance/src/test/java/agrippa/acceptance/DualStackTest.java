package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// VIPs of both families before members of both families, in a lab: clients are outside, where IPv4
/// comes in by floating IPs and IPv6 is routed.
class DualStackTest {
  private static final String NETWORK = "/network/v2.0";
  private static final String COMPUTE = "/compute/v2.1";
  private static final String BALANCERS = "/load-balancer/v2.0/lbaas";
  private static final String OUTSIDE_4 = "203.0.113.1";
  private static final String OUTSIDE_6 = "2001:db8::1";
  private static final Set<String> BOTH = Set.of("one", "two");
  private static final int ASKED = 6;

  @TempDir private Path folder;

  private final List<Process> processes = new ArrayList<>();
  private Lab lab;
  private String network;
  private String subnet4;
  private String subnet6;
  private Server one;
  private Server two;

  /// A server with an address of each family.
  private record Server(String id, String four, String six) {}

  @BeforeEach
  void start() throws Exception {
    Debian.need(
        Map.of(
            "/usr/bin/python3",
            "python3",
            "/usr/bin/ncat",
            "ncat",
            "/usr/bin/ping",
            "iputils-ping"));
    lab = Lab.start(Files.createDirectory(folder.resolve("state")));
  }

  @AfterEach
  void stop() throws Exception {
    for (Process it : processes) {
      it.destroyForcibly().waitFor();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void bothFamiliesAreServedBeforeMembersOfBoth() throws Exception {
    network();
    one = server("one");
    two = server("two");
    serve(one, "one");
    Process second = serve(two, "two");

    JsonNode balancer = made();
    String id = balancer.path("id").asString();
    String six = additional(id);
    String four = floating(balancer.path("vip_port_id").asString());
    fill(id);
    for (String vip : List.of(four, six)) {
      SmallCloud.await("both serve at " + vip, () -> all(vip).equals(BOTH));
      told(vip);
    }
    SmallCloud.await("all members are up", () -> statuses(id).equals(Set.of("ONLINE")));
    counts(id, four, six);
    restricts(four, six);
    failsOver(second, four, six);
    theOtherWayRound();
  }

  // The cloud.

  private void network() throws Exception {
    String outside = lab.get(NETWORK + "/networks?name=public").at("/networks/0/id").asString();
    network =
        lab.post(NETWORK + "/networks", "{\"network\": {\"name\": \"net\"}}")
            .at("/network/id")
            .asString();
    subnet4 = subnet("\"ip_version\": 4, \"cidr\": \"10.20.0.0/24\"");
    subnet6 = subnet("\"ip_version\": 6, \"use_default_subnetpool\": true");
    String router =
        lab.post(
                NETWORK + "/routers",
                "{\"router\": {\"external_gateway_info\": {\"network_id\": \"%s\"}}}",
                outside)
            .at("/router/id")
            .asString();
    for (String subnet : List.of(subnet4, subnet6)) {
      lab.put(
          NETWORK + "/routers/" + router + "/add_router_interface",
          "{\"subnet_id\": \"%s\"}",
          subnet);
    }
    String group =
        lab.post(NETWORK + "/security-groups", "{\"security_group\": {\"name\": \"open\"}}")
            .at("/security_group/id")
            .asString();
    for (String family : List.of("IPv4", "IPv6")) {
      lab.post(
          NETWORK + "/security-group-rules",
          """
          {"security_group_rule": {"security_group_id": "%s", "direction": "ingress",
            "ethertype": "%s"}}
          """,
          group,
          family);
    }
  }

  private String subnet(String how) throws Exception {
    return lab.post(
            NETWORK + "/subnets", "{\"subnet\": {\"network_id\": \"%s\", %s}}", network, how)
        .at("/subnet/id")
        .asString();
  }

  private Server server(String name) throws Exception {
    SmallCloud.await(
        "the default image is active",
        () -> lab.get("/image/v2/images").at("/images/0/status").asString().equals("active"));
    String id =
        lab.post(
                COMPUTE + "/servers",
                """
                {"server": {"name": "%s", "imageRef": "%s", "flavorRef": "%s",
                  "networks": [{"uuid": "%s"}], "security_groups": [{"name": "open"}]}}
                """,
                name,
                lab.get("/image/v2/images").at("/images/0/id").asString(),
                lab.get(COMPUTE + "/flavors").at("/flavors/0/id").asString(),
                network)
            .at("/server/id")
            .asString();
    String path = COMPUTE + "/servers/" + id;
    SmallCloud.await(
        name + " is ACTIVE", () -> lab.get(path).at("/server/status").asString().equals("ACTIVE"));
    JsonNode addresses = lab.get(path).at("/server/addresses/net");
    return new Server(id, address(addresses, 4), address(addresses, 6));
  }

  private static String address(JsonNode addresses, int version) {
    for (JsonNode it : addresses) {
      if (it.path("version").asInt() == version) {
        return it.path("addr").asString();
      }
    }
    throw new AssertionError("no IPv" + version + " address: " + addresses);
  }

  /// Answers HTTP and datagrams with a name at port 80.
  private Process serve(Server server, String name) throws Exception {
    Path program = Program.home().resolve("acceptance/src/test/resources/tempest/test_server.py");
    return inside(server, "python3", program.toString(), "-id", name, "-port", "80");
  }

  private Process inside(Server server, String... command) throws IOException {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--net=" + SmallCloud.namespace(server.id())));
    all.addAll(List.of(command));
    Process process =
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("members.log").toFile())
            .start();
    processes.add(process);
    return process;
  }

  // The load balancers.

  private JsonNode made() throws Exception {
    JsonNode balancer =
        lab.openstack(
            "loadbalancer",
            "create",
            "--name",
            "lb",
            "--vip-subnet-id",
            subnet4,
            "--additional-vip",
            "subnet-id=" + subnet6,
            "--wait");
    assertThat(balancer.path("provisioning_status").asString()).isEqualTo("ACTIVE");
    assertThat(balancer.path("vip_address").asString()).startsWith("10.20.0.");
    assertThat(balancer.path("additional_vips").toString()).contains(subnet6, "2001:db8:1:");
    return balancer;
  }

  private String additional(String balancer) throws Exception {
    return lab.get(BALANCERS + "/loadbalancers/" + balancer)
        .at("/loadbalancer/additional_vips/0/ip_address")
        .asString();
  }

  /// An IPv4 VIP's address outside.
  private String floating(String port) throws Exception {
    return lab.post(
            NETWORK + "/floatingips",
            "{\"floatingip\": {\"floating_network_id\": \"%s\", \"port_id\": \"%s\"}}",
            lab.get(NETWORK + "/networks?name=public").at("/networks/0/id").asString(),
            port)
        .at("/floatingip/floating_ip_address")
        .asString();
  }

  private void fill(String balancer) throws Exception {
    listener(balancer, "HTTP", 80, "HTTP", "HTTP", members(80));
    listener(balancer, "TCP", 81, "TCP", "HTTP", members(80));
    listener(balancer, "UDP", 80, "UDP", "UDP-CONNECT", members(80));
    // Says what it hears first.
    inside(one, "ncat", "-k", "-l", "85", "-c", "head -n 1");
    listener(balancer, "TCP", 82, "PROXY", "TCP", member(one.four(), subnet4, 85));
    listener(balancer, "TCP", 83, "PROXY", "PING", member(one.six(), subnet6, 85));
    lab.post(
        BALANCERS + "/listeners",
        """
        {"listener": {"loadbalancer_id": "%s", "protocol": "PROMETHEUS", "protocol_port": 9100}}
        """,
        balancer);
  }

  /// Each family has one.
  private String members(int port) {
    return member(one.four(), subnet4, port) + ", " + member(two.six(), subnet6, port);
  }

  private static String member(String address, String subnet, int port) {
    return "{\"address\": \"%s\", \"subnet_id\": \"%s\", \"protocol_port\": %d}"
        .formatted(address, subnet, port);
  }

  private void listener(
      String balancer, String protocol, int port, String pool, String check, String members)
      throws Exception {
    String name = (protocol + "-" + port).toLowerCase(Locale.ROOT);
    lab.post(
        BALANCERS + "/listeners",
        """
        {"listener": {"loadbalancer_id": "%s", "name": "%s", "protocol": "%s",
          "protocol_port": %d %s}}
        """,
        balancer,
        name,
        protocol,
        port,
        protocol.equals("HTTP") ? ", \"insert_headers\": {\"X-Forwarded-For\": \"true\"}" : "");
    String id =
        lab.post(
                BALANCERS + "/pools",
                """
                {"pool": {"listener_id": "%s", "name": "%s", "protocol": "%s",
                  "lb_algorithm": "ROUND_ROBIN"}}
                """,
                listenerId(name),
                name,
                pool)
            .at("/pool/id")
            .asString();
    lab.put(BALANCERS + "/pools/" + id + "/members", "{\"members\": [%s]}", members);
    lab.post(
        BALANCERS + "/healthmonitors",
        """
        {"healthmonitor": {"pool_id": "%s", "type": "%s", "delay": 3, "timeout": 3,
          "max_retries": 1, "max_retries_down": 1}}
        """,
        id,
        check);
  }

  private String listenerId(String name) throws Exception {
    return lab.get(BALANCERS + "/listeners?name=" + name).at("/listeners/0/id").asString();
  }

  // What clients outside see.

  /// Who answers, if HTTP, TCP and UDP agree about that.
  private Set<String> all(String vip) throws Exception {
    Set<String> http = asked(vip, 80);
    return http.equals(asked(vip, 81)) && http.equals(datagrams(vip)) ? http : Set.of();
  }

  /// Who answers, each time on a connection of its own.
  private Set<String> asked(String vip, int port) throws Exception {
    List<String> curl =
        new ArrayList<>(List.of("curl", "-gs", "--max-time", "5", "-w", "\\n", "-H"));
    curl.add("Connection: close");
    for (int i = 0; i < ASKED; i++) {
      curl.add("http://" + literal(vip) + ":" + port);
    }
    return lines(lab.run(curl.toArray(String[]::new)));
  }

  private static String literal(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }

  private Set<String> datagrams(String vip) throws Exception {
    String script =
        """
        for i in $(seq %d); do
          exec 3<>/dev/udp/$0/80 && echo >&3 && timeout 5 dd bs=64 count=1 <&3 2>/dev/null; echo
        done
        """
            .formatted(ASKED);
    return lines(lab.run("bash", "-c", script, vip));
  }

  private static Set<String> lines(Program.Result result) {
    return Arrays.stream(result.output().split("\n"))
        .filter(it -> !it.isBlank())
        .collect(Collectors.toSet());
  }

  /// Members are told whom a connection is from, whatever family they are of.
  private void told(String vip) throws Exception {
    String client = vip.contains(":") ? OUTSIDE_6 : OUTSIDE_4;
    for (int i = 0; i < 2; i++) {
      assertThat(lab.run("curl", "-gs", "http://" + literal(vip) + "/request").output())
          .contains("X-Forwarded-For: " + client + "\n");
    }
    String family = vip.contains(":") ? "TCP6 " : "TCP4 ";
    for (int port : new int[] {82, 83}) {
      String script = "exec 3<>/dev/tcp/$0/$1 && timeout 5 head -n 1 <&3";
      assertThat(lab.run("bash", "-c", script, vip, Integer.toString(port)).output())
          .startsWith("PROXY " + family + client + " ")
          .contains(" " + port + "\r");
    }
  }

  private Set<String> statuses(String balancer) throws Exception {
    Set<String> statuses = new HashSet<>();
    lab.get(BALANCERS + "/pools?loadbalancer_id=" + balancer)
        .path("pools")
        .forEach(it -> statuses.add(it.path("operating_status").asString()));
    return statuses;
  }

  /// Both families count.
  private void counts(String balancer, String four, String six) throws Exception {
    int before = connections(balancer);
    asked(four, 80);
    asked(six, 81);
    datagrams(six);
    SmallCloud.awaitSame(() -> connections(balancer), () -> before + 3 * ASKED);
    assertThat(
            lab.openstack("loadbalancer", "stats", "show", balancer)
                .path("total_connections")
                .asInt())
        .isEqualTo(before + 3 * ASKED);
    for (String vip : List.of(four, six)) {
      assertThat(metrics(vip)).contains("octavia_loadbalancer_connections_total ");
    }
  }

  private String metrics(String vip) throws Exception {
    return lab.run("curl", "-gs", "http://" + literal(vip) + ":9100/metrics").output();
  }

  private int connections(String balancer) throws Exception {
    return lab.get(BALANCERS + "/loadbalancers/" + balancer + "/stats")
        .at("/stats/total_connections")
        .asInt();
  }

  /// Allowed networks are of one family or the other.
  private void restricts(String four, String six) throws Exception {
    String listener = BALANCERS + "/listeners/" + listenerId("tcp-81");
    allow(listener, "\"203.0.113.0/24\"");
    SmallCloud.await("IPv6 is kept out", () -> asked(six, 81).isEmpty());
    assertThat(asked(four, 81)).isEqualTo(BOTH);
    allow(listener, "\"2001:db8::/64\"");
    SmallCloud.await("IPv4 is kept out", () -> asked(four, 81).isEmpty());
    assertThat(asked(six, 81)).isEqualTo(BOTH);
    allow(listener, "\"203.0.113.0/24\", \"2001:db8::/64\"");
    SmallCloud.await("all are let in", () -> asked(four, 81).equals(BOTH));
    assertThat(asked(six, 81)).isEqualTo(BOTH);
  }

  private void allow(String listener, String networks) throws Exception {
    lab.put(listener, "{\"listener\": {\"allowed_cidrs\": [%s]}}", networks);
  }

  /// The IPv6 member dies and lives again.
  private void failsOver(Process second, String four, String six) throws Exception {
    second.destroyForcibly().waitFor();
    for (String vip : List.of(four, six)) {
      SmallCloud.await("one alone serves at " + vip, () -> all(vip).equals(Set.of("one")));
    }
    serve(two, "two");
    for (String vip : List.of(four, six)) {
      SmallCloud.await("both serve again at " + vip, () -> all(vip).equals(BOTH));
    }
  }

  /// An IPv6 VIP with an additional one of IPv4, in one request.
  private void theOtherWayRound() throws Exception {
    JsonNode balancer =
        lab.post(
                BALANCERS + "/loadbalancers",
                """
                {"loadbalancer": {"name": "reverse", "vip_subnet_id": "%1$s",
                  "additional_vips": [{"subnet_id": "%2$s", "ip_address": "10.20.0.99"}],
                  "listeners": [
                    {"protocol": "HTTP", "protocol_port": 80, "default_pool": {%3$s}},
                    {"protocol": "TCP", "protocol_port": 81, "default_pool": {%4$s}},
                    {"protocol": "UDP", "protocol_port": 80, "default_pool": {%5$s}}]}}
                """,
                subnet6,
                subnet4,
                pool("HTTP"),
                pool("TCP"),
                pool("UDP"))
            .path("loadbalancer");
    String six = balancer.path("vip_address").asString();
    assertThat(six).startsWith("2001:db8:1:");
    String four = floating(balancer.path("vip_port_id").asString());
    for (String vip : List.of(four, six)) {
      SmallCloud.await("both serve at " + vip, () -> all(vip).equals(BOTH));
    }
  }

  private String pool(String protocol) {
    return """
        "name": "reverse-%1$s", "protocol": "%1$s", "lb_algorithm": "ROUND_ROBIN", "members": [%2$s]
        """
        .formatted(protocol, members(80));
  }
}
