package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.encode.Decoded;
import agrippa.proxy.plan.Compression;
import agrippa.proxy.plan.Compression.Coding;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Rewriting;
import agrippa.proxy.plan.Rewriting.FieldEdit;
import agrippa.proxy.plan.Rewriting.Kind;
import agrippa.proxy.stats.Count;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Responses compressed on their way, byte for byte.
class CompressionTest {
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n";
  private static final String PLAIN_GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String TEXT = "All work and no play makes Jack a dull boy.\n".repeat(20);
  private static final int MOST_AT_A_TIME = 128;

  private final Scene scene = new Scene();

  /// What a client has of a response.
  ///
  /// @param body without chunks
  /// @param whole whether the last chunk is there
  private record Got(String head, byte[] body, boolean whole) {
    static Got of(String text) {
      int end = text.indexOf("\r\n\r\n") + 4;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      int at = end;
      while (at < text.length()) {
        int line = text.indexOf("\r\n", at);
        int size = Integer.parseInt(text.substring(at, line), 16);
        at = line + 2 + size;
        assertThat(text.substring(at, at + 2)).isEqualTo("\r\n");
        if (size == 0) {
          assertThat(text).as("behind the last chunk").hasSize(at + 2);
          return new Got(text.substring(0, end), body.toByteArray(), true);
        }
        body.writeBytes(text.substring(line + 2, at).getBytes(ISO_8859_1));
        at += 2;
      }
      return new Got(text.substring(0, end), body.toByteArray(), false);
    }

    String decoded(Coding coding) throws IOException {
      return new String(Decoded.whole(coding, body), ISO_8859_1);
    }

    String decodedSoFar(Coding coding) throws IOException {
      return new String(Decoded.soFar(coding, body), ISO_8859_1);
    }
  }

  @BeforeEach
  void compress() {
    scene.options =
        FrontendOptions.DEFAULT.withCompression(
            new Compression(
                List.of(Coding.GZIP, Coding.ZSTD), List.of("text/*", "application/json")));
  }

  private static String response(String body, String... fields) {
    return head(fields) + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String head(String... fields) {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return head.toString();
  }

  private long counted(Count what) {
    assertThat(scene.stats.sum("pool", what)).isEqualTo(scene.stats.sum(what));
    return scene.stats.sum(what);
  }

  // ---- heads

  @Test
  void theHeadTellsOfIt() throws IOException {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    assertThat(endpoint.sent()).as("members may compress, too").contains("Accept-Encoding: gzip");
    endpoint.receive(
        response(
            TEXT,
            "Content-Type: text/plain",
            "ETag: \"a\"",
            "Accept-Ranges: bytes",
            "Content-MD5: x",
            "Digest: x",
            "Content-Digest: x",
            "Repr-Digest: x",
            "Server: s"));

    Got got = Got.of(client.sent());
    assertThat(got.head())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nServer: s\r\n"
                + "Vary: Accept-Encoding\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Encoding: gzip\r\nETag: W/\"a\"\r\n\r\n");
    assertThat(got.whole()).isTrue();
    assertThat(got.decoded(Coding.GZIP)).isEqualTo(TEXT);
    assertThat(got.body().length).isLessThan(TEXT.length() / 4);
    assertThat(client.isOpen()).isTrue();
    assertThat(counted(Count.COMPRESSED)).isOne();
    assertThat(counted(Count.COMPRESSED_IN)).isEqualTo(TEXT.length());
    assertThat(counted(Count.COMPRESSED_OUT)).isEqualTo(got.body().length);
    assertThat(counted(Count.COMPRESSION_BYPASSED)).isZero();
  }

  @Test
  void thePreferredCodingIsTaken() throws IOException {
    FakeChannel client = scene.client();
    client.receive("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0.5, zstd\r\n\r\n");
    scene.endpoint().receive(response(TEXT, "Content-Type: application/json"));

    Got got = Got.of(client.sent());
    assertThat(got.head()).contains("Content-Encoding: zstd\r\n");
    assertThat(got.decoded(Coding.ZSTD)).isEqualTo(TEXT);
  }

