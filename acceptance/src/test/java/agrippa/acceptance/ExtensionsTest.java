package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What reserved tags and flavors ask for happens on the wire, and what they misspell is refused.
class ExtensionsTest {
  @TempDir private Path folder;
  private Program program;
  private Api api;
  private String subnet;
  private Backend backend;

  @BeforeEach
  void start() throws Exception {
    program = Program.start(folder.resolve("state"));
    api = Api.of(program);
    subnet = api.subnet("10.20.0.0/24");
    backend = Backend.start("web", "127.20.0.11", 0);
  }

  @AfterEach
  void stop() {
    backend.close();
    program.close();
  }

  @Test
  void tagsAreObeyed() throws Exception {
    String url = serve("", "agrippa:rate_limit=3/m", "agrippa:response_header=set:X-Via:agrippa");

    for (int i = 0; i < 3; i++) {
      assertThat(head(url)).startsWith("HTTP/1.1 200 ").contains("\r\nX-Via: agrippa\r\n");
    }
    assertThat(head(url)).startsWith("HTTP/1.1 429 ").contains("\r\nRetry-After: ");
    Program.Result page =
        Program.run(Map.of(), List.of("curl", "-fsS", program.url() + "/metrics"));
    assertThat(page.output().lines())
        .anyMatch(
            it -> it.startsWith("octavia_listener_requests_denied_total{") && it.endsWith("} 1"));
  }

  @Test
  void responsesAreCompressedForThoseWhoAcceptIt() throws Exception {
    String url = serve("", "agrippa:compression=zstd,gzip");
    String padding = "x".repeat(1_000);

    for (String coding : List.of("gzip", "zstd")) {
      Program.Result answer = compressed(url, "X-Padding: " + padding, coding);
      assertThat(answer.output())
          .contains("\r\nContent-Encoding: " + coding + "\r\n")
          .contains("\r\nVary: Accept-Encoding\r\n")
          .contains(padding);
    }
    assertThat(compressed(url, "X-Padding: " + padding, "br").output())
        .doesNotContain("Content-Encoding")
        .contains(padding);
    Program.Result page =
        Program.run(Map.of(), List.of("curl", "-fsS", program.url() + "/metrics"));
    assertThat(page.output().lines())
        .anyMatch(
            it ->
                it.startsWith("octavia_listener_http_comp_responses_total{") && it.endsWith("} 2"));
  }

  /// @return the head as it came, and the body as curl decoded it
  private static Program.Result compressed(String url, String field, String coding)
      throws Exception {
    List<String> curl =
        List.of(
            "curl",
            "-fsS",
            "-D",
            "-",
            "-H",
            field,
            "--compressed",
            "-H",
            "Accept-Encoding: " + coding,
            url);
    Program.Result answer = Program.run(Map.of(), curl);
    assertThat(answer.status()).as(answer.errors()).isZero();
    return answer;
  }

  @Test
  void aFlavorIsTheMostThatTagsMayAskFor() throws Exception {
    String profile =
        made(
            "flavorprofile",
            """
            {"flavorprofile": {"name": "p", "provider_name": "amphora",
              "flavor_data": "{\\"rate_limit\\": \\"2/m\\"}"}}
            """);
    String flavor =
        made(
            "flavor",
            "{\"flavor\": {\"name\": \"f\", \"flavor_profile_id\": \"" + profile + "\"}}");

    String url = serve("\"flavor_id\": \"" + flavor + "\",", "agrippa:rate_limit=100/m");

    assertThat(head(url)).startsWith("HTTP/1.1 200 ");
    assertThat(head(url)).startsWith("HTTP/1.1 200 ");
    assertThat(head(url)).startsWith("HTTP/1.1 429 ");
  }

  @Test
  void whatIsMisspeltIsRefusedAndNothingIsMade() throws Exception {
    assertThat(refusal("agrippa:rate_limt=3/m"))
        .startsWith(
            "Validation failure: Tag 'agrippa:rate_limt=3/m': no such tag of listeners is"
                + " understood, only ")
        .contains("rate_limit");
    assertThat(refusal("agrippa:split=8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11:1"))
        .isEqualTo(
            "Validation failure: Tag 'agrippa:split': the load balancer has no pool"
                + " 8f1c0f3e-7d0a-4f0e-9a44-1f0b3a9c0d11.");
    assertThat(refusal("agrippa:rate_limit=lots"))
        .startsWith("Validation failure: Tag 'agrippa:rate_limit=lots': the value must be ");
    assertThat(api.get(Api.LB + "/loadbalancers").expect(200).body().path("loadbalancers"))
        .isEmpty();
  }

  private String made(String kind, String body) throws Exception {
    return api.post(Api.LB + "/" + kind + "s", body)
        .expect(201)
        .body()
        .at("/" + kind + "/id")
        .asString();
  }

  /// @param more of the load balancer's attributes
  /// @return where its listener with these tags is
  private String serve(String more, String... tags) throws Exception {
    int port = FreePorts.next();
    JsonNode created = create(more, port, tags).expect(201).body().path("loadbalancer");
    api.active(created.path("id").asString());
    String vip = created.path("vip_address").asString().replaceFirst("^10", "127");
    return "http://%s:%d/".formatted(vip, port);
  }

  private String refusal(String tag) throws Exception {
    return create("", FreePorts.next(), tag).expect(400).body().path("faultstring").asString();
  }

  private Api.Answer create(String more, int port, String... tags) throws Exception {
    return api.post(
        Api.LB + "/loadbalancers",
        """
        {"loadbalancer": {%s "vip_subnet_id": "%s", "listeners": [
          {"protocol": "HTTP", "protocol_port": %d, "tags": ["%s"], "default_pool":
            {"name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [
              {"address": "10.20.0.11", "protocol_port": %d}]}}]}}
        """
            .formatted(more, subnet, port, String.join("\", \"", tags), backend.port()));
  }

  private static String head(String url) throws Exception {
    Program.Result answer =
        Program.run(Map.of(), List.of("curl", "-sS", "-D", "-", "-o", "/dev/null", url));
    assertThat(answer.status()).as(answer.errors()).isZero();
    return answer.output();
  }
}
