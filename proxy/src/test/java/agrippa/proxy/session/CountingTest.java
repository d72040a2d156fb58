package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.stats.Count;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is counted of requests, at the frontend `web`, its upstream `pool` and their endpoints.
class CountingTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Scene scene = new Scene();

  private long pool(Count what) {
    return scene.stats.sum("pool", what);
  }

  private long endpoint(String name, Count what) {
    return scene.stats.sum("pool", name, what);
  }

  @Test
  void requestsAndBytesOnTheirWay() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    assertThat(pool(Count.OPENED)).isEqualTo(1);
    assertThat(pool(Count.CLOSED)).isZero();
    assertThat(endpoint("a", Count.OPENED)).isEqualTo(1);
    endpoint.receive(OK);
    client.receive(GET);
    endpoint.receive("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

    assertThat(pool(Count.OPENED)).isEqualTo(2);
    assertThat(pool(Count.CLOSED)).isEqualTo(2);
    assertThat(endpoint("a", Count.CLOSED)).isEqualTo(2);
    assertThat(endpoint("a", Count.ATTEMPTS)).isEqualTo(1);
    assertThat(endpoint("a", Count.REUSES)).isEqualTo(1);
    assertThat(pool(Count.REUSES)).isEqualTo(1);
    assertThat(endpoint("a", Count.BYTES_IN)).isEqualTo(2L * GET.length());
    assertThat(pool(Count.BYTES_IN)).isEqualTo(scene.counters().bytesIn());
    assertThat(endpoint("a", Count.BYTES_OUT)).isEqualTo(scene.counters().bytesOut());
    for (Count what : List.of(Count.RESPONSES_2XX, Count.RESPONSES_4XX)) {
      assertThat(endpoint("a", what)).isEqualTo(1);
      assertThat(pool(what)).isEqualTo(1);
      assertThat(scene.stats.sum(what)).isEqualTo(1);
    }
  }

  @Test
  void aBodyThatComesLater() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    String post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab";
    client.receive(post);
    FakeChannel endpoint = scene.endpoint();
    client.receive("cd");
    endpoint.receive(OK);

    assertThat(endpoint("a", Count.BYTES_IN)).isEqualTo(post.length() + 2);
    assertThat(endpoint("a", Count.BYTES_OUT)).isEqualTo(OK.length());
  }

  @Test
  void triesAtOtherEndpointsAndAtTheSame() {
    scene.endpoints("a", "b");
    scene.client().receive(GET);
    scene.loop.connecting().refuse();

    assertThat(pool(Count.REDISPATCHES)).isEqualTo(1);
    assertThat(endpoint("a", Count.REDISPATCHES) + endpoint("b", Count.REDISPATCHES)).isEqualTo(1);
    assertThat(endpoint("a", Count.OPENED)).isEqualTo(1);
    assertThat(endpoint("b", Count.OPENED)).isEqualTo(1);
    assertThat(pool(Count.OPENED)).isEqualTo(1);
    assertThat(pool(Count.RETRIES)).isZero();
  }

  @Test
  void aRequestForWhichNoConnectionCanBeMade() {
    scene.endpoints("a");
    scene.client().receive(GET);
    for (int i = 0; i < 4; i++) {
      scene.loop.connecting().refuse();
    }

    assertThat(endpoint("a", Count.RETRIES)).isEqualTo(3);
    assertThat(endpoint("a", Count.CONNECT_ERRORS)).isEqualTo(1);
    assertThat(pool(Count.CONNECT_ERRORS)).isEqualTo(1);
    assertThat(endpoint("a", Count.RESPONSES_5XX)).isZero();
    assertThat(pool(Count.RESPONSES_5XX)).isEqualTo(1);
    assertThat(scene.stats.sum(Count.RESPONSES_5XX)).isEqualTo(1);
    assertThat(endpoint("a", Count.CLOSED)).isEqualTo(4);
    assertThat(pool(Count.CLOSED)).isEqualTo(1);
  }

  @Test
  void responsesThatAreNone() {
    scene.endpoints("a");
    scene.client().receive(GET);
    scene.endpoint().receive("nonsense\r\n\r\n");
    scene.client().receive(GET);
    scene.endpoint();
    scene.loop.advance(Scene.TIMEOUTS.upstreamIdle());

    assertThat(endpoint("a", Count.RESPONSE_ERRORS)).isEqualTo(2);
    assertThat(pool(Count.RESPONSE_ERRORS)).isEqualTo(2);
    assertThat(scene.stats.sum(Count.RESPONSES_5XX)).isEqualTo(2);
  }

  @Test
  void transfersThatAreBrokenOff() {
    scene.endpoints("a");
    scene.client().receive(GET);
    scene.endpoint().receiveAndEnd("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
    assertThat(endpoint("a", Count.ENDPOINT_ABORTS)).isEqualTo(1);
    assertThat(endpoint("a", Count.CLIENT_ABORTS)).isZero();

    FakeChannel client = scene.client();
    client.receive("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    scene.endpoint();
    client.end();

    assertThat(endpoint("a", Count.CLIENT_ABORTS)).isEqualTo(1);
    assertThat(pool(Count.CLIENT_ABORTS)).isEqualTo(1);
    assertThat(pool(Count.CLOSED)).isEqualTo(2);
  }

  @Test
  void whatTheProxyAnswersByItself() {
    scene.routes =
        List.of(
            route("no", "/no", new Route.Action.Reject()),
            route("away", "/away", new Route.Action.Redirect("http://b/", 302)));
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
    client.receive("GET /away HTTP/1.1\r\nHost: a\r\n\r\n");

    assertThat(scene.stats.sum(Count.REJECTED)).isEqualTo(1);
    assertThat(scene.stats.sum(Count.INTERCEPTED)).isEqualTo(1);
    assertThat(scene.stats.sum(Count.RESPONSES_4XX)).isEqualTo(1);
    assertThat(scene.stats.sum(Count.RESPONSES_3XX)).isEqualTo(1);
    assertThat(pool(Count.OPENED)).isZero();
  }

  private static Route route(String name, String path, Route.Action action) {
    return new Route(
        name, List.of(new Match(new Subject.Path(), Comparison.EQUAL_TO, path, false)), action);
  }
}
