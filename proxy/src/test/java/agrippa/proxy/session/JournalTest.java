package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.journal.Entry;
import agrippa.proxy.journal.Journals;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Journaling;
import agrippa.proxy.plan.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is written down of requests, and which trace they are a part of, without a socket.
class JournalTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private final Scene scene = new Scene();
  private final Journals journals = new Journals(List.of(scene.journal));

  JournalTest() {
    scene.options = FrontendOptions.DEFAULT.withJournaling(new Journaling("owner", "lb", 1));
  }

  private static String get(String... fields) {
    return "GET /x?y=1 HTTP/1.1\r\nHost: a.example\r\n"
        + String.join("", List.of(fields).stream().map(it -> it + "\r\n").toList())
        + "\r\n";
  }

  /// Entries may not be kept: what is wanted of each is taken at once.
  private <T> List<T> entries(Function<Entry, T> wanted) {
    List<T> all = new ArrayList<>();
    journals.read(it -> all.add(wanted.apply(it)));
    return all;
  }

  private FakeChannel exchange(String request, String response) {
    FakeChannel client = scene.client();
    client.receive(request);
    scene.endpoint().receive(response);
    return client;
  }

  @Test
  void tellsAllOfARequest() {
    FakeChannel client = scene.client();
    client.receive("GET /x?y=1 HTTP/1.1\r\nHost: ");
    scene.loop.advance(30);
    client.receive("a.example\r\nUser-Agent: curl/8\r\n\r\n");
    FakeChannel connecting = scene.loop.connecting();
    scene.loop.advance(5);
    connecting.establish();
    scene.loop.advance(40);
    connecting.receive(OK);

    List<String> told =
        entries(
            it ->
                String.join(
                    " ",
                    it.journaling().owner(),
                    it.journaling().balancer(),
                    it.frontend(),
                    it.upstream(),
                    it.endpoint().name(),
                    it.method().toString(),
                    it.target().toString(),
                    it.protocol(),
                    it.host().toString(),
                    it.userAgent().toString(),
                    it.status() + "",
                    it.bytesIn() + "/" + it.bytesOut(),
                    it.requestMillis() + "/" + it.connectMillis(),
                    it.responseMillis() + "/" + it.totalMillis(),
                    it.ending().name()));

    assertThat(told)
        .containsExactly(
            "owner lb web pool a GET /x?y=1 HTTP/1.1 a.example curl/8 200 60/40 30/5 75/75 DONE");
    assertThat(client.sent()).isEqualTo(OK);
  }

  @Test
  void tellsEachRequestOfAConnectionByItself() {
    scene.endpoints("a");
    FakeChannel client = exchange(get(), OK);

    client.receive("POST /z HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\nabc");

    assertThat(entries(it -> it.method() + " " + it.userAgent() + it.bytesIn()))
        .containsExactly("GET 40");
    scene.sessions.getFirst().abort();
    assertThat(entries(it -> it.method() + " " + it.status() + " " + it.ending()))
        .containsExactly("POST 0 ENDED");
  }

  @Test
  void tellsWhatTheProxyAnswersByItself() {
    scene.routes = List.of(new Route("all", List.of(), new Route.Action.Reject()));
    FakeChannel client = scene.client();

    client.receive(get());
    client.receive("GET /\u0001 HTTP/1.1\r\n\r\n");

    assertThat(client.sent()).startsWith("HTTP/1.1 403 ").contains("HTTP/1.1 400 ");
    assertThat(entries(it -> it.target() + " " + it.status() + " " + it.ending()))
        .containsExactly("/x?y=1 403 REJECTED", " 400 BAD_REQUEST");
  }

  @Test
  void tellsWhyThereWasNoAnswer() {
    scene.endpoints("a");
    FakeChannel silent = scene.client();
    silent.receive("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx");
    FakeChannel endpoint = scene.endpoint();
    scene.loop.advance(Scene.TIMEOUTS.upstreamIdle());
    FakeChannel gone = scene.client();
    gone.receive("POST / HTTP/1.1\r\nHost: b\r\nContent-Length: 1\r\n\r\nx");
    scene.endpoint().receive("HTTP/2 nonsense\r\n\r\n");

    assertThat(endpoint.isOpen()).isFalse();
    assertThat(entries(it -> it.status() + " " + it.ending()))
        .containsExactly("504 TIMED_OUT", "502 RESPONSE_FAILED");
  }

  @Test
  void boundsWhatClientsSay() {
    String path = "/" + "a".repeat(6_000);

    exchange("GET " + path + " HTTP/1.1\r\nHost: b\r\n\r\n", OK);

    assertThat(entries(it -> it.target().length() + " " + it.target().cut()))
        .containsExactly("2048 true");
  }

  @Test
  void dropsAndCountsWhatNobodyReads() {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(get());
    FakeChannel endpoint = scene.endpoint();
    for (int i = 0; i < 11; i++) {
      endpoint.receive(OK);
      client.receive(get());
    }

    assertThat(journals.dropped()).isEqualTo(3);
    assertThat(entries(Entry::status)).hasSize(8);
    endpoint.receive(OK);
    assertThat(entries(Entry::status)).hasSize(1);
    assertThat(journals.dropped()).isEqualTo(3);
  }

  @Test
  void writesNothingIfNothingIsWanted() {
    scene.options = FrontendOptions.DEFAULT;

    exchange(get(), OK);

    assertThat(entries(Entry::status)).isEmpty();
    assertThat(journals.dropped()).isZero();
  }

  @Test
  void writesASampleIfThatIsWanted() {
    scene.options = FrontendOptions.DEFAULT.withJournaling(new Journaling("owner", "lb", 4));
    scene.endpoints("a");
    FakeChannel client = scene.client();
    client.receive(get());
    FakeChannel endpoint = scene.endpoint();
    int told = 0;
    for (int i = 0; i < 1_000; i++) {
      endpoint.receive(OK);
      client.receive(get());
      told += entries(Entry::status).size();
    }

    assertThat(told).isBetween(180, 320);
  }

  // ---- traces

  @Test
  void passesATraceOnAsItIsAndTellsIt() {
    scene.options = scene.options.withTrace(true);
    FakeChannel client = scene.client();
    String request = get("TraceParent: " + PARENT, "tracestate: a=b");

    client.receive(request);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo(request);
    endpoint.receive(OK);

    assertThat(entries(Entry::traceId)).containsExactly("4bf92f3577b34da6a3ce929d0e0e4736");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        PARENT + "\r\ntraceparent: " + PARENT,
        "nonsense"
      })
  void makesATraceInPlaceOfOneThatIsNotValid(String value) {
    scene.options = scene.options.withTrace(true);
    FakeChannel client = scene.client();

    client.receive(get("traceparent: " + value, "tracestate: a=b", "accept: */*"));
    FakeChannel endpoint = scene.endpoint();
    String sent = endpoint.sent();
    endpoint.receive(OK);

    assertThat(sent)
        .matches(
            "GET /x\\?y=1 HTTP/1.1\r\nHost: a.example\r\naccept: \\*/\\*\r\n"
                + "traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n\r\n");
    assertThat(sent).contains("-" + entries(Entry::traceId).getFirst() + "-");
    assertThat(sent).doesNotContain(value);
  }

  @Test
  void makesAnotherTraceForEachRequest() {
    scene.options = scene.options.withTrace(true);
    scene.endpoints("a");
    FakeChannel client = exchange(get(), OK);
    client.receive(get());
    scene.sessions.getFirst().abort();

    assertThat(entries(Entry::traceId)).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void leavesTracesAloneIfNoneAreWanted() {
    FakeChannel client = scene.client();
    String request = get("traceparent: nonsense");

    client.receive(request);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).isEqualTo(request);
    endpoint.receive(OK);

    assertThat(entries(it -> String.valueOf(it.traceId()))).containsExactly("null");
  }

  @Test
  void understandsLaterVersions() {
    exchange(get("traceparent: 01" + PARENT.substring(2) + "-more"), OK);

    assertThat(entries(Entry::traceId)).containsExactly("4bf92f3577b34da6a3ce929d0e0e4736");
  }
}
