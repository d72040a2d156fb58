package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Hundreds of writes against a program that is killed at random moments: what was acknowledged is
/// there, nothing is left PENDING, and the data plane does what the API says.
class CrashTest {
  private static final int WRITES = 500;
  private static final int KILLS = 20;
  private static final int BACKENDS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private final Random random = new Random(20_261_123);
  private final List<Backend> backends = new ArrayList<>();
  private final Map<String, Expected> expected = new HashMap<>();
  private final AtomicReference<Program> program = new AtomicReference<>();
  private Api api;
  private String subnet;
  private int apiPort;
  private int listenerPort;
  private int names;

  /// What was acknowledged of one load balancer. A write whose answer got lost in a crash may have
  /// happened or not.
  private static final class Expected {
    private String name = "";
    private String pool = "";
    private String vip = "";
    private final Map<String, Integer> members = new HashMap<>();
    private final Set<String> uncertain = new HashSet<>();
  }

  @Test
  void losesNothing() throws Exception {
    apiPort = FreePorts.next();
    listenerPort = FreePorts.next();
    program.set(Program.start(folder.resolve("state"), apiPort));
    api = Api.of(program.get());
    subnet = api.subnet("10.30.0.0/24");
    for (int i = 0; i < BACKENDS; i++) {
      backends.add(Backend.start("backend-" + i, "127.30.0." + (201 + i), 0));
    }
    try {
      Set<Integer> killedAt = new HashSet<>();
      while (killedAt.size() < KILLS) {
        killedAt.add(random.nextInt(WRITES));
      }
      for (int i = 0; i < WRITES; i++) {
        Thread killer = killedAt.contains(i) ? killSoon() : null;
        write();
        if (killer != null) {
          killer.join();
          program.set(Program.start(folder.resolve("state"), apiPort));
          reconcileUncertain();
        }
      }
      verify();
    } finally {
      program.get().close();
      backends.forEach(Backend::close);
    }
  }

