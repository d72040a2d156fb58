package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A load balancer of datagrams, made with the real `openstack` command: it balances, takes a dead
/// member out and back, shares its port with TCP, and counts.
class DatagramTest {
  /// Longer than anything takes: reached only by a failing test.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int TRIES = 30;
  private static final int LOST_MILLIS = 2_000;

  @TempDir private Path folder;

  @Test
  void balancesDatagrams() throws Exception {
    try (Program program = Program.start(folder.resolve("state"));
        Peer steady = Peer.start("steady", "127.30.0.11");
        Peer dying = Peer.start("dying", "127.30.0.12")) {
      Api api = Api.of(program);
      OpenStack openstack = new OpenStack(program);
      int port = FreePorts.next();
      InetSocketAddress vip = make(openstack, api.subnet("10.30.0.0/24"), port, steady, dying);
      String balancer = id(openstack, "show", "lb");
      api.active(balancer);
      String pool = id(openstack, "pool", "show", "names");
      awaitPool(api, pool, "ONLINE");

      assertThat(names(vip, 20)).isEqualTo(Map.of("steady", 10, "dying", 10));

      dying.die();
      awaitPool(api, pool, "DEGRADED");
      assertThat(names(vip, 6)).isEqualTo(Map.of("steady", 6));
      dying.live();
      awaitPool(api, pool, "ONLINE");
      assertThat(names(vip, 6)).isEqualTo(Map.of("steady", 3, "dying", 3));

      sharesItsPort(api, balancer, port);
      openstack.run(
          "loadbalancer",
          "pool",
          "set",
          "--session-persistence",
          "type=SOURCE_IP",
          "--wait",
          "names");
      assertThat(names(vip, 6)).hasSize(1);
      String listener = id(openstack, "listener", "show", "dns");
      JsonNode stats =
          api.get(Api.LB + "/listeners/" + listener + "/stats").expect(200).body().path("stats");
      assertThat(stats.path("total_connections").asInt()).isGreaterThanOrEqualTo(38);
      assertThat(stats.path("bytes_in").asInt()).isGreaterThanOrEqualTo(38);
      assertThat(stats.path("request_errors").asInt()).isZero();
    }
  }

  private static InetSocketAddress make(
      OpenStack openstack, String subnet, int port, Peer... members) throws Exception {
    JsonNode balancer =
        openstack.json(
            "loadbalancer", "create", "--name", "lb", "--vip-subnet-id", subnet, "--wait");
    openstack.run(
        "loadbalancer",
        "listener",
        "create",
        "--name",
        "dns",
        "--protocol",
        "UDP",
        "--protocol-port",
        Integer.toString(port),
        "--wait",
        "lb");
    openstack.run(
        "loadbalancer",
        "pool",
        "create",
        "--name",
        "names",
        "--listener",
        "dns",
        "--protocol",
        "UDP",
        "--lb-algorithm",
        "ROUND_ROBIN",
        "--wait");
    for (Peer member : members) {
      openstack.run(
          "loadbalancer",
          "member",
          "create",
          "--address",
          member.address().getAddress().getHostAddress().replaceFirst("^127", "10"),
          "--protocol-port",
          Integer.toString(member.address().getPort()),
          "--wait",
          "names");
    }
    openstack.run(
        "loadbalancer",
        "healthmonitor",
        "create",
        "--type",
        "UDP-CONNECT",
        "--delay",
        "3",
        // A refusal is told at once: a stopped machine must not look like a dead member.
        "--timeout",
        "30",
        "--max-retries",
        "1",
        "--max-retries-down",
        "1",
        "--wait",
        "names");
    String address = balancer.path("vip_address").asString().replaceFirst("^10", "127");
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static String id(OpenStack openstack, String... command) throws Exception {
    String[] all = new String[command.length + 1];
    all[0] = "loadbalancer";
    System.arraycopy(command, 0, all, 1, command.length);
    return openstack.json(all).path("id").asString();
  }

  private static void awaitPool(Api api, String pool, String status) throws Exception {
    api.await(
        Api.LB + "/pools/" + pool,
        it -> it.path("operating_status").asString().equals(status),
        PATIENCE);
  }

  /// TCP may have the same port, SCTP is refused with a reason.
  private static void sharesItsPort(Api api, String balancer, int port) throws Exception {
    String listener =
        """
        {"listener": {"loadbalancer_id": "%s", "protocol": "%s", "protocol_port": %d}}
        """;
    api.post(Api.LB + "/listeners", listener.formatted(balancer, "TCP", port)).expect(201);
    api.active(balancer);
    JsonNode refused =
        api.post(Api.LB + "/listeners", listener.formatted(balancer, "SCTP", port))
            .expect(501)
            .body();
    assertThat(refused.path("faultstring").asString())
        .contains(
            "SCTP protocol listeners are not supported on this machine: the kernel (module sctp)");
  }

  /// Who answers so many clients, each with a port of its own.
  private static Map<String, Integer> names(InetSocketAddress vip, int count) throws IOException {
    Map<String, Integer> names = new HashMap<>();
    List<DatagramSocket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        DatagramSocket client = new DatagramSocket();
        // Open to the end, or one might get the port, and so the flow, of another.
        clients.add(client);
        client.connect(vip);
        names.merge(name(client), 1, Integer::sum);
      }
    } finally {
      clients.forEach(DatagramSocket::close);
    }
    return names;
  }

  /// Asks again if something was lost, which is the same flow.
  private static String name(DatagramSocket client) throws IOException {
    client.setSoTimeout(LOST_MILLIS);
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    for (int i = 0; i < TRIES; i++) {
      client.send(new DatagramPacket(new byte[] {'?'}, 1));
      try {
        client.receive(answer);
        return new String(answer.getData(), 0, answer.getLength());
      } catch (SocketTimeoutException e) {
        // Lost: asked again.
      }
    }
    throw new AssertionError("no answer");
  }

  /// A member, which answers everything with its name.
  private static final class Peer implements AutoCloseable {
    private final String name;
    // Connected to nobody: keeps the port ours while we are dead, so that whoever sends is refused.
    private final DatagramSocket reservation;
    private final InetSocketAddress address;
    private DatagramSocket server;
    private Thread serving;

    private Peer(String name, InetAddress host) throws IOException {
      this.name = name;
      this.reservation = open(new InetSocketAddress(host, 0));
      this.address = (InetSocketAddress) reservation.getLocalSocketAddress();
      reservation.connect(host, 1);
      live();
    }

    static Peer start(String name, String host) throws IOException {
      return new Peer(name, InetAddress.ofLiteral(host));
    }

    private static DatagramSocket open(InetSocketAddress at) throws IOException {
      DatagramSocket socket = new DatagramSocket(null);
      socket.setReuseAddress(true);
      socket.bind(at);
      return socket;
    }

    InetSocketAddress address() {
      return address;
    }

    void live() throws IOException {
      DatagramSocket socket = open(address);
      server = socket;
      serving = Thread.ofVirtual().start(() -> serve(socket));
    }

    void die() throws InterruptedException {
      server.close();
      serving.join();
    }

    private void serve(DatagramSocket socket) {
      byte[] answer = name.getBytes();
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      try {
        while (true) {
          socket.receive(packet);
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new AssertionError(e);
        }
      }
    }

    @Override
    public void close() {
      server.close();
      reservation.close();
    }
  }
}
