package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.SmallCloud.Servers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tenants with the same addresses, side by side and apart; and what security groups and port
/// security keep out.
class TenantsApartTest {
  private static final String VIP = "10.10.10.50";

  @TempDir private Path folder;

  private SmallCloud cloud;

  @BeforeEach
  void start() throws Exception {
    cloud = SmallCloud.start(folder.resolve("state"));
  }

  @AfterEach
  void stop() throws Exception {
    if (cloud != null) {
      cloud.close();
    }
  }

  @Test
  void tenantsMayHaveTheSameAddresses() throws Exception {
    World red = new World("red");
    World blue = new World("blue");
    red.balance();
    blue.balance();
    SmallCloud.await("red answers red", () -> red.get(VIP).equals("red"));
    SmallCloud.await("blue answers blue", () -> blue.get(VIP).equals("blue"));
    assertThat(red.servers.address(red.server)).isEqualTo(blue.servers.address(blue.server));

    // A further one, which only blue has.
    String second = blue.boot("second", "default");
    String address = blue.servers.address(second);
    SmallCloud.await("blue's second answers", () -> blue.get(address).equals("second"));
    assertThat(red.get(address)).isEmpty();
  }

  @Test
  void aSecurityGroupClosesAPortAndOpensItAgain() throws Exception {
    World red = new World("red");
    String group =
        red.tenant
            .network()
            .post("/security-groups", "{\"security_group\": {\"name\": \"closed\"}}")
            .is(201)
            .text("/security_group/id");
    String closed = red.boot("closed", group);
    String address = red.servers.address(closed);
    SmallCloud.await(
        "it serves, as seen from itself",
        () -> SmallCloud.inside(closed, curl("127.0.0.1")).output().strip().equals("closed"));
    assertThat(red.get(address)).isEmpty();
    String rule =
        red.tenant
            .network()
            .post(
                "/security-group-rules",
                """
                {"security_group_rule": {"security_group_id": "%s", "direction": "ingress",
                  "protocol": "tcp", "port_range_min": 80, "port_range_max": 80,
                  "remote_ip_prefix": "10.10.10.0/24"}}
                """,
                group)
            .is(201)
            .text("/security_group_rule/id");
    SmallCloud.await("the port is open", () -> red.get(address).equals("closed"));
    red.tenant.network().delete("/security-group-rules/" + rule).is(204);
    SmallCloud.await("the port is closed", () -> red.get(address).isEmpty());
  }

  @Test
  void nobodySendsFromAddressesOfOthers() throws Exception {
    World red = new World("red");
    String other = red.boot("other", "default");
    String address = red.servers.address(other);
    SmallCloud.await("it answers", () -> red.get(address).equals("other"));
    run(red.server, "ip", "address", "add", "10.10.10.66/24", "dev", "eth0");
    assertThat(get(red.server, "--interface", "10.10.10.66", "http://" + address)).isEmpty();
    assertThat(red.get(address)).isEqualTo("other");
    run(red.server, "ip", "link", "set", "eth0", "address", "fa:16:3e:66:66:66");
    assertThat(red.get(address)).isEmpty();
  }

  @Test
  void aServerSeesNothingOfTheMachine() throws Exception {
    World red = new World("red");
    String curious =
        red.servers.boot(
            "curious",
            red.network,
            "default",
            """
            #!/bin/sh
            echo "processes: $(ls -d /proc/[0-9]* | wc -l)"
            [ -e %s ] && echo "sees the state folder"
            ls /home | grep -qx cirros || echo "sees other homes"
            ip -o link | grep -vE '^[0-9]+: (lo|eth0)' && echo "sees other interfaces"
            ip link set eth0 down && echo "may change its network"
            mknod /tmp/disk b 254 0 && echo "may make devices"
            mount -t tmpfs none /mnt && echo "may mount"
            echo b > /proc/sysrq-trigger && echo "may reset the machine"
            echo 1 > /proc/sys/kernel/core_pattern && echo "may change the kernel"
            ls /proc/1/root/etc/agrippa-mini 2>/dev/null
            chroot /proc/1/root true || echo "cannot even chroot"
            echo "looked around"
            """
                .formatted(folder));
    SmallCloud.await(
        "it looked around", () -> red.servers.console(curious).contains("looked around"));
    String console = red.servers.console(curious);
    assertThat(console).doesNotContain("sees ").doesNotContain("may ");
    int processes = Integer.parseInt(console.replaceAll("(?s).*processes: (\\d+).*", "$1"));
    assertThat(processes).isLessThan(20);
  }

  private static void run(String id, String... command) throws IOException, InterruptedException {
    Program.Result result = SmallCloud.inside(id, command);
    assertThat(result.status()).as(result.errors()).isZero();
  }

  private static String[] curl(String host) {
    return new String[] {"curl", "-s", "--max-time", "2", "http://" + host};
  }

  private static String get(String from, String... arguments)
      throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 4];
    System.arraycopy(curl(""), 0, command, 0, 4);
    command[0] = "curl";
    System.arraycopy(arguments, 0, command, 4, arguments.length);
    return SmallCloud.inside(from, command).output().strip();
  }

  /// A tenant with a network and a server that answers with the tenant's name.
  private final class World {
    private final Tenant tenant;
    private final Servers servers;
    private final String name;
    private final String subnet;
    private final String network;
    private final String server;

    World(String name) throws Exception {
      this.name = name;
      this.tenant = Tenant.of(cloud.program());
      this.servers = new Servers(tenant);
      this.subnet = tenant.subnet("10.10.10.0/24");
      this.network = tenant.network().get("/subnets/" + subnet).is(200).text("/subnet/network_id");
      this.server = boot(name, "default");
    }

    String boot(String says, String group) throws Exception {
      return servers.boot(
          says,
          network,
          group,
          """
          #!/bin/sh
          mkdir -p /www
          echo %s > /www/index.html
          httpd -p 80 -h /www
          """
              .formatted(says));
    }

    /// What an address answers to the server; empty if nothing.
    String get(String host) throws IOException, InterruptedException {
      return SmallCloud.inside(server, curl(host)).output().strip();
    }

    void balance() throws Exception {
      String address = servers.address(server);
      tenant
          .network()
          .post(
              "/security-group-rules",
              """
              {"security_group_rule": {"security_group_id": "%s", "direction": "ingress",
                "protocol": "tcp", "remote_ip_prefix": "10.10.10.0/24"}}
              """,
              tenant
                  .network()
                  .get("/security-groups?name=default")
                  .is(200)
                  .text("/security_groups/0/id"))
          .is(201);
      String id =
          tenant
              .balancers()
              .post(
                  "/loadbalancers",
                  """
                  {"loadbalancer": {"name": "%s", "vip_subnet_id": "%s", "vip_address": "%s",
                    "listeners": [{"name": "http", "protocol": "HTTP", "protocol_port": 80,
                      "default_pool": {"name": "pool", "protocol": "HTTP",
                        "lb_algorithm": "ROUND_ROBIN",
                        "healthmonitor": {"type": "PING", "delay": 1, "timeout": 1,
                          "max_retries": 1},
                        "members": [{"address": "%s", "protocol_port": 80,
                          "subnet_id": "%s"}]}}]}}
                  """,
                  name,
                  subnet,
                  VIP,
                  address,
                  subnet)
              .is(201)
              .text("/loadbalancer/id");
      tenant.balancers().active("/loadbalancers/" + id);
    }
  }
}
