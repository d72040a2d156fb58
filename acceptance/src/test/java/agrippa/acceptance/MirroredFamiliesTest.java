package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both families where networks are mirrored: an IPv6 address of a network appears at an IPv4 one,
/// and members outside of the networks are what they are.
class MirroredFamiliesTest {
  private static final String VIP_4 = "10.42.0.40";
  // 0x2a is 42, 0x29 is 41.
  private static final String VIP_6 = "fd00:42::2a:29";
  private static final List<String> IMAGES = List.of("127.42.0.40", "127.42.0.41");
  private static final int WAIT_MILLIS = 10_000;

  @TempDir private Path folder;

  private Tenant tenant;
  private String subnet4;
  private String subnet6;

  @BeforeEach
  void start() throws Exception {
    Debian.need(Map.of("/usr/bin/curl", "curl"));
    tenant = Tenant.start(folder);
    subnet4 = tenant.subnet("10.42.0.0/24");
    subnet6 =
        tenant
            .network()
            .post(
                "/subnets",
                """
                {"subnet": {"network_id": "%s", "ip_version": 6, "cidr": "fd00:42::/64"}}
                """,
                tenant.network().get("/subnets/" + subnet4).is(200).text("/subnet/network_id"))
            .is(201)
            .text("/subnet/id");
  }

  @AfterEach
  void stop() {
    tenant.close();
  }

  @Test
  void bothVipsServeMembersOfBothFamilies() throws Exception {
    int http = FreePorts.next();
    try (Backend four = Backend.start("four", "127.42.0.167", 0);
        Backend six = Backend.start("six", "127.42.0.168", 0);
        Backend outside = Backend.start("outside", "::1", 0);
        DatagramSocket names = new DatagramSocket(new InetSocketAddress("::1", 0))) {
      Thread.ofVirtual().start(() -> answer(names));
      String id =
          balancer(
              """
              {"protocol": "HTTP", "protocol_port": %d, "name": "web", "default_pool": {
                "name": "web", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
                  {"address": "10.42.0.167", "protocol_port": %d},
                  {"address": "fd00:42::2a:a8", "protocol_port": %d, "subnet_id": "%s"},
                  {"address": "::1", "protocol_port": %d}]}},
              {"protocol": "UDP", "protocol_port": %d, "default_pool": {
                "name": "names", "protocol": "UDP", "lb_algorithm": "ROUND_ROBIN", "members": [
                  {"address": "::1", "protocol_port": %d}]}}
              """
                  .formatted(
                      http,
                      four.port(),
                      six.port(),
                      subnet6,
                      outside.port(),
                      http,
                      names.getLocalPort()));
      for (String image : IMAGES) {
        assertThat(asked(image, http)).containsExactly("four", "outside", "six");
        assertThat(datagram(image, http)).isEqualTo("names");
      }
      restricts(id, http);
    }
  }

  private String balancer(String listeners) throws Exception {
    String id =
        tenant
            .balancers()
            .post(
                "/loadbalancers",
                """
                {"loadbalancer": {"name": "lb", "vip_subnet_id": "%s", "vip_address": "%s",
                  "additional_vips": [{"subnet_id": "%s", "ip_address": "%s"}],
                  "listeners": [%s]}}
                """,
                subnet4,
                VIP_4,
                subnet6,
                VIP_6,
                listeners)
            .is(201)
            .text("/loadbalancer/id");
    tenant.balancers().active("/loadbalancers/" + id);
    return id;
  }

  /// A client of an IPv6 network is seen at an image of it, too.
  private void restricts(String balancer, int port) throws Exception {
    String listener = tenant.balancers().get("/listeners?name=web").is(200).text("/listeners/0/id");
    tenant
        .balancers()
        .put(
            "/listeners/" + listener,
            "{\"listener\": {\"allowed_cidrs\": [\"fd00:42::2a:0/112\"]}}")
        .is(200);
    tenant.balancers().active("/loadbalancers/" + balancer);
    String url = "http://127.42.0.41:" + port;
    assertThat(curl("--interface", "127.42.0.9", url)).isNotEmpty();
    assertThat(curl("--interface", "127.43.0.9", url)).isEmpty();
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    String id = balancer("");
    assertThat(
            tenant
                .balancers()
                .post(
                    "/loadbalancers",
                    "{\"loadbalancer\": {\"vip_subnet_id\": \"%s\", \"vip_address\": \"%s\"}}",
                    subnet6,
                    "fd00:42::2a:28")
                .is(409)
                .text("/faultstring"))
        .contains("The VIP IP address is already in use", "fd00:42::2a:28", VIP_4);
    assertThat(
            tenant
                .balancers()
                .post(
                    "/loadbalancers",
                    """
                    {"loadbalancer": {"vip_subnet_id": "%1$s",
                      "additional_vips": [{"subnet_id": "%1$s"}]}}
                    """,
                    subnet4)
                .is(400)
                .text("/faultstring"))
        .contains("Only one IP can be bound per subnet.");
    String single = tenant.balancer("single", subnet4);
    String listener =
        """
        {"listener": {"loadbalancer_id": "%s", "protocol": "TCP", "protocol_port": 80,
          "allowed_cidrs": ["fd00::/8"]}}
        """;
    assertThat(tenant.balancers().post("/listeners", listener, single).is(400).text("/faultstring"))
        .contains("IP version incompatible with all VIPs");
    tenant.balancers().post("/listeners", listener.replace("80", "8080"), id).is(201);
  }

  // Clients and members.

  private static Set<String> asked(String host, int port) throws Exception {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 6; i++) {
      names.add(curl("http://" + host + ":" + port).lines().findFirst().orElse(""));
    }
    return names;
  }

  private static String curl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-s", "--max-time", "10"));
    command.addAll(List.of(arguments));
    return Program.run(Map.of(), command).output();
  }

  private static String datagram(String host, int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(WAIT_MILLIS);
      socket.send(new DatagramPacket(new byte[1], 1, InetAddress.ofLiteral(host), port));
      DatagramPacket answer = new DatagramPacket(new byte[64], 64);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
    }
  }

  /// Until it is closed.
  private static void answer(DatagramSocket socket) {
    byte[] name = "names".getBytes(StandardCharsets.UTF_8);
    DatagramPacket asked = new DatagramPacket(new byte[64], 64);
    try {
      while (true) {
        socket.receive(asked);
        socket.send(new DatagramPacket(name, name.length, asked.getSocketAddress()));
      }
    } catch (IOException e) {
      // Closed.
    }
  }
}
