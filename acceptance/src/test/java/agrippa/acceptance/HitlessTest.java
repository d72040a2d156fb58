package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Hundreds of changes while clients are served: nobody notices.
class HitlessTest {
  private static final int CHANGES = 300;
  private static final int CLIENTS = 64;
  private static final int DOWNLOADS = 8;
  private static final int MEMBERS = 6;
  private static final int STEADY_MEMBERS = 2;

  @TempDir private Path folder;

  private final Random random = new Random(20_261_123);
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong requests = new AtomicLong();
  private final List<HttpServer> backends = new ArrayList<>();

  @Test
  void nobodyNoticesChanges() throws Exception {
    for (int i = 0; i < MEMBERS; i++) {
      backends.add(backend("127.40.0." + (201 + i)));
    }
    try (Program program = Program.start(folder.resolve("state"))) {
      Api api = Api.of(program);
      Scene scene = Scene.set(api, backends);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        threads.add(Thread.ofVirtual().start(() -> keepAsking(scene)));
      }
      for (int i = 0; i < DOWNLOADS; i++) {
        threads.add(Thread.ofVirtual().start(() -> download(scene)));
      }
      for (int i = 0; i < CHANGES; i++) {
        change(api, scene, i);
        api.active(scene.balancer);
      }
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      assertThat(requests.get()).isGreaterThan(CHANGES);
    } finally {
      stop.set(true);
      backends.forEach(it -> it.stop(0));
    }
  }

  /// What is changed, and where its clients go.
  private record Scene(
      String balancer,
      String vip,
      int port,
      String listener,
      String tlsListener,
      String pool,
      List<String> steady,
      List<Integer> backendPorts,
      List<String> secrets) {

    static Scene set(Api api, List<HttpServer> backends) throws Exception {
      int port = FreePorts.next();
      String subnet = api.subnet("10.40.0.0/24");
      List<String> secrets =
          List.of(
              api.secret(Certificates.bundle("a.example.com")),
              api.secret(Certificates.bundle("b.example.com")));
      List<Integer> ports = backends.stream().map(it -> it.getAddress().getPort()).toList();
      JsonNode created =
          api.post(
                  Api.LB + "/loadbalancers",
                  """
                  {"loadbalancer": {"vip_subnet_id": "%s",
                    "pools": [{"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                      "members": [{"address": "10.40.0.201", "protocol_port": %d},
                                  {"address": "10.40.0.202", "protocol_port": %d}]}],
                    "listeners": [
                      {"name": "http", "protocol": "HTTP", "protocol_port": %d,
                       "default_pool": {"name": "p"}},
                      {"name": "https", "protocol": "TERMINATED_HTTPS", "protocol_port": %d,
                       "default_tls_container_ref": "%s", "default_pool": {"name": "p"}}]}}
                  """
                      .formatted(
                          subnet,
                          ports.get(0),
                          ports.get(1),
                          port,
                          FreePorts.next(),
                          secrets.get(0)))
              .expect(201)
              .body()
              .path("loadbalancer");
      api.active(created.path("id").asString());
      List<String> steady = new ArrayList<>();
      created.at("/pools/0/members").forEach(it -> steady.add(it.path("id").asString()));
      return new Scene(
          created.path("id").asString(),
          created.path("vip_address").asString().replaceFirst("^10", "127"),
          port,
          listener(created, "http"),
          listener(created, "https"),
          created.at("/pools/0/id").asString(),
          steady,
          ports,
          secrets);
    }

    private static String listener(JsonNode balancer, String name) {
      for (JsonNode listener : balancer.path("listeners")) {
        if (listener.path("name").asString().equals(name)) {
          return listener.path("id").asString();
        }
      }
      throw new AssertionError("no listener " + name);
    }
  }

  private void change(Api api, Scene scene, int number) throws Exception {
    switch (number % 6) {
      case 0 -> replaceMembers(api, scene);
      case 1 ->
          api.put(
                  Api.LB + "/pools/" + scene.pool + "/members/" + scene.steady.get(0),
                  "{\"member\": {\"weight\": %d}}".formatted(1 + random.nextInt(5)))
              .expect(200);
      case 2 -> addPolicy(api, scene);
      case 3 -> removePolicy(api, scene);
      case 4 ->
          api.put(
                  Api.LB + "/listeners/" + scene.tlsListener,
                  "{\"listener\": {\"default_tls_container_ref\": \"%s\"}}"
                      .formatted(scene.secrets.get(number / 6 % 2)))
              .expect(200);
      default -> otherListener(api, scene);
    }
  }

  /// The two steady members stay, the others come and go.
  private void replaceMembers(Api api, Scene scene) throws Exception {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < MEMBERS; i++) {
      if (i < STEADY_MEMBERS || random.nextBoolean()) {
        members
            .append(members.isEmpty() ? "" : ", ")
            .append(
                "{\"address\": \"10.40.0.%d\", \"protocol_port\": %d}"
                    .formatted(201 + i, scene.backendPorts.get(i)));
      }
    }
    api.put(Api.LB + "/pools/" + scene.pool + "/members", "{\"members\": [" + members + "]}")
        .expect(202);
  }

  private static void addPolicy(Api api, Scene scene) throws Exception {
    String policy =
        api.post(
                Api.LB + "/l7policies",
                "{\"l7policy\": {\"name\": \"x\", \"listener_id\": \"%s\", \"action\": \"REJECT\"}}"
                    .formatted(scene.listener))
            .expect(201)
            .body()
            .at("/l7policy/id")
            .asString();
    api.active(scene.balancer);
    api.post(
            Api.LB + "/l7policies/" + policy + "/rules",
            """
            {"rule": {"type": "PATH", "compare_type": "REGEX", "value": "^/nobody/asks/for/this"}}
            """)
        .expect(201);
  }

  private static void removePolicy(Api api, Scene scene) throws Exception {
    for (JsonNode policy :
        api.get(Api.LB + "/l7policies?name=x").expect(200).body().path("l7policies")) {
      api.delete(Api.LB + "/l7policies/" + policy.path("id").asString()).expect(204);
      api.active(scene.balancer);
    }
  }

  private static void otherListener(Api api, Scene scene) throws Exception {
    String other =
        api.post(
                Api.LB + "/listeners",
                """
                {"listener": {"loadbalancer_id": "%s", "protocol": "TCP", "protocol_port": %d,
                              "default_pool_id": "%s"}}
                """
                    .formatted(scene.balancer, FreePorts.next(), scene.pool))
            .expect(201)
            .body()
            .at("/listener/id")
            .asString();
    api.active(scene.balancer);
    api.delete(Api.LB + "/listeners/" + other).expect(204);
  }

  private void keepAsking(Scene scene) {
    try (KeepAliveClient client = KeepAliveClient.connect(scene.vip, scene.port)) {
      while (!stop.get()) {
        KeepAliveClient.Answer answer = client.get("/small");
        if (answer.status() != 200 || !answer.body().equals("small")) {
          failures.add("answer " + answer);
        }
        requests.incrementAndGet();
        LockSupport.parkNanos(2_000_000);
      }
    } catch (IOException e) {
      failures.add("request: " + e);
    }
  }

  private void download(Scene scene) {
    try (KeepAliveClient client = KeepAliveClient.connect(scene.vip, scene.port)) {
      long bytes = client.download("/long", (offset, value) -> value == pattern(offset));
      if (bytes == 0) {
        failures.add("an empty download");
      }
    } catch (IOException e) {
      failures.add("download: " + e);
    }
  }

  private static byte pattern(long offset) {
    return (byte) (offset * 31 >> 3);
  }

  private HttpServer backend(String address) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 1024);
    server.createContext("/small", HitlessTest::small);
    server.createContext("/long", this::endless);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return server;
  }

  private static void small(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 5);
      exchange.getResponseBody().write("small".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /// Sends bytes of a known pattern for as long as changes are made.
  private void endless(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      OutputStream body = exchange.getResponseBody();
      byte[] block = new byte[16_384];
      for (long offset = 0; !stop.get(); offset += block.length) {
        for (int i = 0; i < block.length; i++) {
          block[i] = pattern(offset + i);
        }
        body.write(block);
        LockSupport.parkNanos(5_000_000);
      }
    }
  }
}