  @Test
  void othersAreToldThatItVaries() {
    FakeChannel client = scene.client();
    client.receive(PLAIN_GET);
    scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "ETag: \"a\""));

    assertThat(client.sent())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: \"a\"\r\nContent-Length: "
                + TEXT.length()
                + "\r\nVary: Accept-Encoding\r\n\r\n"
                + TEXT);
    assertThat(counted(Count.COMPRESSED)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Accept-Encoding", "Origin, accept-encoding", "*"})
  void whatVariesIsNotToldTwice(String value) {
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "Vary: " + value));

    assertThat(client.sent()).containsOnlyOnce("Vary: ").contains("Content-Encoding: gzip\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"a\"", "a", "", "w"})
  void onlyStrongTagsBecomeWeak(String tag) {
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "ETag: " + tag));

    String head = Got.of(client.sent()).head();
    if (tag.startsWith("W/")) {
      assertThat(head).containsOnlyOnce("ETag: W/\"a\"\r\n");
    } else {
      assertThat(head).as("what is no tag").doesNotContain("ETag");
    }
  }

  @Test
  void aHugeTagIsDropped() {
    FakeChannel client = scene.client();
    client.receive(GET);
    String tag = '"' + "x".repeat(20_000) + '"';
    scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "ETag: " + tag));

    assertThat(Got.of(client.sent()).head()).doesNotContain("ETag").contains("gzip");
  }

  @Test
  void thePlansTagCounts() {
    scene.options =
        scene.options.withRewriting(
            new Rewriting(List.of(), List.of(new FieldEdit(Kind.SET, "ETag", "\"mine\""))));
    FakeChannel client = scene.client();
    client.receive(GET);
    scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "ETag: \"a\""));

    assertThat(client.sent()).containsOnlyOnce("ETag: ").contains("ETag: \"mine\"\r\n");
  }

  // ---- whom it does not concern

  private void goesAsItIs(String request, String response, String expected) {
    FakeChannel client = scene.client();
    client.receive(request);
    scene.endpoint().receive(response);

    assertThat(client.sent()).isEqualTo(expected);
    assertThat(counted(Count.COMPRESSED)).isZero();
  }

  @Test
  void compressedByTheMember() {
    String answer = response(TEXT, "Content-Type: text/plain", "Content-Encoding: br");
    goesAsItIs(GET, answer, answer);
  }

  @Test
  void answersToHead() {
    String answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n";
    goesAsItIs(
        GET.replace("GET", "HEAD"), answer + "\r\n", answer + "Vary: Accept-Encoding\r\n\r\n");
  }

  @Test
  void clientsOfBefore() {
    goesAsItIs(
        GET.replace("HTTP/1.1", "HTTP/1.0"),
        response(TEXT, "Content-Type: text/plain"),
        head("Content-Type: text/plain")
            + "Content-Length: "
            + TEXT.length()
            + "\r\nConnection: close\r\nVary: Accept-Encoding\r\n\r\n"
            + TEXT);
  }

  @Test
  void otherProtocols() {
    FakeChannel client = scene.client();
    client.receive(
        "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: upgrade\r\n"
            + "Upgrade: websocket\r\n\r\n");
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(
        "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
            + "Content-Type: text/plain\r\n\r\nhello");
    endpoint.receive("more");

    assertThat(client.sent()).endsWith("\r\n\r\nhellomore").doesNotContain("Vary");
  }

  @Test
  void interimResponses() throws IOException {
    FakeChannel client = scene.client();
    client.receive(GET);
    scene
        .endpoint()
        .receive(
            "HTTP/1.1 103 Early Hints\r\nContent-Type: text/plain\r\n\r\n"
                + response(TEXT, "Content-Type: text/plain"));
    String sent = client.sent();
    String interim = "HTTP/1.1 103 Early Hints\r\nContent-Type: text/plain\r\n\r\n";

    assertThat(sent).startsWith(interim);
    assertThat(Got.of(sent.substring(interim.length())).decoded(Coding.GZIP)).isEqualTo(TEXT);
  }

  // ---- bodies

  private enum Framing {
    LENGTH {
      @Override
      String framed(String body, Random random) {
        return "Content-Length: " + body.length() + "\r\n\r\n" + body;
      }
    },
    CHUNKED {
      @Override
      String framed(String body, Random random) {
        StringBuilder text = new StringBuilder("Transfer-Encoding: chunked\r\n\r\n");
        int at = 0;
        while (at < body.length()) {
          int to = at + 1 + random.nextInt(Math.min(40_000, body.length() - at));
          text.append(Integer.toHexString(to - at)).append(";x=y\r\n");
          text.append(body, at, to).append("\r\n");
          at = to;
        }
        return text.append("0\r\nX-Trailer: 1\r\n\r\n").toString();
      }
    },
    UNTIL_CLOSE {
      @Override
      String framed(String body, Random random) {
        return "\r\n" + body;
      }
    };

    abstract String framed(String body, Random random);
  }

  private static String content(Random random, int length) {
    StringBuilder text = new StringBuilder(length);
    boolean noise = random.nextInt(4) == 0;
    while (text.length() < length) {
      text.append((char) (noise ? random.nextInt(256) : 'a' + random.nextInt(3)));
    }
    return text.toString();
  }

  /// Whatever the framing, the length, and the pieces in which it comes and is taken: what the
  // client
  /// decodes is what the member sent, and both connections can be used again.
  @ParameterizedTest
  @EnumSource(Framing.class)
  void anyBodyInAnyPieces(Framing framing) throws IOException {
    Random random = new Random(5);
    scene.endpoints("a");
    FakeChannel client = scene.client();
    FakeChannel endpoint = null;
    for (int round = 0; round < 300; round++) {
      Coding coding = Coding.values()[random.nextInt(2)];
      int length = random.nextInt(3) == 0 ? 256 + random.nextInt(3) : random.nextInt(150_000);
      String body = content(random, framing == Framing.LENGTH ? Math.max(256, length) : length);
      String name = coding.name().toLowerCase(Locale.ROOT);
      client.receive("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + name + "\r\n\r\n");
      if (scene.loop.connects()) {
        assertThat(endpoint == null || framing == Framing.UNTIL_CLOSE).as("reused").isTrue();
        endpoint = scene.endpoint();
      }
      String answer = head("Content-Type: text/plain") + framing.framed(body, random);
      StringBuilder got = new StringBuilder();
      boolean slow = random.nextInt(3) == 0;
      int at = 0;
      while (at < answer.length()) {
        client.allow(slow ? random.nextInt(3_000) : Integer.MAX_VALUE);
        int most = random.nextInt(3) == 0 ? 10 : 70_000;
        int to = Math.min(answer.length(), at + 1 + random.nextInt(most));
        endpoint.receive(answer.substring(at, to));
        got.append(client.sent());
        at = to;
      }
      if (framing == Framing.UNTIL_CLOSE) {
        endpoint.end();
      }
      client.allow(Integer.MAX_VALUE);
      got.append(client.sent());

      Got whole = Got.of(got.toString());
      assertThat(whole.whole()).as("whole").isTrue();
      assertThat(whole.decoded(coding)).isEqualTo(body);
      assertThat(client.isOpen()).isTrue();
    }
    assertThat(counted(Count.COMPRESSED)).isEqualTo(300);
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void whatComesIsThereAtOnce() throws IOException {
    for (Coding coding : Coding.values()) {
      FakeChannel client = scene.client();
      String name = coding == Coding.GZIP ? "gzip" : "zstd";
      client.receive("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + name + "\r\n\r\n");
      FakeChannel endpoint = scene.endpoint();
      endpoint.receive(
          head("Content-Type: text/event-stream", "Transfer-Encoding: chunked") + "\r\n");
      StringBuilder got = new StringBuilder(client.sent());
      assertThat(got).as("the head").endsWith("\r\n\r\n");
      StringBuilder said = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        String event = "data: " + i + "\n\n";
        said.append(event);
        endpoint.receive(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
        got.append(client.sent());
        assertThat(Got.of(got.toString()).decodedSoFar(coding)).isEqualTo(said.toString());
      }
      int before = got.length();
      endpoint.receive("0\r\n");
      assertThat(client.sent()).as("a part of a chunk's frame").isEmpty();
      endpoint.receive("\r\n");
      got.append(client.sent());
      assertThat(got.length()).isGreaterThan(before);
      assertThat(Got.of(got.toString()).decoded(coding)).isEqualTo(said.toString());
    }
  }

  @Test
  void whoTakesNothingIsReadForNoMore() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    client.allow(0);
    String noise = content(new Random(1), 4 << 20);
    endpoint.receive(response(noise, "Content-Type: text/plain"));
    int reads = endpoint.reads();
    assertThat(reads).isLessThan(3);

    // Each time some is taken, at most one piece is read and waits.
    client.allow(1);
    client.allow(1);
    assertThat(endpoint.reads()).isEqualTo(reads);
    scene.loop.advance(Scene.TIMEOUTS.clientIdle());
    assertThat(client.isOpen()).isFalse();
    assertThat(client.aborted()).isTrue();
    assertThat(scene.inFlight()).isZero();
  }

  @Test
  void oneResponseTakesTurnsWithOthers() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(response(content(new Random(1), 1 << 20), "Content-Type: text/plain"));

    assertThat(endpoint.reads()).as("pieces of 32 KiB").isGreaterThanOrEqualTo(32);
    assertThat(Got.of(client.sent()).whole()).isTrue();
  }

  // ---- what breaks

  private enum Break {
    ENDS,
    RESETS,
    TALKS_NONSENSE,
    TIMES_OUT
  }

  @ParameterizedTest
  @EnumSource(Break.class)
  void aBodyThatBreaksOffIsNotWhole(Break how) throws IOException {
    for (Framing framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
      FakeChannel client = scene.client();
      client.receive(GET);
      FakeChannel endpoint = scene.endpoint();
      String answer = head("Content-Type: text/plain") + framing.framed(TEXT, new Random(1));
      endpoint.receive(answer.substring(0, answer.length() - TEXT.length() / 2));
      switch (how) {
        case ENDS -> endpoint.end();
        case RESETS -> endpoint.fail();
        case TALKS_NONSENSE -> {
          if (framing == Framing.LENGTH) {
            endpoint.end();
          } else {
            endpoint.receive("\r\nzz\r\n".repeat(200));
          }
        }
        case TIMES_OUT -> scene.loop.advance(Scene.TIMEOUTS.upstreamIdle());
      }

      Got got = Got.of(client.sent());
      assertThat(got.whole()).isFalse();
      assertThat(TEXT).startsWith(got.decodedSoFar(Coding.GZIP).substring(0, 100));
      assertThat(client.isOpen()).isFalse();
      assertThat(scene.inFlight()).isZero();
    }
  }

  @Test
  void aResetIsNoEndOfABodyThatTheConnectionEnds() {
    FakeChannel client = scene.client();
    client.receive(GET);
    FakeChannel endpoint = scene.endpoint();
    endpoint.receive(head("Content-Type: text/plain") + "\r\n" + TEXT);
    endpoint.fail();

    assertThat(Got.of(client.sent()).whole()).isFalse();
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whatIsBehindTheBodyEndsTheMembersConnection() throws IOException {
    scene.endpoints("a");
    FakeChannel client = scene.client();
    for (Framing framing : List.of(Framing.LENGTH, Framing.CHUNKED)) {
      client.receive(GET);
      FakeChannel endpoint = scene.endpoint();
      endpoint.receive(
          head("Content-Type: text/plain")
              + framing.framed(TEXT, new Random(1))
              + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

      assertThat(Got.of(client.sent()).decoded(Coding.GZIP)).isEqualTo(TEXT);
      assertThat(endpoint.isOpen()).isFalse();
    }
  }

  // ---- limits

  @Test
  void onlySoManyAtATime() throws IOException {
    scene.endpoints("a");
    List<FakeChannel> endpoints = new ArrayList<>();
    List<FakeChannel> clients = new ArrayList<>();
    // No connection to the member is used again: whose is whose stays clear.
    String answer =
        head("Content-Type: text/plain", "Transfer-Encoding: chunked", "Connection: close")
            + "\r\n";
    for (int i = 0; i < MOST_AT_A_TIME; i++) {
      clients.add(scene.client());
      clients.getLast().receive(GET);
      endpoints.add(scene.endpoint());
      endpoints.getLast().receive(answer);
    }
    FakeChannel late = scene.client();
    late.receive(GET);
    FakeChannel serves = scene.endpoint();
    serves.receive(answer + "5\r\nhello\r\n");
    serves.receive("0\r\n\r\n");

    assertThat(late.sent())
        .endsWith("Vary: Accept-Encoding\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        .doesNotContain("Content-Encoding");
    assertThat(counted(Count.COMPRESSED)).isEqualTo(MOST_AT_A_TIME);
    assertThat(counted(Count.COMPRESSION_BYPASSED)).isEqualTo("5\r\nhello\r\n0\r\n\r\n".length());

    // One ends as it should, and one breaks off: both leave their places.
    endpoints.get(0).receive("0\r\n\r\n");
    endpoints.get(1).fail();
    for (int i = 0; i < 2; i++) {
      FakeChannel next = scene.client();
      next.receive(GET);
      scene.endpoint().receive(response(TEXT, "Content-Type: text/plain", "Connection: close"));
      assertThat(Got.of(next.sent()).decoded(Coding.GZIP)).isEqualTo(TEXT);
    }
  }

  @Test
  void clientsThatLeaveLeaveTheirPlaces() {
    scene.endpoints("a");
    for (int i = 0; i < 3 * MOST_AT_A_TIME; i++) {
      FakeChannel client = scene.client();
      client.receive(GET);
      scene
          .endpoint()
          .receive(
              head("Content-Type: text/plain", "Transfer-Encoding: chunked")
                  + "\r\n5\r\nhello\r\n");
      assertThat(client.sent()).contains("Content-Encoding: gzip");
      client.fail();
      scene.sessions.getLast().abort();
    }
    assertThat(counted(Count.COMPRESSED)).isEqualTo(3 * MOST_AT_A_TIME);
    assertThat(counted(Count.COMPRESSION_BYPASSED)).isZero();
  }
}
