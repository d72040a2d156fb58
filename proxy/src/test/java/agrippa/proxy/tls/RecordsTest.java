package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The engines against each other without sockets, and against bytes that nobody should send.
@ParameterizedClass
@MethodSource("pairs")
class RecordsTest {
  private static final InetSocketAddress ENDPOINT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  private final String clientName;
  private final String serverName;
  private final Certificate certificate = new Pki("authority").issue("localhost");
  private final Clock clock = new Clock();
  private EventLoop loop;
  private TlsEngine clients;
  private TlsEngine servers;
  private TlsContext clientTls;
  private TlsContext serverTls;

  RecordsTest(String clientName, String serverName) {
    this.clientName = clientName;
    this.serverName = serverName;
  }

  static Stream<Arguments> pairs() {
    return Rig.engines().stream()
        .flatMap(client -> Rig.engines().stream().map(server -> Arguments.of(client, server)));
  }

  /// Stands still until it is told otherwise.
  private static final class Clock implements InstantSource {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    void pass(Duration time) {
      now = now.plus(time);
    }
  }

  @BeforeEach
  void start() throws Exception {
    loop = Transport.NIO.start("records-test");
    clients = Rig.newEngine(clientName, clock);
    servers = Rig.newEngine(serverName, clock);
    clientTls = clients.client(Rig.trusting());
    serverTls = servers.server(Rig.server(certificate));
  }

  @AfterEach
  void stop() {
    clientTls.close();
    serverTls.close();
    loop.close();
    clients.close();
    servers.close();
  }

  @Test
  void understandEachOther() {
    try (Wire wire = wire(serverTls)) {
      assertThat(wire.handshake()).isTrue();
      assertThat(carry(wire, 50_000)).isEqualTo(50_000);
      wire.client.closeNotify();
      wire.pass(wire.client, wire.toServer);
      Buffer into = Buffer.allocate(64);
      assertThat(wire.server.decrypt(wire.toServer, into)).isEqualTo(Channel.END);
      into.free();
    }
  }

  @Test
  void sessionsOutliveTheSettingsThatMadeThem() throws Exception {
    assumeThat(serverName).isEqualTo("openssl");
    int full = handshake(serverTls);
    assertThat(handshake(serverTls)).isLessThan(full / 2);
    try (TlsContext next = servers.server(Rig.agreeing(Rig.server(certificate), "http/1.1"))) {
      assertThat(handshake(next)).isLessThan(full / 2);
    }
    Certificate other = new Pki("authority").issue("localhost");
    try (TlsContext another = servers.server(Rig.server(other))) {
      assertThat(handshake(another)).isGreaterThan(full / 2);
    }
  }

  @Test
  void ticketKeysAreReplacedAndForgotten() {
    assumeThat(serverName).isEqualTo("openssl");
    int full = handshake(serverTls);
    clock.pass(Duration.ofMinutes(119));
    assertThat(handshake(serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofMinutes(2));
    // The last ticket is of a key that only reads by now, and is replaced by one of the next.
    assertThat(handshake(serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofMinutes(121));
    assertThat(handshake(serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofHours(5));
    assertThat(handshake(serverTls)).isGreaterThan(full / 2);
  }

  @Test
  void surviveWhatNobodyShouldSend() {
    Random random = new Random(42);
    int good = 0;
    for (int i = 0; i < 300; i++) {
      try (Wire wire = wire(serverTls)) {
        int victim = random.nextInt(4);
        int[] flight = {0};
        wire.meddler =
            bytes -> {
              if (flight[0]++ == victim) {
                spoil(bytes, random);
              }
            };
        good += wire.handshake() ? 1 : 0;
        carry(wire, 100);
      }
    }
    // Those that were spoilt too late, or in a byte that means nothing.
    assertThat(good).isLessThan(250);
    try (Wire wire = wire(serverTls)) {
      assertThat(wire.handshake()).isTrue();
    }
  }

  @Test
  void surviveNoise() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[1 + random.nextInt(3000)];
      random.nextBytes(noise);
      if (i % 2 == 0) {
        // What looks like a record is read further.
        noise[0] = 22;
        if (noise.length > 5) {
          noise[1] = 3;
          noise[2] = 1;
          noise[3] = (byte) random.nextInt(65);
        }
      }
      try (Wire wire = wire(serverTls)) {
        wire.toServer.put(0, noise, 0, noise.length);
        wire.toServer.window(0, noise.length);
        assertThat(wire.server.handshake(wire.toServer)).isNotEqualTo(TlsRecords.Progress.DONE);
      }
    }
  }

  @Test
  void leaveNoNativeMemoryBehind() throws IOException {
    assumeThat(clientName + serverName).isEqualTo("opensslopenssl");
    manyHandshakes(500);
    long before = residentKilobytes();
    manyHandshakes(2_000);
    // A connection takes some 40 KiB until it is freed: 2,000 would be 80 MiB.
    assertThat(residentKilobytes() - before).isLessThan(24 * 1024);
  }

  // --- helpers ---

  private void manyHandshakes(int count) {
    for (int i = 0; i < count; i++) {
      try (Wire wire = wire(serverTls)) {
        if (i % 4 == 0) {
          wire.meddler = bytes -> spoil(bytes, new Random(1));
        }
        wire.handshake();
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private Wire wire(TlsContext server) {
    return new Wire(
        ((LayeredTls) clientTls).source().connect(loop, ENDPOINT, "localhost"),
        ((LayeredTls) server).source().accept(loop));
  }

  /// @return bytes that the server sent in a handshake, some data and its end
  private int handshake(TlsContext server) {
    try (Wire wire = wire(server)) {
      assertThat(wire.handshake()).isTrue();
      assertThat(carry(wire, 10)).isEqualTo(10);
      // Reads the tickets behind the handshake.
      Buffer into = Buffer.allocate(32 * 1024);
      wire.client.decrypt(wire.toClient, into);
      wire.pass(wire.client, wire.toServer);
      into.free();
      wire.client.closeNotify();
      return wire.serverSent;
    }
  }

  /// @return bytes that arrive at the server
  private static int carry(Wire wire, int count) {
    Buffer from = Buffer.allocate(count);
    from.window(0, count);
    Buffer into = Buffer.allocate(count + 32 * 1024);
    while (!from.isEmpty() && wire.client.encrypt(from, 16_384) > 0) {
      wire.pass(wire.client, wire.toServer);
    }
    int got;
    do {
      got = wire.server.decrypt(wire.toServer, into);
      wire.pass(wire.server, wire.toClient);
    } while (got > 0);
    int arrived = into.length();
    from.free();
    into.free();
    return arrived;
  }

  private static void spoil(Buffer bytes, Random random) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int at = bytes.start() + random.nextInt(bytes.length());
      bytes.put(at, (byte) random.nextInt());
    }
    if (random.nextInt(4) == 0) {
      bytes.window(bytes.start(), bytes.start() + random.nextInt(bytes.length()));
    }
  }
}
