package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.Contract.Described;
import agrippa.api.OctaviaServer.Answer;
import agrippa.api.RandomRequests.Made;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Whatever is asked, the answer is one that the API's description tells of, and none of the
/// server's own errors.
///
/// Every build asks the same. `-Dagrippa.fuzz.seed=…` asks something else,
/// `-Dagrippa.fuzz.requests=…` and `-Dagrippa.fuzz.seconds=…` make it longer.
class AnyRequestTest {
  private static final Duration TIME =
      Duration.ofSeconds(Long.getLong("agrippa.fuzz.seconds", 120));
  private static final int ENOUGH = Integer.getInteger("agrippa.fuzz.requests", 3_000);
  private static final int CHECKED_EVERY = 50;
  private static final int MANY = 10;

  @Test
  void everyAnswerIsDescribed() {
    long seed = Long.getLong("agrippa.fuzz.seed", 20261123);
    Set<String> succeeded = new TreeSet<>();
    List<String> failures = new ArrayList<>();
    try (var server = new OctaviaServer()) {
      Contract contract = new Contract(server.send("GET", "/openapi", null, null).json());
      var requests = new RandomRequests(new Random(seed), contract, server.base(), server.subnet());
      long end = System.nanoTime() + TIME.toNanos();
      for (int i = 0; i < ENOUGH && failures.size() < MANY && System.nanoTime() < end; i++) {
        if (i % CHECKED_EVERY == 0) {
          readable(server);
          populate(server, requests);
        }
        Made made = requests.next();
        try {
          Answer answer = answer(server, contract, made);
          if (answer.status() < 300) {
            succeeded.add(made.operation().toString());
            learn(requests, made.operation(), answer);
          }
        } catch (AssertionError | RuntimeException e) {
          failures.add("request " + i + ": " + e.getMessage() + "\nfor " + made);
        }
      }
    }
    assertThat(failures).as("seed " + seed).isEmpty();
    // Else what is asked would be too odd to show anything.
    assertThat(succeeded).as("seed " + seed).hasSizeGreaterThan(20);
  }

  private static Answer answer(OctaviaServer server, Contract contract, Made made) {
    Answer answer = server.send(made.request());
    // One who cannot be told apart: the test's identity service is down for them.
    boolean allowed = answer.status() < 500 || answer.status() == 501 || down(made);
    assertThat(allowed).as(answer.toString()).isTrue();
    String type = answer.header("content-type").orElse("");
    contract.check(made.operation(), answer.status(), type, answer.text(), made.shrunk());
    assertThat(answer.header("x-openstack-request-id")).isPresent();
    return answer;
  }

  private static boolean down(Made made) {
    return made.request().headers().firstValue("X-Auth-Token").orElse("").equals("down");
  }

  /// What was stored can be shown.
  private static void readable(OctaviaServer server) {
    for (String collection :
        Set.of("loadbalancers", "listeners", "pools", "healthmonitors", "l7policies", "quotas")) {
      Answer answer = server.get("/v2.0/lbaas/" + collection, OctaviaServer.ADMIN);
      assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    }
  }

  /// Leaves no request without something to work on.
  private static void populate(OctaviaServer server, RandomRequests requests) {
    if (server.get("/v2.0/lbaas/loadbalancers").json().get("loadbalancers").size() < 2) {
      Answer whole =
          server.post("/v2.0/lbaas/loadbalancers", GraphBodies.FULL.formatted(server.subnet()));
      learn(requests, "loadbalancers", whole.json().get("loadbalancer"));
    }
  }

  private static void learn(RandomRequests requests, Described operation, Answer answer) {
    if (answer.text().isEmpty() || !operation.template().startsWith("/v2")) {
      return;
    }
    String collection = null;
    for (String segment : operation.template().split("/")) {
      collection = segment.startsWith("{") ? collection : segment;
    }
    if (answer.json().isObject()) {
      for (JsonNode it : answer.json()) {
        learn(requests, collection, it);
      }
    }
  }

  private static void learn(RandomRequests requests, String collection, JsonNode it) {
    if (it.isArray()) {
      it.forEach(item -> learn(requests, collection, item));
    }
    if (!it.isObject()) {
      return;
    }
    String key = collection.equals("availabilityzones") ? "name" : "id";
    if (it.path(key).isString() && !it.get(key).stringValue().isEmpty()) {
      requests.learn(collection, it.get(key).stringValue());
    }
    for (Map.Entry<String, JsonNode> child : it.properties()) {
      if (child.getKey().equals("healthmonitor")) {
        learn(requests, "healthmonitors", child.getValue());
      } else if (child.getValue().isArray()) {
        learn(requests, child.getKey(), child.getValue());
      }
    }
  }
}
