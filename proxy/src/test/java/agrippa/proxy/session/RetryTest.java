package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Check.StatusRange;
import agrippa.proxy.plan.Retries;
import agrippa.proxy.stats.Count;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When a request goes to another endpoint, if the plan says so.
class RetryTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\nno";

  private final Scene scene = new Scene();

  private static Retries onStatus(int most) {
    return new Retries(most, true, true, List.of(new StatusRange(500, 599)), 20);
  }

  private FakeChannel client(Retries retries, String... endpoints) {
    scene.balancing = Balancing.DEFAULT.withRetries(retries);
    scene.endpoints(endpoints);
    return scene.client();
  }

  @Test
  void aStatusIsNotDeliveredIfAnotherEndpointDoesBetter() {
    FakeChannel client = client(onStatus(3), "a", "b");
    client.receive(GET);
    FakeChannel first = scene.endpoint();

    first.receive(BUSY);

    assertThat(client.sent()).isEmpty();
    assertThat(first.isOpen()).isFalse();
    FakeChannel second = scene.endpoint();
    assertThat(second.remote()).isNotEqualTo(first.remote());
    assertThat(second.sent()).isEqualTo(GET);
    second.receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
    assertThat(scene.inFlight()).isZero();
    assertThat(scene.stats.sum(Count.RESPONSES_5XX)).isZero();
    assertThat(scene.stats.sum("pool", Count.REDISPATCHES)).isEqualTo(1);
  }

  @Test
  void aHeadThatComesInPartsIsNotDeliveredEither() {
    FakeChannel client = client(onStatus(3), "a", "b");
    client.receive(GET);
    FakeChannel first = scene.endpoint();

    first.receive(BUSY.substring(0, 20));
    first.receive(BUSY.substring(20));

    scene.endpoint().receive(OK);
    assertThat(client.sent()).isEqualTo(OK);
  }

  @Test
  void theLastEndpointsStatusIsDelivered() {
    FakeChannel client = client(onStatus(1), "a", "b");
    client.receive(GET);
    scene.endpoint().receive(BUSY);

    scene.endpoint().receive(BUSY);

    assertThat(client.sent()).isEqualTo(BUSY);
    assertThat(scene.loop.connects()).isFalse();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void aStatusIsDeliveredIfThereIsNobodyElse() {
    FakeChannel client = client(onStatus(3), "a");
    client.receive(GET);

    scene.endpoint().receive(BUSY);

    assertThat(client.sent()).isEqualTo(BUSY);
  }

  @Test
  void whatMayNotBeSentTwiceIsNot() {
    FakeChannel client = client(onStatus(3), "a", "b");
    client.receive(POST);

    scene.endpoint().receive(BUSY);

    assertThat(client.sent()).isEqualTo(BUSY);
  }

  @Test
  void aStatusThatIsNotNamedIsDelivered() {
    FakeChannel client =
        client(new Retries(3, true, true, List.of(new StatusRange(502, 502)), 20), "a", "b");
    client.receive(GET);

    scene.endpoint().receive(BUSY);

    assertThat(client.sent()).isEqualTo(BUSY);
  }

  @Test
  void aConnectionThatServedBeforeIsATryToo() {
    FakeChannel client = client(onStatus(1), "a", "b");
    client.receive(GET);
    FakeChannel first = scene.endpoint();
    first.receive(OK);
    client.receive(GET);
    scene.endpoint().receive(OK);
    client.receive(GET);
    first.receive(BUSY);

    scene.endpoint().receive(BUSY);

    assertThat(client.sent()).isEqualTo(OK + OK + BUSY);
    assertThat(scene.loop.connects()).isFalse();
  }

  @Test
  void asManyTriesAsThePlanSays() {
    FakeChannel client = client(new Retries(1, true, true, List.of(), null), "a", "b");
    client.receive(GET);

    scene.loop.connecting().refuse();
    scene.loop.connecting().refuse();

    assertThat(client.sent()).startsWith("HTTP/1.1 503 ");
    assertThat(scene.loop.connects()).isFalse();
  }

  @Test
  void noFurtherTryForWhatIsNotNamed() {
    FakeChannel client = client(new Retries(3, false, false, List.of(), null), "a", "b");
    client.receive(GET);
    scene.loop.connecting().refuse();
    assertThat(client.sent()).startsWith("HTTP/1.1 503 ");

    FakeChannel another = scene.client();
    another.receive(GET);
    scene.endpoint().end();
    assertThat(another.sent()).startsWith("HTTP/1.1 502 ");
  }

  @Test
  void furtherTriesHaveABudget() {
    client(new Retries(3, true, true, List.of(), 20), "a", "b");
    int tries = 0;
    for (int i = 0; i < 100; i++) {
      scene.client().receive(GET);
      while (scene.loop.connects()) {
        scene.loop.connecting().refuse();
        tries++;
      }
    }

    assertThat(tries).isBetween(120, 123);
  }
}
