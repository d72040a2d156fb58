package agrippa.api;

import agrippa.api.Contract.Described;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/// Makes requests of the API's description.
final class RandomRequests {
  /// Long enough for a write that waits for another, and for a machine that is busy.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int BODY_LIMIT = 114_688;
  private static final int KNOWN = 40;

  private static final List<String> ODD_TEXTS =
      List.of(
          "x",
          "%25",
          "%25zz",
          "%00",
          "%ff%fe",
          "%0d%0aX:%20y",
          "..",
          ".",
          "%2e%2e%2f",
          "%2F",
          "a+b",
          "%F0%9F%98%80",
          "%ED%A0%80",
          "null",
          "-1",
          "True",
          "default",
          "x.json",
          "*",
          "%25",
          "00000000-0000-0000-0000-000000000000",
          "%5B",
          "a:b:c",
          "name:asc,",
          "a".repeat(3_000));
  private static final List<String> MEDIA_TYPES =
      List.of(
          "text/plain",
          "application/xml",
          "*/*",
          "application/json;q=0",
          "a/b, application/json",
          "application/json; charset=latin1",
          "nonsense",
          ";",
          "application/x-www-form-urlencoded",
          "text/javascript",
          ",,,",
          "application/json;q=");

  private final RandomGenerator random;
  private final Contract contract;
  private final String base;
  private final RandomJson json;

  /// Ids of what exists or did, by the collection that they are in.
  private final Map<String, List<String>> known = new LinkedHashMap<>();

  RandomRequests(RandomGenerator random, Contract contract, String base, String subnet) {
    this.random = random;
    this.contract = contract;
    this.base = base;
    this.json = new RandomJson(random, contract::resolved, this::id);
    known.put("subnets", new ArrayList<>(List.of(subnet)));
  }

  /// A request and the operation that it is one of.
  record Made(Described operation, HttpRequest request, boolean shrunk, byte[] body) {
    @Override
    public String toString() {
      String shown = new String(body, 0, Math.min(body.length, 3_000), StandardCharsets.UTF_8);
      return request.method() + " " + request.uri() + " " + request.headers().map() + " " + shown;
    }
  }

