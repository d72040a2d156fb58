package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a request when an endpoint, a client or time fails it.
class ExchangeFailureTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Scene scene = new Scene();

  // ---- connecting

  @ParameterizedTest
  @ValueSource(strings = {GET, POST})
  void anotherEndpointServesWhenOneCannotBeReached(String request) {
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive(request);
    FakeChannel first = scene.loop.connecting();

    first.refuse();

    FakeChannel second = scene.endpoint();
    assertThat(second.remote()).isNotEqualTo(first.remote());
    assertThat(second.sent()).isEqualTo(request);
    second.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void threeRetriesAndNoMore() {
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive(GET);

    for (int i = 0; i < 4; i++) {
      assertThat(client.sent()).isEmpty();
      scene.loop.connecting().refuse();
    }

    assertThat(scene.loop.connects()).isFalse();
    assertThat(client.sent()).startsWith("HTTP/1.1 503 ");
    assertThat(client.isOpen()).isTrue();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aConnectionThatIsNotMadeInTimeCountsAsFailed() {
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel first = scene.loop.connecting();

    scene.loop.advance(Scene.TIMEOUTS.connect() - 1);
    assertThat(first.isOpen()).isTrue();
    scene.loop.advance(1);

    assertThat(first.isOpen()).isFalse();
    FakeChannel second = scene.endpoint();
    assertThat(second.sent()).isEqualTo(GET);
  }

  @Test
  void aBodyThatIsStillComingWaitsForTheConnection() {
    scene.endpoints("a", "b");
    FakeChannel client = scene.client();
    client.receive("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    client.receive("cd");
    scene.loop.connecting().refuse();

    FakeChannel second = scene.endpoint();

    assertThat(second.sent()).endsWith("\r\n\r\nabcd");
  }

  // ---- connections that were idle

  private FakeChannel pooled() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    endpoint.sent();
    return endpoint;
  }

  @Test
  void anIdleConnectionThatEndsIsNotUsed() {
    FakeChannel endpoint = pooled();
    endpoint.end();
    assertThat(endpoint.isOpen()).isFalse();

    scene.client().receive(POST);

    assertThat(scene.endpoint().sent()).isEqualTo(POST);
  }

  @Test
  void aConnectionThatBroughtMoreThanItsResponseIsNotUsedAgain() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    endpoint.receive("0\r\n\r\nHTTP/1.1 200 OK\r\n");
    assertThat(client.sent()).endsWith("1\r\na\r\n0\r\n\r\n");
    assertThat(endpoint.isOpen()).isFalse();

    client.receive(GET);
    assertThat(scene.endpoint().sent()).isEqualTo(GET);
  }

  @Test
  void anIdleConnectionThatBreaksUnderARequestIsReplaced() {
    FakeChannel dead = pooled();
    FakeChannel client = scene.client();
    client.receive(GET);
    assertThat(dead.sent()).isEqualTo(GET);

    dead.fail();

    FakeChannel fresh = scene.endpoint();
    assertThat(fresh.sent()).isEqualTo(GET);
    fresh.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aRequestThatMustNotBeSentTwiceIsNot() {
    FakeChannel dead = pooled();
    FakeChannel client = scene.client();
    client.receive(POST);
    assertThat(dead.sent()).isEqualTo(POST);

    dead.end();

    assertThat(scene.loop.connects()).isFalse();
    assertThat(client.sent()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void noRequestIsSentAgainOnceAByteOfAResponseCame() {
    FakeChannel endpoint = pooled();
    FakeChannel client = scene.client();
    client.receive(GET);
    endpoint.receiveAndEnd("HTTP/1.1 2");

    assertThat(scene.loop.connects()).isFalse();
    assertThat(client.sent()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void anIdleConnectionIsClosedAfterAWhile() {
    FakeChannel endpoint = pooled();
    scene.loop.advance(1_000);
    scene.loop.advance(1_000);
    assertThat(endpoint.isOpen()).isTrue();
    for (int i = 0; i < 3; i++) {
      scene.loop.advance(1_000);
    }
    assertThat(endpoint.isOpen()).isFalse();
  }

  @Test
  void idleConnectionsToARetiredEndpointAreClosed() {
    FakeChannel endpoint = pooled();
    scene.pool.update(scene.upstream(), null);

    scene.loop.advance(1_000);

    assertThat(endpoint.isOpen()).isFalse();
  }

  // ---- bad responses

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2 200 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      })
  void aResponseThatIsNoneIs502(String response) {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();

    endpoint.receive(response);

    assertThat(client.sent()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
    assertThat(client.isOpen()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aHeadWithoutEndIs502() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive("HTTP/1.1 200 OK\r\nX: ");
    for (int i = 0; i < 33; i++) {
      endpoint.receive("x".repeat(1_000));
    }
    assertThat(client.sent()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void aMemberThatClosesWithoutAnswerIsReplacedIfTheRequestMayBeSentTwice() {
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().end();
    FakeChannel other = scene.endpoint();
    assertThat(other.sent()).isEqualTo(GET);
    other.receive("HTTP/1.1 204 No Content\r\n\r\n");
    assertThat(client.sent()).startsWith("HTTP/1.1 204 ");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aMemberThatClosesWithoutAnswerIs502ForAnyOtherRequest() {
    FakeChannel client = scene.client();
    client.receive(POST);
    scene.endpoint().end();
    assertThat(client.sent()).startsWith("HTTP/1.1 502 ");
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aBadChunkAfterTheHeadWasSentCutsTheResponse() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    endpoint.receive("zz\r\n");
    assertThat(client.sent()).isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    assertThat(client.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  // ---- early answers

  @Test
  void aMemberMayAnswerAndCloseBeforeItReadTheBody() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.allow(1_000);
    client.receive("x".repeat(100_000));

    endpoint.receiveAndEnd(
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assertThat(client.outputShut()).isTrue();
    client.receive("x".repeat(300_000));
    assertThat(client.isOpen()).as("reads so much and no more").isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  // ---- clients

  @Test
  void aClientThatGivesUpItsBodyIsAnError() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    FakeChannel endpoint = scene.endpoint();
    client.end();

    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void aClientThatGivesUpItsHeadIsAnErrorAndOneThatSaysNothingIsNot() {
    scene.client().end();
    assertThat(scene.counters().requestErrors()).isZero();
    FakeChannel client = scene.client();
    client.receive("GET / HT");
    client.end();
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
    assertThat(scene.ended).isEqualTo(2);
  }

  @Test
  void aClientThatIsResetEndsTheRequest() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    client.fail();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void aClientThatWillSendNoMoreStillGetsItsResponses() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receiveAndEnd(GET + GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(OK);
    endpoint.receive(OK);
    assertThat(client.sent()).isEqualTo(OK + OK);
    assertThat(client.isOpen()).isFalse();
    assertThat(client.aborted()).isFalse();
  }

  // ---- time

  @Test
  void aSilentClientIsClosedWithoutAWord() {
    FakeChannel client = scene.client();
    scene.loop.advance(Scene.TIMEOUTS.clientIdle());
    assertThat(client.isOpen()).isFalse();
    assertThat(client.sent()).isEmpty();
    assertThat(scene.counters().requestErrors()).isZero();
  }

  @Test
  void aHeadMustBeThereInTimeHoweverManyBytesCome() {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 5; i++) {
      scene.loop.advance(Scene.TIMEOUTS.clientIdle() / 5 - 1);
      client.receive("X: y\r\n");
    }
    assertThat(client.sent()).isEmpty();
    scene.loop.advance(5);

    assertThat(client.sent()).startsWith("HTTP/1.1 408 ").contains("Connection: close\r\n");
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
    scene.loop.advance(10_000);
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aBodyMayTakeLongButNotStop() {
    FakeChannel client = scene.client();
    client.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    for (int i = 0; i < 5; i++) {
      scene.loop.advance(Scene.TIMEOUTS.clientIdle() - 1);
      client.receive("x");
    }
    assertThat(client.sent()).isEmpty();
    scene.loop.advance(Scene.TIMEOUTS.clientIdle());

    assertThat(client.sent()).startsWith("HTTP/1.1 408 ");
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aMemberThatIsSilentTooLongIs504() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    scene.loop.advance(Scene.TIMEOUTS.upstreamIdle() - 1);
    assertThat(client.sent()).isEmpty();
    scene.loop.advance(1);

    assertThat(client.sent()).startsWith("HTTP/1.1 504 ");
    assertThat(client.isOpen()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aResponseThatStopsIsCut() {
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    scene.loop.advance(Scene.TIMEOUTS.upstreamIdle());
    assertThat(client.isOpen()).isFalse();
    assertThat(client.sent()).doesNotContain("504");
  }

  @Test
  void aClientThatDoesNotReadIsReset() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    client.allow(3);
    endpoint.receive(OK);
    scene.loop.advance(Scene.TIMEOUTS.clientIdle());
    assertThat(client.aborted()).isTrue();
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  // ---- interim responses

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1.1"})
  void interimResponsesComeToAnEnd(String version) {
    FakeChannel client = scene.client();
    client.receive("GET /x HTTP/" + version + "\r\nHost: a\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    for (int i = 0; i < 101; i++) {
      assertThat(endpoint.isOpen()).isTrue();
      endpoint.receive("HTTP/1.1 103 Early Hints\r\n\r\n");
    }
    assertThat(endpoint.isOpen()).isFalse();
    assertThat(client.sent()).contains("HTTP/1.1 502 ");
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void eachRequestMayHaveInterimResponses() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    FakeChannel endpoint = null;
    for (int i = 0; i < 3; i++) {
      client.receive(GET);
      endpoint = endpoint == null ? scene.endpoint() : endpoint;
      endpoint.receive("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(60) + OK);
      assertThat(client.sent()).endsWith(OK);
    }
  }
}
