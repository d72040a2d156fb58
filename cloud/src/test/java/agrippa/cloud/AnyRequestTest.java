package agrippa.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.web.Json;
import agrippa.web.Routes.Route;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Whatever the embedded services are asked, they answer, and never with an error of their own.
///
/// Every build asks the same. `-Dagrippa.fuzz.seed=…` asks something else,
/// `-Dagrippa.fuzz.requests=…` more.
class AnyRequestTest {
  private static final Duration TIME =
      Duration.ofSeconds(Long.getLong("agrippa.fuzz.seconds", 120));
  private static final int ENOUGH = Integer.getInteger("agrippa.fuzz.requests", 3_000);
  private static final int STRANGERS = 8;
  private static final int MANY = 10;

  /// Longer than any answer takes, on a machine that is busy.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final List<String> ODD_TEXTS =
      List.of(
          "x",
          "%25",
          "%00",
          "%ff%fe",
          "%0d%0aX:%20y",
          "..",
          "%2F",
          "a+b",
          "%F0%9F%98%80",
          "%ED%A0%80",
          "null",
          "-1",
          "0",
          "True",
          "default",
          "all",
          "admin",
          "x.json",
          "*",
          "%5B",
          "a:b",
          "99999999999999999999",
          "id",
          "a".repeat(3_000));
  private static final List<String> PARAMETERS =
      List.of(
          "limit",
          "marker",
          "fields",
          "sort_key",
          "sort_dir",
          "page_reverse",
          "name",
          "id",
          "project_id",
          "tags",
          "not-tags",
          "network_id",
          "fixed_ips",
          "offset",
          "sort",
          "names",
          "user.id",
          "scope.project.id",
          "role.id",
          "effective",
          "include_names",
          "expiration",
          "created",
          "bits",
          "acl_only",
          "nocatalog",
          "allow_expired");
  private static final List<String> MEDIA_TYPES =
      List.of(
          "text/plain",
          "application/octet-stream",
          "*/*",
          "application/json;q=0",
          "nonsense",
          ";",
          ",,",
          "application/x-pem-file",
          "text/plain; charset=nosuch",
          "a/b;q=x");

  private final long seed = Long.getLong("agrippa.fuzz.seed", 20261123);
  private final Random random = new Random(seed);

  /// A request and the route that it takes.
  private record Made(Route route, HttpRequest request, byte[] body) {
    @Override
    public String toString() {
      String shown = new String(body, 0, Math.min(body.length, 2_000), StandardCharsets.UTF_8);
      return request.method() + " " + request.uri() + " " + request.headers().map() + " " + shown;
    }
  }

  @Test
  void noAnswerIsAnErrorOfTheServersOwn() throws Exception {
    Set<String> succeeded = new TreeSet<>();
    List<String> failures = new ArrayList<>();
    long end = System.nanoTime() + TIME.toNanos();
    int sent = 0;
    while (sent < ENOUGH && failures.size() < MANY && System.nanoTime() < end) {
      try (var cloud = new WholeCloud(random)) {
        var odd = new OddJson(random, OddJson.names(KnownBodies.all()), cloud::id);
        // Until the admin has done away with themselves.
        for (int strangers = 0; strangers < STRANGERS && sent < ENOUGH; sent++) {
          Made made = request(cloud, odd);
          int status = answered(cloud, made, failures);
          strangers = status == 401 ? strangers + 1 : 0;
          if (status >= 200 && status < 300) {
            succeeded.add(made.route.method() + " " + made.route.template());
          }
          if (failures.size() >= MANY || System.nanoTime() > end) {
            break;
          }
        }
      }
    }
    assertThat(failures).as("seed " + seed).isEmpty();
    // Else what is asked would be too odd to show anything.
    assertThat(succeeded).as("seed " + seed).hasSizeGreaterThan(40);
  }

