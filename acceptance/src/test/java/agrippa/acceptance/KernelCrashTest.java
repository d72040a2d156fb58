package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.acceptance.SmallCloud.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Networks, servers, routers and load balancers come and go while the program is killed at random
/// moments: afterwards the kernel holds what the API tells, and nothing else.
class KernelCrashTest {
  private static final int CHANGES = 50;
  private static final int KILLS = 10;

  @TempDir private Path folder;

  private final Random random = new Random(20_261_123);
  private SmallCloud cloud;
  private Tenant tenant;
  private Servers servers;
  private int names;

  @Test
  void theKernelIsAsTheApiTells() throws Exception {
    cloud = SmallCloud.start(folder.resolve("state"));
    try {
      tenant = Tenant.of(cloud.program());
      servers = new Servers(tenant);
      Set<Integer> killedAt = new HashSet<>();
      while (killedAt.size() < KILLS) {
        killedAt.add(random.nextInt(CHANGES));
      }
      for (int i = 0; i < CHANGES; i++) {
        Thread killer = killedAt.contains(i) ? killSoon() : null;
        change();
        if (killer != null) {
          killer.join();
          cloud.program().awaitEnd();
          cloud.restart();
        }
      }
      SmallCloud.await("the servers are settled", this::settled);
      SmallCloud.awaitSame(this::kernel, this::api);
    } finally {
      cloud.close();
    }
    assertThat(cloud.namespaces()).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(folder.toString());
  }

  /// A kill at a random moment of the next change and what it brings about.
  private Thread killSoon() {
    long delay = random.nextLong(Duration.ofMillis(150).toNanos());
    Program victim = cloud.program();
    return Thread.ofPlatform()
        .start(
            () -> {
              LockSupport.parkNanos(delay);
              try {
                victim.kill();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void change() throws InterruptedException {
    try {
      List<String> subnets =
          new ArrayList<>(tenant.network().get("/subnets").is(200).each("subnets", "id"));
      subnets.removeAll(publicSubnets());
      String subnet =
          subnets.isEmpty() ? tenant.subnet(cidr()) : subnets.get(random.nextInt(subnets.size()));
      switch (random.nextInt(9)) {
        case 0 -> tenant.subnet(cidr());
        case 1, 2 -> servers.create("server-" + names++, networkOf(subnet));
        case 3 -> removeOne(servers.compute(), "/servers", "servers");
        case 4, 5 ->
            tenant
                .balancers()
                .post(
                    "/loadbalancers",
                    """
                    {"loadbalancer": {"name": "lb", "vip_subnet_id": "%s", "listeners": [
                      {"name": "l", "protocol": "TCP", "protocol_port": 80}]}}
                    """,
                    subnet);
        case 6 -> removeOne(tenant.balancers(), "/loadbalancers", "loadbalancers");
        case 7 -> router(subnet);
        default -> removeOne(tenant.network(), "/networks", "networks");
      }
    } catch (IOException e) {
      // The program was killed while it answered: what became of it is seen in the end.
      names++;
    }
  }

  private String cidr() {
    return "10." + random.nextInt(200) + ".0.0/24";
  }

  private List<String> publicSubnets() throws IOException, InterruptedException {
    return tenant.network().get("/subnets?cidr=203.0.113.0/24").is(200).each("subnets", "id");
  }

  private String networkOf(String subnet) throws IOException, InterruptedException {
    return tenant.network().get("/subnets/" + subnet).is(200).text("/subnet/network_id");
  }

  private void router(String subnet) throws IOException, InterruptedException {
    String outside = tenant.network().get("/networks?name=public").is(200).text("/networks/0/id");
    String router =
        tenant
            .network()
            .post(
                "/routers",
                """
                {"router": {"name": "r", "external_gateway_info": {"network_id": "%s"}}}
                """,
                outside)
            .is(201)
            .text("/router/id");
    tenant
        .network()
        .put("/routers/" + router + "/add_router_interface", "{\"subnet_id\": \"%s\"}", subnet);
  }

  /// What is in use stays, and says so.
  private void removeOne(Wire.Service service, String path, String list)
      throws IOException, InterruptedException {
    List<String> all = service.get(path).is(200).each(list, "id");
    if (!all.isEmpty()) {
      service.delete(path + "/" + all.get(random.nextInt(all.size())) + "?cascade=true");
    }
  }

  private boolean settled() throws IOException, InterruptedException {
    JsonNode all = servers.compute().get("/servers/detail").is(200).json().path("servers");
    boolean settled = true;
    for (JsonNode it : all) {
      settled &= it.path("status").asString().equals("ACTIVE");
    }
    for (JsonNode it :
        tenant.balancers().get("/loadbalancers").is(200).json().path("loadbalancers")) {
      settled &= it.path("provisioning_status").asString().equals("ACTIVE");
    }
    return settled;
  }

  /// The addresses of each interface, by MAC, by namespace; of all bridges, how many there are.
  private Map<String, Map<String, Set<String>>> api() throws IOException, InterruptedException {
    Wire.Service network = tenant.asAdmin("network", "/v2.0");
    Map<String, Map<String, Set<String>>> worlds = new TreeMap<>();
    for (JsonNode port : network.get("/ports").is(200).json().path("ports")) {
      String owner = port.path("device_owner").asString();
      String device = port.path("device_id").asString();
      String world =
          owner.equals("Octavia")
              ? device
              : owner.startsWith("compute:") ? "server-" + device : "router-" + device;
      Set<String> addresses = new TreeSet<>();
      port.path("fixed_ips").forEach(it -> addresses.add(it.path("ip_address").asString()));
      worlds
          .computeIfAbsent(world, any -> new TreeMap<>())
          .put(port.path("mac_address").asString(), addresses);
    }
    int networks = network.get("/networks").is(200).each("networks", "id").size();
    worlds.put("fabric", Map.of("bridges", Set.of(Integer.toString(networks))));
    return worlds;
  }

  private Map<String, Map<String, Set<String>>> kernel() throws Exception {
    Map<String, Map<String, Set<String>>> worlds = new TreeMap<>();
    for (String name : cloud.namespaces()) {
      Program.Result told = cloud.interfaces(name);
      if (told.status() != 0) {
        // It goes just now.
        continue;
      }
      Map<String, Set<String>> interfaces = new TreeMap<>();
      int bridges = 0;
      for (JsonNode it : Wire.read(told.output())) {
        if (it.at("/linkinfo/info_kind").asString("").equals("bridge")) {
          bridges++;
        } else if (!it.path("ifname").asString().equals("lo") && !name.equals("fabric")) {
          Set<String> addresses = new TreeSet<>();
          for (JsonNode each : it.path("addr_info")) {
            if (each.path("scope").asString().equals("global")) {
              addresses.add(each.path("local").asString());
            }
          }
          interfaces.put(it.path("address").asString(), addresses);
        }
      }
      worlds.put(
          name,
          name.equals("fabric")
              ? Map.of("bridges", Set.of(Integer.toString(bridges)))
              : interfaces);
    }
    return worlds;
  }
}
