package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fifty load balancers in fifty networks that all have the same addresses, on one process.
class ManyNetworksTest {
  private static final int MANY = 50;
  private static final String VIP = "10.10.10.50";

  @TempDir private Path folder;

  @Test
  void oneProcessServesThemAll() throws Exception {
    try (SmallCloud cloud = SmallCloud.start(folder.resolve("state"))) {
      Tenant tenant = Tenant.of(cloud.program());
      tenant
          .asAdmin("load-balancer", "/v2.0/lbaas")
          .put("/quotas/" + tenant.project(), "{\"quota\": {\"load_balancer\": -1}}")
          .is(202);
      long before = residentKilobytes(cloud.program().pid());
      List<String> balancers = new ArrayList<>();
      long began = System.nanoTime();
      for (int i = 0; i < MANY; i++) {
        balancers.add(balancer(tenant, "lb-" + i));
      }
      long made = System.nanoTime() - began;
      for (String id : balancers) {
        // A redirect tells which of them it was that answered.
        Program.Result answer =
            SmallCloud.inside(
                id,
                "curl",
                "-s",
                "--max-time",
                "5",
                "-o",
                "/dev/null",
                "-w",
                "%{redirect_url}",
                "http://" + VIP + "/");
        String name =
            tenant.balancers().get("/loadbalancers/" + id).is(200).text("/loadbalancer/name");
        assertThat(answer.output()).isEqualTo("http://www.example.com/" + name);
      }
      System.out.printf(
          "%d load balancers: %.0f ms to create each, until it serves; %.0f kB of memory each%n",
          MANY,
          made / 1e6 / MANY,
          (residentKilobytes(cloud.program().pid()) - before) / (double) MANY);
    }
  }

  private static String balancer(Tenant tenant, String name)
      throws IOException, InterruptedException {
    String subnet = tenant.subnet("10.10.10.0/24");
    String id =
        tenant
            .balancers()
            .post(
                "/loadbalancers",
                """
                {"loadbalancer": {"name": "%s", "vip_subnet_id": "%s", "vip_address": "%s",
                  "listeners": [{"name": "http", "protocol": "HTTP", "protocol_port": 80,
                    "l7policies": [{"action": "REDIRECT_TO_URL",
                      "redirect_url": "http://www.example.com/%s",
                      "rules": [{"type": "PATH", "compare_type": "STARTS_WITH", "value": "/"}]}]
                  }]}}
                """,
                name,
                subnet,
                VIP,
                name)
            .is(201)
            .text("/loadbalancer/id");
    tenant.balancers().active("/loadbalancers/" + id);
    return id;
  }

  private static long residentKilobytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(it -> it.startsWith("VmRSS:"))
        .mapToLong(it -> Long.parseLong(it.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
