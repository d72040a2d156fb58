package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.api.Contract.Described;
import agrippa.api.OctaviaServer.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the API's description says of values that are not given, or null, is what happens.
class OpenApiValuesTest {
  private static final String ROOT = "/v2.0/lbaas";

  private final OctaviaServer server = new OctaviaServer();
  private final Contract contract =
      new Contract(server.send("GET", "/openapi.json", null, null).json());
  private final Map<String, Answer> created = create();

  @AfterEach
  void stop() {
    server.close();
  }

  /// One of each, made with as little as can be said.
  private Map<String, Answer> create() {
    Map<String, Answer> all = new LinkedHashMap<>();
    String loadBalancer = add(all, "/loadbalancers", "'vip_subnet_id': '" + server.subnet() + "'");
    String listener =
        add(
            all,
            "/listeners",
            "'loadbalancer_id': '%s', 'protocol': 'HTTP', 'protocol_port': 80"
                .formatted(loadBalancer));
    String pool =
        add(
            all,
            "/pools",
            "'loadbalancer_id': '%s', 'protocol': 'HTTP', 'lb_algorithm': 'ROUND_ROBIN'"
                .formatted(loadBalancer));
    add(all, "/pools/" + pool + "/members", "'address': '10.0.0.9', 'protocol_port': 80");
    add(
        all,
        "/healthmonitors",
        "'pool_id': '%s', 'type': 'HTTP', 'delay': 1, 'timeout': 1, 'max_retries': 1"
            .formatted(pool));
    String policy =
        add(all, "/l7policies", "'listener_id': '" + listener + "', 'action': 'REJECT'");
    add(
        all,
        "/l7policies/" + policy + "/rules",
        "'type': 'PATH', 'compare_type': 'EQUAL_TO', 'value': '/'");
    String data = "'name': 'p', 'provider_name': 'amphora', '%s': '{}'";
    String profile = add(all, "/flavorprofiles", data.formatted("flavor_data"));
    add(all, "/flavors", "'name': 'f', 'flavor_profile_id': '" + profile + "'");
    String zones = add(all, "/availabilityzoneprofiles", data.formatted("availability_zone_data"));
    add(all, "/availabilityzones", "'name': 'z', 'availability_zone_profile_id': '" + zones + "'");
    return all;
  }

  private String add(Map<String, Answer> all, String path, String attributes) {
    Described operation = operation("POST", template(path));
    Answer answer =
        send(
            "POST",
            path,
            "{\"%s\": {%s}}".formatted(wrapper(operation), attributes.replace('\'', '"')));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    all.put(path, answer);
    return id(answer);
  }

  /// Of an availability zone it is the name.
  private static String id(Answer answer) {
    JsonNode shown = answer.json().iterator().next();
    return shown.path("id").asString(shown.path("name").asString());
  }

  private Answer send(String method, String path, String body) {
    return server.send(method, ROOT + path, OctaviaServer.ADMIN, body);
  }

  private static String template(String path) {
    return path.replaceAll("/pools/[^/]+/", "/pools/{pool}/")
        .replaceAll("/l7policies/[^/]+/", "/l7policies/{policy}/");
  }

  private Described operation(String method, String template) {
    return contract.operations().stream()
        .filter(it -> it.method().equals(method) && it.template().equals(ROOT + template))
        .findFirst()
        .orElseThrow();
  }

  private String wrapper(Described operation) {
    return contract.request(operation).get("properties").propertyNames().iterator().next();
  }

  private JsonNode properties(Described operation) {
    JsonNode body = contract.request(operation).get("properties").iterator().next();
    return contract.resolved(body).get("properties");
  }

  @Test
  void whatIsNotGivenIsTheDefault() {
    Set<String> compared = new TreeSet<>();
    created.forEach(
        (path, answer) -> {
          JsonNode shown = answer.json().iterator().next();
          properties(operation("POST", template(path)))
              .properties()
              .forEach(
                  it -> {
                    JsonNode normal = it.getValue().get("default");
                    if (normal != null && shown.has(it.getKey())) {
                      assertThat(shown.get(it.getKey()))
                          .as(path + " " + it.getKey())
                          .isEqualTo(normal);
                      compared.add(it.getKey());
                    }
                  });
        });
    assertThat(compared).contains("connection_limit", "weight", "max_retries_down", "invert");
  }

  /// Tries null for every attribute that can be changed.
  @Test
  void whatCanBeNullIsTakenAndWhatCannotIsRefused() {
    created.forEach(
        (path, answer) -> {
          String key = path.equals("/availabilityzones") ? "/{name}" : "/{id}";
          Described operation = operation("PUT", template(path) + key);
          Set<String> described = new TreeSet<>();
          Set<String> taken = new TreeSet<>();
          for (Map.Entry<String, JsonNode> it : properties(operation).properties()) {
            if (nullable(it.getValue())) {
              described.add(it.getKey());
            }
            String body = "{\"" + wrapper(operation) + "\": " + nothing(path, it.getKey()) + "}";
            if (send("PUT", path + "/" + id(answer), body).status() == 200) {
              taken.add(it.getKey());
            }
          }
          assertThat(taken).as(path).isEqualTo(described);
        });
  }

  /// A policy refuses a change that says nothing, which null is for its tags.
  private static String nothing(String path, String name) {
    return path.equals("/l7policies") && name.equals("tags")
        ? "{\"name\": \"x\", \"tags\": null}"
        : "{\"" + name + "\": null}";
  }

  private static boolean nullable(JsonNode schema) {
    List<JsonNode> types = schema.path("type").valueStream().toList();
    List<JsonNode> choices = schema.path("anyOf").valueStream().toList();
    return types.stream().anyMatch(it -> it.asString("").equals("null"))
        || choices.stream().anyMatch(it -> it.path("type").asString("").equals("null"));
  }
}
