package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.PerClient;
import agrippa.proxy.plan.Rewriting;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import agrippa.proxy.plan.Route;
import agrippa.proxy.stats.Count;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What users want of HTTP beside what Octavia has words for, byte for byte.
class RewritingTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Scene scene = new Scene();

  private static FieldEdit edit(Kind kind, String name, String value) {
    return new FieldEdit(kind, name, value);
  }

  // ---- fields

  @Test
  void requestsAreEdited() {
    scene.headers = List.of(HeaderInsert.X_FORWARDED_FOR);
    scene.options =
        FrontendOptions.DEFAULT.withRewriting(
            new Rewriting(
                List.of(
                    edit(Kind.ADD, "X-More", "2"),
                    edit(Kind.SET, "X-Env", "prod"),
                    edit(Kind.REMOVE, "X-Forwarded-For", ""),
                    edit(Kind.REMOVE, "Cookie", "")),
                List.of()));
    FakeChannel client = scene.client();
    client.receive(
        "GET / HTTP/1.1\r\nx-env: dev\r\nHost: a\r\nX-MORE: 1\r\nX-Forwarded-For: liar\r\n"
            + "Cookie: a=b\r\nX-Env: test\r\nX-Envy: 1\r\n\r\n");

    assertThat(scene.endpoint().sent())
        .isEqualTo(
            "GET / HTTP/1.1\r\nHost: a\r\nX-MORE: 1\r\nX-Envy: 1\r\nX-Forwarded-For: 192.0.2.7\r\n"
                + "X-Env: prod\r\nX-More: 2\r\n\r\n");
  }

  @Test
  void responsesAreEditedButNotOurOwn() {
    scene.strictTransport = "max-age=1";
    scene.routes =
        List.of(new Route("no", List.of(HttpSessionTest.path("/no")), new Route.Action.Reject()));
    scene.options =
        FrontendOptions.DEFAULT.withRewriting(
            new Rewriting(
                List.of(),
                List.of(
                    edit(Kind.REMOVE, "Server", ""),
                    edit(Kind.SET, "strict-transport-security", "max-age=2"),
                    edit(Kind.ADD, "Vary", "X"))));
    FakeChannel client = scene.client();
    client.receive(GET);
    scene
        .endpoint()
        .receive(
            "HTTP/1.1 200 OK\r\nServer: x\r\nStrict-Transport-Security: 0\r\nVary: Y\r\n"
                + "Content-Length: 2\r\n\r\nok");

    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nVary: Y\r\nContent-Length: 2\r\n"
                + "strict-transport-security: max-age=2\r\nVary: X\r\n\r\nok");
    client.receive("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(client.sent()).startsWith("HTTP/1.1 403 ").doesNotContain("Vary");
  }

  // ---- fixed responses

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | 200 | ok | HTTP/1.1 200 OK~Content-Type: text/plain~Content-Length: 2~~ok",
        "HEAD | 200 | ok | HTTP/1.1 200 OK~Content-Type: text/plain~Content-Length: 2~~",
        "GET | 299 | '' | HTTP/1.1 299 ~Content-Length: 0~~",
        "GET | 204 | x | HTTP/1.1 204 No Content~~",
        "GET | 304 | x | HTTP/1.1 304 Not Modified~~",
        "GET | 205 | x | HTTP/1.1 205 ~Content-Length: 0~~",
      })
  void aRouteAnswers(String method, int status, String body, String wanted) {
    scene.routes =
        List.of(new Route("r", List.of(), new Route.Action.Respond(status, "text/plain", body)));
    FakeChannel client = scene.client();
    client.receive(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(client.sent()).isEqualTo(wanted.replace("~", "\r\n"));
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.stats.sum(Count.INTERCEPTED)).isEqualTo(1);
  }

  // ---- limits

  @Test
  void whoAsksTooOftenIsToldWhenToComeBack() {
    scene.endpoints("a");
    scene.options =
        FrontendOptions.DEFAULT.withPerClient(new PerClient(new PerClient.Rate(1, 3_000, 1), 0));
    scene.snapshot = scene.snapshot();
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().receive(OK);
    assertThat(client.sent()).isEqualTo(OK);

    client.receive(GET);
    assertThat(client.sent()).startsWith("HTTP/1.1 429 ").contains("\r\nRetry-After: 3\r\n");
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.stats.sum(Count.LIMITED)).isEqualTo(1);
    assertThat(scene.stats.sum(Count.RESPONSES_4XX)).isEqualTo(1);

    scene.loop.advance(3_000);
    client.receive(GET);
    assertThat(client.sent()).as("under way").isEmpty();
  }

  @Test
  void whoHasTooManyConnectionsIsToldOnceAndNotWaitedFor() {
    scene.endpoints("a");
    scene.snapshot = scene.snapshot().forTooMany();
    FakeChannel asks = scene.client();
    FakeChannel silent = scene.client();
    asks.receive(GET);

    assertThat(asks.sent()).startsWith("HTTP/1.1 429 ").contains("Connection: close\r\n");
    scene.loop.advance(2_000);
    assertThat(asks.isOpen()).isFalse();
    assertThat(silent.isOpen()).isFalse();
  }
}
