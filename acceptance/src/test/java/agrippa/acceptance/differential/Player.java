package agrippa.acceptance.differential;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Plays scenarios against a cloud, one request after the other, and lets the cloud finish what
/// each of them began before the next.
public final class Player {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Octavia leaves the children of a fully populated create pending for ever.
  private static final Duration PATIENCE_WITH_CHILDREN = Duration.ofSeconds(2);

  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final String FORGED = "gAAAAABforged";

  private final Cloud cloud;
  private final Map<String, String> world;
  private final Material material;

  /// Key material that listeners and pools can refer to.
  ///
  /// @param bundle of a certificate and its key
  /// @param authority a certificate only
  /// @param references what stands for the two where there is no service that stores secrets
  public record Material(byte[] bundle, byte[] authority, List<String> references) {}

  /// @param prefix the first two numbers of the addresses that the networks here are to have
  public Player(Cloud cloud, String prefix, Material material)
      throws IOException, InterruptedException {
    this.cloud = cloud;
    this.material = material;
    String network = cloud.network();
    this.world =
        Map.of(
            "net",
            prefix,
            "network",
            network,
            "subnet",
            cloud.subnet(network, prefix + ".0.0/17"),
            "subnet2",
            cloud.subnet(network, prefix + ".128.0/17"));
  }

  /// What was asked and answered.
  public List<Exchange> play(Corpus.Scenario scenario) throws IOException, InterruptedException {
    Stage stage = new Stage();
    stage.prepare();
    List<Exchange> exchanges = new ArrayList<>();
    List<String> requests = scenario.requests();
    for (int i = 0; i < requests.size(); i++) {
      exchanges.add(new Exchange(requests.get(i), stage.ask(scenario.asks().get(i))));
    }
    return exchanges;
  }

  /// One scenario's projects, tokens and names.
  private final class Stage {
    private final Names names = new Names();
    private final Map<Actor, String> tokens = new EnumMap<>(Actor.class);
    private final String project;
    private final String other;

    Stage() throws IOException, InterruptedException {
      project = cloud.project();
      other = cloud.project();
    }

    void prepare() throws IOException, InterruptedException {
      world.forEach(names::bind);
      names.bind("project", project);
      names.bind("other", other);
      names.bind("url", cloud.octavia());
      names.bind("identity", cloud.identity().replaceFirst("/v3$", ""));
      String token = token(Actor.MEMBER);
      names.bind(
          "certificate",
          cloud.secret(token, material.bundle()).orElseGet(material.references()::getFirst));
      names.bind(
          "authority",
          cloud.secret(token, material.authority()).orElseGet(material.references()::getLast));
    }

    Answer ask(Ask ask) throws IOException, InterruptedException {
      String path = names.expand(ask.path());
      String url = cloud.octavia() + (path.startsWith("/") ? path : "/v2.0/lbaas/" + path);
      String body = names.expand(ask.body());
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Content-Type", body.isEmpty() ? "" : "application/json");
      headers.put("Accept", "application/json");
      headers.put("X-Auth-Token", token(ask.actor()));
      headers.putAll(ask.headers());
      Answer answer = answer(ask.method(), url, headers, body);
      if (ask.name() != null && answer.good()) {
        names.bindAll(ask.name(), answer.body().iterator().next(), body);
      }
      if (!ask.method().equals("GET") && !ask.hasty()) {
        settle();
      }
      return names.normalise(answer);
    }

    private Answer answer(String method, String url, Map<String, String> headers, String body)
        throws InterruptedException {
      try {
        return Answer.of(cloud.send(method, url, headers, body));
      } catch (IOException e) {
        // Some requests end Octavia's connection without an answer.
        return Answer.none();
      }
    }

    private String token(Actor actor) throws IOException, InterruptedException {
      return switch (actor) {
        case ADMIN -> cloud.adminToken();
        case NOBODY -> "";
        case FORGER -> FORGED;
        case MEMBER,
            STRANGER,
            OBSERVER,
            GLOBAL_OBSERVER,
            QUOTA_ADMIN,
            LB_ADMIN,
            PLAIN_MEMBER,
            PLAIN_READER,
            OUTSIDER -> {
          String token = tokens.get(actor);
          if (token == null) {
            token = cloud.token(actor, actor == Actor.STRANGER ? other : project);
            tokens.put(actor, token);
          }
          yield token;
        }
      };
    }

    /// Waits until nothing in the scenario's projects is pending.
    private void settle() throws IOException, InterruptedException {
      for (String owner : List.of(project, other)) {
        String list =
            "/v2/lbaas/loadbalancers?fields=id&fields=provisioning_status&project_id=" + owner;
        List<String> loadBalancers = new ArrayList<>();
        await(list, PATIENCE)
            .path("loadbalancers")
            .forEach(it -> loadBalancers.add(it.path("id").asString()));
        for (String id : loadBalancers) {
          await("/v2/lbaas/loadbalancers/" + id + "/status", PATIENCE_WITH_CHILDREN);
        }
      }
    }

    private JsonNode await(String path, Duration patience)
        throws IOException, InterruptedException {
      long deadline = System.nanoTime() + patience.toNanos();
      while (true) {
        HttpResponse<String> answer =
            cloud.send(
                "GET", cloud.octavia() + path, Map.of("X-Auth-Token", cloud.adminToken()), "");
        if (!answer.body().contains("\"PENDING_") || System.nanoTime() > deadline) {
          return JSON.readTree(answer.body());
        }
        Thread.sleep(PAUSE);
      }
    }
  }
}