  /// The status of the answer; what is wrong with it is added to the failures.
  private static int answered(WholeCloud cloud, Made made, List<String> failures)
      throws InterruptedException {
    try {
      HttpResponse<byte[]> answer = answer(cloud, made);
      complaint(answer).map(it -> it + "\nfor " + made).ifPresent(failures::add);
      if (answer.statusCode() < 300) {
        cloud.learn(made.route.template(), answer);
      }
      return answer.statusCode();
    } catch (IOException e) {
      failures.add(e + "\nfor " + made);
      return 0;
    }
  }

  /// A kept connection may end just when it is used again, so once is no evidence.
  private static HttpResponse<byte[]> answer(WholeCloud cloud, Made made)
      throws IOException, InterruptedException {
    try {
      return cloud.send(made.request);
    } catch (IOException e) {
      return cloud.send(made.request);
    }
  }

  /// What is wrong with an answer.
  private static Optional<String> complaint(HttpResponse<byte[]> answer) {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.statusCode() >= 500) {
      return Optional.of(answer.statusCode() + " " + text);
    }
    if (answer.headers().firstValue("x-openstack-request-id").isEmpty()) {
      return Optional.of("no request id");
    }
    if (answer.statusCode() < 400 || answer.request().method().equals("HEAD")) {
      return Optional.empty();
    }
    JsonNode body = Json.parse(answer.body()).orElse(Json.object());
    boolean known =
        body.at("/error/message").isString()
            || body.at("/NeutronError/message").isString()
            || body.at("/description").isString()
            || (body.size() == 1 && body.iterator().next().path("message").isString())
            || text.startsWith("<html>");
    return known ? Optional.empty() : Optional.of("no error's body: " + text);
  }

  private Made request(WholeCloud cloud, OddJson odd) {
    WholeCloud.Served served = any(cloud.routes());
    Route route = served.route();
    double strange = any(List.of(0.0, 0.02, 0.05, 0.2));
    String path = served.prefix() + path(route, cloud, strange) + query(strange);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(cloud.base() + path)).timeout(PATIENCE);
    if (random.nextInt(20) > 0) {
      request.header("X-Auth-Token", random.nextInt(20) > 0 ? cloud.token() : any(ODD_TEXTS));
    }
    if (random.nextInt(4) > 0) {
      request.header("X-Subject-Token", cloud.id("token"));
    }
    request.header(
        "Content-Type", random.nextDouble() < strange ? any(MEDIA_TYPES) : "application/json");
    request.header("Accept", random.nextDouble() < strange ? any(MEDIA_TYPES) : "*/*");
    if (random.nextDouble() < strange) {
      request.header("Content-Encoding", any(List.of("base64", "identity")));
    }
    byte[] body = body(route, odd, strange);
    request.method(route.method(), BodyPublishers.ofByteArray(body));
    return new Made(route, request.build(), body);
  }

  private String path(Route route, WholeCloud cloud, double strange) {
    List<String> segments = new ArrayList<>();
    for (String segment : route.template().split("/")) {
      if (!segment.startsWith("{")) {
        segments.add(segment);
      } else {
        segments.add(random.nextDouble() < strange ? any(ODD_TEXTS) : cloud.id(segments.getLast()));
      }
    }
    String path = String.join("/", segments);
    return path.isEmpty() ? "/" : path;
  }

  private String query(double strange) {
    List<String> pairs = new ArrayList<>();
    while (random.nextDouble() < 0.1 + strange) {
      pairs.add(any(PARAMETERS) + "=" + any(ODD_TEXTS));
    }
    return pairs.isEmpty() ? "" : "?" + String.join("&", pairs);
  }

  private byte[] body(Route route, OddJson odd, double strange) {
    if (route.method().equals("GET") || route.method().equals("HEAD")) {
      return new byte[0];
    }
    List<JsonNode> bodies = KnownBodies.of(WholeCloud.collection(route.template()));
    return odd.bytes(odd.changed("", any(bodies), strange), strange);
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
