package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients and endpoints that send frames as they come to mind, some of them broken: whatever they
/// do, nothing fails, and when the client is gone nothing is left of it.
class Http2AnythingTest {
  private static final int ROUNDS = 400;
  private static final int STEPS = 60;

  private Random random;
  private int next;
  private final List<FakeChannel> endpoints = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void clients(long seed) {
    random = new Random(seed);
    int served = 0;
    for (int round = 0; round < ROUNDS; round++) {
      served += conversation(false);
    }
    assertThat(served).as("conversations that came to an answer").isGreaterThan(ROUNDS / 10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void endpoints(long seed) {
    random = new Random(seed);
    int served = 0;
    for (int round = 0; round < ROUNDS; round++) {
      served += conversation(true);
    }
    assertThat(served).as("conversations that came to an answer").isGreaterThan(ROUNDS / 10);
  }

  /// @return 1 if the client was answered
  private int conversation(boolean http2) {
    Scene scene = http2 ? new Scene().http2() : new Scene();
    endpoints.clear();
    next = -1;
    FakeChannel client = scene.client();
    client.receive(Frames.greeting());
    boolean answered = false;
    for (int step = 0; step < STEPS && client.isOpen(); step++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> client.receive(clientFrame());
        case 2, 3 -> answer(scene, http2);
        case 4 -> client.allow(random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(200));
        default -> scene.loop.advance(random.nextInt(10) == 0 ? 60_000 : random.nextInt(50));
      }
      scene.loop.turn();
      answered |= client.sent().length() > 100;
    }
    if (client.isOpen()) {
      client.fail();
    }
    scene.loop.turn();
    assertThat(scene.ended).isEqualTo(1);
    // Those who are being connected to are given up when they are, or when that takes too long.
    scene.loop.advance(Scene.TIMEOUTS.connect() + 1);
    scene.loop.advance(Scene.TIMEOUTS.connect() + 1);
    assertThat(scene.inFlight()).isZero();
    return answered ? 1 : 0;
  }

  private void answer(Scene scene, boolean http2) {
    if (scene.loop.connects()) {
      FakeChannel made = scene.loop.connecting();
      if (!made.isOpen()) {
        return;
      }
      if (random.nextInt(8) == 0) {
        made.refuse();
        return;
      }
      endpoints.add(made.establish());
      if (http2 && made.isOpen()) {
        made.receive(Frames.of(Frames.SETTINGS, 0, 0, new byte[0]));
      }
    }
    if (endpoints.isEmpty()) {
      return;
    }
    FakeChannel endpoint = endpoints.get(random.nextInt(endpoints.size()));
    if (!endpoint.isOpen()) {
      return;
    }
    if (random.nextInt(12) == 0) {
      endpoint.end();
    } else if (http2) {
      endpoint.receive(endpointFrame());
    } else {
      endpoint.receive(text());
    }
  }

  private String text() {
    String[] texts = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n",
      "x".repeat(70_000),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
      "lo\r\n0\r\nTrailer: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\nuntil the end",
      "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "garbage\r\n\r\n"
    };
    return texts[random.nextInt(texts.length)];
  }

  /// One that is there, as a rule.
  private int stream() {
    return random.nextInt(30) == 0
        ? random.nextInt(20)
        : 2 * random.nextInt(Math.max(1, next / 2 + 1)) + 1;
  }

  private int flags() {
    return random.nextInt(10) == 0
        ? random.nextInt(256)
        : Frames.END_HEADERS | (random.nextBoolean() ? Frames.END_STREAM : 0);
  }

  private byte[] clientFrame() {
    byte[] request =
        Frames.block(
            ":method",
            random.nextBoolean() ? "GET" : "POST",
            ":scheme",
            "http",
            ":path",
            "/",
            ":authority",
            "a");
    if (random.nextInt(3) > 0) {
      next += 2;
      return Frames.of(Frames.HEADERS, Frames.END_HEADERS | random.nextInt(2), next, request);
    }
    return frame(random.nextInt(10) == 0 ? trailers() : request);
  }

  private byte[] endpointFrame() {
    String[] statuses = {"200", "103", "204", "304", "500", "x"};
    byte[] response = Frames.block(":status", statuses[random.nextInt(statuses.length)]);
    return frame(random.nextInt(5) == 0 ? trailers() : response);
  }

  private static byte[] trailers() {
    return Frames.block("checksum", "9");
  }

  private byte[] frame(byte[] block) {
    byte[] frame =
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> Frames.of(Frames.HEADERS, flags(), stream(), block);
          case 4, 5, 6 ->
              Frames.of(Frames.DATA, random.nextInt(2), stream(), new byte[random.nextInt(16_384)]);
          case 7 -> Frames.of(Frames.RST_STREAM, 0, stream(), Frames.number(random.nextInt(14)));
          case 8 ->
              Frames.of(
                  Frames.WINDOW_UPDATE,
                  0,
                  random.nextBoolean() ? 0 : stream(),
                  Frames.number(random.nextInt(70_000)));
          case 9 ->
              Frames.of(
                  Frames.SETTINGS,
                  0,
                  0,
                  Frames.joined(new byte[] {0, 4}, Frames.number(random.nextInt(100_000))));
          case 10 ->
              random.nextInt(4) == 0
                  ? Frames.of(7, 0, 0, Frames.joined(Frames.number(stream()), Frames.number(0)))
                  : Frames.of(Frames.PING, 0, 0, new byte[8]);
          default ->
              random.nextInt(4) > 0
                  ? Frames.of(99, 0, stream(), new byte[3])
                  : Frames.of(random.nextInt(12), flags(), stream(), new byte[random.nextInt(30)]);
        };
    if (random.nextInt(40) == 0) {
      frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return frame;
  }
}