  Made next() {
    Described operation = any(contract.operations());
    double strange = any(List.of(0.0, 0.0, 0.02, 0.1, 0.5));
    String query = query(operation, strange);
    var request =
        HttpRequest.newBuilder(URI.create(base + path(operation, strange) + query))
            .timeout(PATIENCE);
    headers(operation, request, strange);
    byte[] body = body(operation, strange);
    request.method(
        operation.method(),
        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    return new Made(operation, request.build(), query.contains("fields"), body);
  }

  private String path(Described operation, double strange) {
    List<String> segments = new ArrayList<>();
    for (String segment : operation.template().split("/")) {
      if (!segment.startsWith("{")) {
        segments.add(segment);
      } else if (random.nextDouble() < strange) {
        segments.add(any(ODD_TEXTS));
      } else {
        segments.add(encoded(id(segments.getLast())));
      }
    }
    String suffix = random.nextInt(20) == 0 ? any(List.of("/", ".json")) : "";
    String path = String.join("/", segments) + suffix;
    return path.isEmpty() ? "/" : path;
  }

  private String query(Described operation, double strange) {
    List<String> pairs = new ArrayList<>();
    for (JsonNode parameter : operation.parameters("query")) {
      String name = parameter.get("name").stringValue();
      for (int i = 0; i < 3 && random.nextInt(12) == 0; i++) {
        pairs.add(encoded(name) + "=" + argument(name, parameter.get("schema"), strange));
      }
    }
    if (random.nextDouble() < strange / 2) {
      pairs.add(any(ODD_TEXTS) + any(List.of("", "=")) + any(ODD_TEXTS));
    }
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  private String argument(String name, JsonNode schema, double strange) {
    if (random.nextDouble() < strange) {
      return any(ODD_TEXTS);
    }
    JsonNode value = contract.resolved(schema).has("items") ? schema.get("items") : schema;
    return encoded(json.value(name, value, 0).replaceAll("^\"|\"$", ""));
  }

  private void headers(Described operation, HttpRequest.Builder request, double strange) {
    int who = random.nextInt(20);
    if (who > 0) {
      request.header(
          "X-Auth-Token",
          who < 12
              ? OctaviaServer.ADMIN
              : who < 16
                  ? OctaviaServer.ANN
                  : any(List.of(OctaviaServer.BOB, OctaviaServer.UNSCOPED, "x", "down", "@")));
    }
    request.header(
        "Content-Type", random.nextDouble() < strange / 4 ? any(MEDIA_TYPES) : "application/json");
    if (random.nextDouble() < strange / 2) {
      request.header("Accept", any(MEDIA_TYPES));
    }
    if (random.nextDouble() < strange / 4) {
      request.header("X-Forwarded-" + any(List.of("Host", "Proto", "Prefix")), any(MEDIA_TYPES));
      request.header("Content-Encoding", any(List.of("identity", "base64")));
    }
  }

  private byte[] body(Described operation, double strange) {
    JsonNode schema = contract.request(operation);
    if (schema == null) {
      boolean some = random.nextDouble() < strange / 4;
      return some ? utf8(any(List.of("{}", "{\"x\": 1}", "null", "[", "x"))) : new byte[0];
    }
    String text = json.value("", schema, strange);
    if (random.nextDouble() >= strange / 4) {
      return utf8(text);
    }
    return switch (random.nextInt(7)) {
      case 0 -> utf8(text.substring(0, random.nextInt(text.length() + 1)));
      case 1 -> utf8(text + any(List.of(" ", "{}", "x", "\u0000")));
      case 2 -> utf8("\ufeff" + text);
      case 3 -> utf8("{\"x\": \"" + "x".repeat(BODY_LIMIT) + "\"}");
      case 4 -> text.getBytes(StandardCharsets.UTF_16);
      case 5 -> garbled(utf8(text));
      default -> utf8("[".repeat(50_000));
    };
  }

  private byte[] garbled(byte[] bytes) {
    byte[] garbled = Arrays.copyOf(bytes, bytes.length);
    garbled[random.nextInt(garbled.length)] = (byte) random.nextInt(256);
    return garbled;
  }

  /// An id of what a path's collection holds or an attribute refers to.
  private String id(String name) {
    String collection =
        switch (name) {
          case "loadbalancer_id" -> "loadbalancers";
          case "listener_id" -> "listeners";
          case "pool_id", "default_pool_id", "redirect_pool_id" -> "pools";
          case "vip_subnet_id", "subnet_id" -> "subnets";
          case "flavor_id" -> "flavors";
          case "flavor_profile_id" -> "flavorprofiles";
          case "availability_zone_profile_id" -> "availabilityzoneprofiles";
          case "availability_zone" -> "availabilityzones";
          case "quotas" -> "projects";
          case "providers" -> "providers";
          default -> name;
        };
    if (collection.equals("providers")) {
      return any(List.of("amphora", "octavia", "x"));
    }
    if (collection.equals("projects")) {
      return any(List.of(OctaviaServer.ANNS_PROJECT.value(), "p", "b".repeat(32)));
    }
    List<String> ids = known.getOrDefault(collection, List.of());
    return ids.isEmpty() || random.nextInt(30) == 0
        ? new UUID(random.nextLong(), random.nextLong()).toString()
        : any(ids);
  }

  /// Learns what an answer tells of.
  void learn(String collection, String id) {
    List<String> ids = known.computeIfAbsent(collection, any -> new ArrayList<>());
    if (!ids.contains(id)) {
      ids.add(id);
    }
    if (ids.size() > KNOWN) {
      ids.removeFirst();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
