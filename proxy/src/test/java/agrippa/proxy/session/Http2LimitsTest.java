package agrippa.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clients of HTTP/2 that try to cost more than they are worth.
class Http2LimitsTest {
  private final Scene scene = new Scene();
  private final FakeChannel client = scene.client();

  @BeforeEach
  void greet() {
    client.receive(Frames.greeting());
    assertThat(sent()).hasSize(3);
  }

  private List<String> sent() {
    return Frames.read(client.sent());
  }

  private static byte[] request(int stream, int flags, String... more) {
    byte[] block =
        Frames.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a");
    return Frames.of(
        Frames.HEADERS,
        flags | Frames.END_HEADERS,
        stream,
        Frames.joined(block, Frames.block(more)));
  }

  /// Sends one thing after the other until the connection is ended.
  private int endures(int most, IntFunction<byte[]> next) {
    for (int i = 0; i < most; i++) {
      client.receive(next.apply(i));
      if (client.outputShut()) {
        return i + 1;
      }
      while (scene.loop.connects()) {
        scene.loop.connecting();
      }
    }
    throw new AssertionError("it endures all " + most);
  }

  private void calmed(int after) {
    assertThat(after).isBetween(900, 1_100);
    List<String> sent = sent();
    assertThat(sent.getLast()).startsWith("GOAWAY ").endsWith(" ENHANCE_YOUR_CALM");
    assertThat(scene.inFlight()).isZero();
    scene.loop.advance(2_001);
    assertThat(client.isOpen()).isFalse();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void rapidResets() {
    calmed(
        endures(
            5_000,
            i ->
                Frames.joined(
                    request(2 * i + 1, Frames.END_STREAM),
                    Frames.of(Frames.RST_STREAM, 0, 2 * i + 1, Frames.number(8)))));
  }

  @Test
  void resetsThatTheProxyIsMadeToSend() {
    calmed(endures(5_000, i -> request(2 * i + 1, Frames.END_STREAM, "X", "y")));
  }

  @Test
  void pings() {
    calmed(endures(5_000, _ -> Frames.of(Frames.PING, 0, 0, new byte[8])));
  }

  @Test
  void settings() {
    calmed(endures(5_000, _ -> Frames.of(Frames.SETTINGS, 0, 0, new byte[0])));
  }

  @Test
  void emptyData() {
    client.receive(request(1, 0));
    calmed(endures(5_000, _ -> Frames.of(Frames.DATA, 0, 1, new byte[0])));
  }

  @Test
  void smallWindows() {
    calmed(endures(5_000, _ -> Frames.of(Frames.WINDOW_UPDATE, 0, 0, Frames.number(1))));
  }

  @Test
  void priorities() {
    calmed(endures(5_000, _ -> Frames.of(2, 0, 1, new byte[5])));
  }

  @Test
  void unknownFrames() {
    calmed(endures(5_000, _ -> Frames.of(99, 0, 0, new byte[0])));
  }

  @Test
  void emptyContinuations() {
    client.receive(Frames.of(Frames.HEADERS, 0, 1, new byte[0]));
    calmed(endures(5_000, _ -> Frames.of(Frames.CONTINUATION, 0, 1, new byte[0])));
  }

  @Test
  void continuationsWithoutEnd() {
    client.receive(Frames.of(Frames.HEADERS, 0, 1, new byte[0]));
    byte[] much = Frames.block("x", "y".repeat(16_000));
    assertThat(endures(100, _ -> Frames.of(Frames.CONTINUATION, 0, 1, much))).isEqualTo(5);
    assertThat(sent()).containsExactly("GOAWAY 0 ENHANCE_YOUR_CALM");
  }

  @Test
  void headsTooLarge() {
    client.receive(request(1, Frames.END_STREAM, "x", "y".repeat(16_000)));
    scene.endpoint();
    byte[] large = Frames.block("x", "y".repeat(12_000));
    client.receive(
        Frames.joined(
            Frames.of(
                Frames.HEADERS,
                Frames.END_STREAM,
                3,
                Frames.block(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "a")),
            Frames.of(Frames.CONTINUATION, 0, 3, large),
            Frames.of(Frames.CONTINUATION, 0, 3, large),
            Frames.of(Frames.CONTINUATION, Frames.END_HEADERS, 3, large)));
    assertThat(sent()).containsExactly("HEADERS 3 end");
    assertThat(scene.loop.connects()).isFalse();
    assertThat(scene.counters().requestErrors()).isEqualTo(1);
  }

  /// A large field is remembered once, then named by one byte again and again.
  @Test
  void compressedBombs() {
    byte[] remember =
        Frames.joined(
            new byte[] {0x40, 1, 'x', 127, (byte) 0x81, 0x1e}, "y".repeat(4_000).getBytes());
    byte[] bomb = new byte[12_000];
    java.util.Arrays.fill(bomb, (byte) 0xbe);
    client.receive(
        Frames.of(
            Frames.HEADERS,
            Frames.END_HEADERS | Frames.END_STREAM,
            1,
            Frames.joined(remember, bomb)));
    assertThat(sent()).containsExactly("GOAWAY 1 ENHANCE_YOUR_CALM");
  }

  @Test
  void streamsBeyondTheLimit() {
    for (int i = 0; i < 100; i++) {
      client.receive(request(2 * i + 1, Frames.END_STREAM));
      scene.endpoint();
    }
    assertThat(sent()).isEmpty();
    client.receive(request(201, Frames.END_STREAM));
    assertThat(sent()).containsExactly("RST_STREAM 201 REFUSED_STREAM");
    assertThat(scene.inFlight()).isEqualTo(100);
  }

  @Test
  void moreDataThanThereIsRoomFor() {
    client.receive(request(1, 0));
    byte[] frame = Frames.of(Frames.DATA, 0, 1, new byte[16_384]);
    for (int i = 0; i < 3; i++) {
      client.receive(frame);
    }
    assertThat(sent()).isEmpty();
    client.receive(frame);
    assertThat(sent()).containsExactly("RST_STREAM 1 FLOW_CONTROL_ERROR");
  }

  @Test
  void windowsGrowOnlyAsFarAsSomebodyReads() {
    client.receive(request(1, 0));
    for (int i = 0; i < 3; i++) {
      client.receive(Frames.of(Frames.DATA, 0, 1, new byte[16_384]));
    }
    assertThat(sent()).isEmpty();
    scene.endpoint();
    assertThat(sent()).containsExactly("WINDOW_UPDATE 1 49152");
  }

  @Test
  void aClientThatTakesNothingIsNotWaitedForForever() {
    client.allow(0);
    client.receive(request(1, Frames.END_STREAM));
    scene
        .endpoint()
        .receive("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + "x".repeat(60_000));
    scene.loop.advance(Scene.TIMEOUTS.clientIdle() + 1);
    assertThat(scene.inFlight()).isZero();
    scene.loop.advance(Scene.TIMEOUTS.clientIdle() + 1);
    scene.loop.advance(2_001);
    assertThat(client.isOpen()).isFalse();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void aClientThatGivesNoWindowGetsNoData() {
    byte[] none = Frames.joined(new byte[] {0, 4}, Frames.number(0));
    client.receive(Frames.of(Frames.SETTINGS, 0, 0, none));
    client.receive(request(1, Frames.END_STREAM));
    scene.endpoint().receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assertThat(sent()).containsExactly("SETTINGS ack", "HEADERS 1");
    client.receive(Frames.of(Frames.WINDOW_UPDATE, 0, 1, Frames.number(2)));
    assertThat(sent()).containsExactly("DATA 1 2");
    client.receive(Frames.of(Frames.WINDOW_UPDATE, 0, 1, Frames.number(2_000)));
    assertThat(sent()).containsExactly("DATA 1 3 end");
  }

  @Test
  void silence() {
    scene.loop.advance(Scene.TIMEOUTS.clientIdle() + 1);
    assertThat(sent()).containsExactly("GOAWAY 0 NO_ERROR");
    client.end();
    assertThat(client.isOpen()).isFalse();
    assertThat(scene.ended).isEqualTo(1);
  }

  @Test
  void whatIsUnderWayIsServedBeforeTheEnd() {
    client.receive(request(1, Frames.END_STREAM));
    FakeChannel endpoint = scene.endpoint();
    scene.loop.serve(scene.sessions.getFirst()::drain);
    scene.loop.turn();
    assertThat(sent()).containsExactly("GOAWAY 1 NO_ERROR");
    client.receive(request(3, Frames.END_STREAM));
    assertThat(scene.loop.connects()).isFalse();
    endpoint.receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assertThat(sent()).startsWith("HEADERS 1", "DATA 1 5 end");
    assertThat(client.outputShut()).isTrue();
    client.end();
    assertThat(scene.ended).isEqualTo(1);
  }
}
