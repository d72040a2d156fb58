package agrippa.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsTest {
  private static final String PAGE = "https://dashboard.example.org";
  private final Cors cors = new Cors(Set.of(PAGE), Duration.ofMinutes(10));

  @Test
  void anAllowedPageMayAskForWhatClientsSend() {
    Reply reply =
        cors.preflight("OPTIONS", asks(PAGE, "DELETE", "X-Auth-Token, content-type")).get();
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers())
        .containsOnly(
            Map.entry("Vary", "Origin"),
            Map.entry("Access-Control-Allow-Origin", PAGE),
            Map.entry("Access-Control-Allow-Methods", "DELETE"),
            Map.entry("Access-Control-Allow-Headers", "x-auth-token,content-type"),
            Map.entry("Access-Control-Max-Age", "600"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example.org, GET, x-auth-token",
    "https://dashboard.example.org.evil.org, GET, ''",
    "http://dashboard.example.org, GET, ''",
    "null, GET, ''",
    "https://dashboard.example.org, TRACE, ''",
    "https://dashboard.example.org, get, ''",
    "https://dashboard.example.org, GET, x-evil"
  })
  void whatIsNotAllowedGetsNoWordOfPermission(String origin, String method, String names) {
    Reply reply = cors.preflight("OPTIONS", asks(origin, method, names)).get();
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers()).containsOnlyKeys("Vary");
  }

  @Test
  void whatIsNoQuestionOfABrowserGoesOn() {
    assertThat(cors.preflight("OPTIONS", Map.of("origin", List.of(PAGE)))).isEmpty();
    assertThat(cors.preflight("GET", asks(PAGE, "GET", ""))).isEmpty();
    assertThat(Cors.NONE.preflight("OPTIONS", asks(PAGE, "GET", ""))).isEmpty();
  }

  @Test
  void anAllowedPageReadsTheAnswerAndItsHeaders() {
    Reply reply =
        cors.readable(
            Reply.empty(204).with("Vary", "X-Auth-Token"), Map.of("origin", List.of(PAGE)));
    assertThat(reply.headers())
        .containsEntry("Vary", "X-Auth-Token, Origin")
        .containsEntry("Access-Control-Allow-Origin", PAGE);
    assertThat(reply.headers().get("Access-Control-Expose-Headers"))
        .contains("X-OpenStack-Request-ID", "X-Subject-Token");
  }

  @Test
  void otherPagesReadNothing() {
    assertThat(
            cors.readable(Reply.empty(204), Map.of("origin", List.of("https://evil.org")))
                .headers())
        .containsOnlyKeys("Vary");
    assertThat(cors.readable(Reply.empty(204), Map.of()).headers()).containsOnlyKeys("Vary");
  }

  @Test
  void anyPageIsToldSoWithoutNamingIt() {
    Cors open = new Cors(Set.of("*"), Duration.ZERO);
    assertThat(open.preflight("OPTIONS", asks("https://a.org", "GET", "")).get().headers())
        .containsEntry("Access-Control-Allow-Origin", "*")
        .doesNotContainKey("Access-Control-Allow-Credentials");
  }

  @Test
  void withoutPagesNothingIsSaid() {
    Reply reply = Reply.empty(204);
    assertThat(Cors.NONE.readable(reply, Map.of("origin", List.of(PAGE)))).isSameAs(reply);
  }

  private static Map<String, List<String>> asks(String origin, String method, String names) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("origin", List.of(origin));
    headers.put("access-control-request-method", List.of(method));
    if (!names.isEmpty()) {
      headers.put("access-control-request-headers", List.of(names));
    }
    return headers;
  }
}