  /// A kill at a random moment of the next write, from before it is sent to after its answer.
  private Thread killSoon() {
    long delay = random.nextLong(Duration.ofMillis(12).toNanos());
    Program victim = program.get();
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

  private void write() throws Exception {
    List<String> ids = new ArrayList<>(expected.keySet());
    String id = ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
    try {
      switch (id == null || ids.size() < 3 ? 0 : random.nextInt(12)) {
        case 0 -> create();
        case 1 -> rename(id);
        case 2 -> {
          if (ids.size() > 8) {
            remove(id);
          } else {
            create();
          }
        }
        case 3, 4, 5 -> addMember(id);
        case 6, 7 -> removeMember(id);
        default -> weigh(id);
      }
    } catch (IOException e) {
      // The program was killed while it answered: what became of the write is found out later.
      assertThat(program.get().pid()).isPositive();
    }
  }

  private void create() throws Exception {
    String name = "lb-" + names++;
    JsonNode created =
        acknowledged(
                api.post(
                    Api.LB + "/loadbalancers",
                    """
                    {"loadbalancer": {"name": "%s", "vip_subnet_id": "%s", "listeners": [
                      {"protocol": "HTTP", "protocol_port": %d, "default_pool":
                        {"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}]}}
                    """
                        .formatted(name, subnet, listenerPort)),
                201)
            .path("loadbalancer");
    Expected it = new Expected();
    it.name = name;
    it.pool = created.at("/pools/0/id").asString();
    it.vip = created.path("vip_address").asString();
    expected.put(created.path("id").asString(), it);
  }

  private void rename(String id) throws Exception {
    Expected it = expected.get(id);
    String name = "renamed-" + names++;
    it.uncertain.add("name");
    acknowledged(
        api.put(
            Api.LB + "/loadbalancers/" + id,
            "{\"loadbalancer\": {\"name\": \"%s\"}}".formatted(name)),
        200);
    it.name = name;
    it.uncertain.remove("name");
  }

  private void remove(String id) throws Exception {
    Expected it = expected.get(id);
    it.uncertain.add("gone");
    acknowledged(api.delete(Api.LB + "/loadbalancers/" + id + "?cascade=true"), 204);
    expected.remove(id);
  }

  private void addMember(String id) throws Exception {
    Expected it = expected.get(id);
    int backend = random.nextInt(BACKENDS);
    it.uncertain.add("members");
    Api.Answer answer =
        api.post(
            Api.LB + "/pools/" + it.pool + "/members",
            "{\"member\": {\"address\": \"10.30.0.%d\", \"protocol_port\": %d}}"
                .formatted(201 + backend, backends.get(backend).port()));
    boolean present = it.members.containsValue(backend);
    JsonNode member = acknowledged(answer, present ? 409 : 201).path("member");
    if (!present) {
      it.members.put(member.path("id").asString(), backend);
    }
    it.uncertain.remove("members");
  }

  private void removeMember(String id) throws Exception {
    Expected it = expected.get(id);
    if (it.members.isEmpty()) {
      return;
    }
    String member = it.members.keySet().iterator().next();
    it.uncertain.add("members");
    acknowledged(api.delete(Api.LB + "/pools/" + it.pool + "/members/" + member), 204);
    it.members.remove(member);
    it.uncertain.remove("members");
  }

  private void weigh(String id) throws Exception {
    Expected it = expected.get(id);
    if (it.members.isEmpty()) {
      return;
    }
    String member = it.members.keySet().iterator().next();
    acknowledged(
        api.put(
            Api.LB + "/pools/" + it.pool + "/members/" + member,
            "{\"member\": {\"weight\": %d}}".formatted(1 + random.nextInt(3))),
        200);
  }

  private static JsonNode acknowledged(Api.Answer answer, int status) {
    return answer.expect(status).body();
  }

  /// Asks what became of writes whose answers were lost; all others must be as acknowledged.
  private void reconcileUncertain() throws Exception {
    JsonNode all = api.get(Api.LB + "/loadbalancers").expect(200).body().path("loadbalancers");
    Map<String, JsonNode> present = new HashMap<>();
    all.forEach(it -> present.put(it.path("id").asString(), it));
    for (String id : new ArrayList<>(expected.keySet())) {
      Expected it = expected.get(id);
      if (!present.containsKey(id)
          || present.get(id).path("provisioning_status").asString().equals("PENDING_DELETE")) {
        assertThat(it.uncertain).as("an acknowledged load balancer is gone").contains("gone");
        expected.remove(id);
        continue;
      }
      String name = present.get(id).path("name").asString();
      if (it.uncertain.contains("name")) {
        it.name = name;
      }
      assertThat(name).isEqualTo(it.name);
      Map<String, Integer> members = members(it.pool);
      if (it.uncertain.contains("members")) {
        it.members.clear();
        it.members.putAll(members);
      }
      assertThat(members).isEqualTo(it.members);
      it.uncertain.clear();
    }
    adoptUnacknowledged(present);
  }

  /// A create whose answer was lost may have happened, but then whole.
  private void adoptUnacknowledged(Map<String, JsonNode> present) throws Exception {
    for (Map.Entry<String, JsonNode> each : present.entrySet()) {
      if (!expected.containsKey(each.getKey())
          && !each.getValue().path("provisioning_status").asString().equals("PENDING_DELETE")) {
        assertThat(each.getValue().path("listeners")).hasSize(1);
        assertThat(each.getValue().path("pools")).hasSize(1);
        Expected it = new Expected();
        it.name = each.getValue().path("name").asString();
        it.pool = each.getValue().at("/pools/0/id").asString();
        it.vip = each.getValue().path("vip_address").asString();
        it.members.putAll(members(it.pool));
        expected.put(each.getKey(), it);
      }
    }
  }

  private Map<String, Integer> members(String pool) throws Exception {
    Map<String, Integer> members = new HashMap<>();
    for (JsonNode member :
        api.get(Api.LB + "/pools/" + pool + "/members").expect(200).body().path("members")) {
      String address = member.path("address").asString();
      if (!member.path("provisioning_status").asString().equals("PENDING_DELETE")) {
        members.put(
            member.path("id").asString(),
            Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)) - 201);
      }
    }
    return members;
  }

  private void verify() throws Exception {
    for (String id : expected.keySet()) {
      api.active(id);
    }
    awaitOnlyExpected();
    for (String collection : List.of("loadbalancers", "listeners", "pools")) {
      for (JsonNode each : api.get(Api.LB + "/" + collection).body().path(collection)) {
        assertThat(each.path("provisioning_status").asString()).isEqualTo("ACTIVE");
      }
    }
    Set<String> vips = new HashSet<>();
    for (Map.Entry<String, Expected> each : expected.entrySet()) {
      assertThat(members(each.getValue().pool)).isEqualTo(each.getValue().members);
      vips.add(each.getValue().vip);
      awaitTraffic(each.getValue());
    }
    // Ports of load balancers that were never acknowledged, or are gone, are given back.
    for (JsonNode port :
        api.get("/network/v2.0/ports?device_owner=Octavia").expect(200).body().path("ports")) {
      assertThat(vips).contains(port.at("/fixed_ips/0/ip_address").asString());
    }
  }

  /// What was deleted last may take a moment to go; nothing else may be there.
  private void awaitOnlyExpected() throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Set<String> present;
    do {
      present = new HashSet<>();
      for (JsonNode each :
          api.get(Api.LB + "/loadbalancers").expect(200).body().path("loadbalancers")) {
        present.add(each.path("id").asString());
      }
    } while (!present.equals(expected.keySet()) && System.nanoTime() < deadline);
    assertThat(present).isEqualTo(expected.keySet());
  }

  /// The members that the API tells are those that answer.
  private void awaitTraffic(Expected it) throws Exception {
    Set<String> wanted = new HashSet<>();
    it.members.values().forEach(backend -> wanted.add("backend-" + backend));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Set<String> seen;
    do {
      seen = new HashSet<>();
      try (KeepAliveClient client =
          KeepAliveClient.connect(it.vip.replaceFirst("^10", "127"), listenerPort)) {
        // Weights go up to 3: so many requests reach every member.
        for (int i = 0; i < 3 * BACKENDS; i++) {
          KeepAliveClient.Answer answer = client.get("/");
          if (answer.status() == 503) {
            break;
          }
          seen.add(answer.backend());
        }
      }
    } while (!seen.equals(wanted) && System.nanoTime() < deadline);
    assertThat(seen).isEqualTo(wanted);
  }
}
