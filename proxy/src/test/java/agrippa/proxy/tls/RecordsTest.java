package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
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
  private final String clientName;
  private final String serverName;
  private Ends ends;

  RecordsTest(String clientName, String serverName) {
    this.clientName = clientName;
    this.serverName = serverName;
  }

  @BeforeEach
  void start() throws Exception {
    ends = new Ends(clientName, serverName, InstantSource.system());
  }

  @AfterEach
  void stop() {
    ends.close();
  }

  static Stream<Arguments> pairs() {
    return Rig.engines().stream()
        .flatMap(client -> Rig.engines().stream().map(server -> Arguments.of(client, server)));
  }

  @Test
  void understandEachOther() {
    try (Wire wire = ends.wire()) {
      assertThat(wire.handshake()).isTrue();
      assertThat(wire.carry(50_000)).isEqualTo(50_000);
      wire.client.closeNotify();
      wire.pass(wire.client, wire.toServer);
      Buffer into = Buffer.allocate(64);
      assertThat(wire.server.decrypt(wire.toServer, into)).isEqualTo(Channel.END);
      into.free();
    }
  }

  @Test
  void surviveWhatNobodyShouldSend() {
    Random random = new Random(42);
    int good = 0;
    for (int i = 0; i < 300; i++) {
      try (Wire wire = ends.wire()) {
        int victim = random.nextInt(4);
        int[] flight = {0};
        wire.meddler =
            bytes -> {
              if (flight[0]++ == victim) {
                Wire.spoil(bytes, random);
              }
            };
        good += wire.handshake() ? 1 : 0;
        wire.carry(100);
      }
    }
    // Those that were spoilt too late, or in a byte that means nothing.
    assertThat(good).isLessThan(250);
    try (Wire wire = ends.wire()) {
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
      try (Wire wire = ends.wire()) {
        wire.toServer.put(0, noise, 0, noise.length);
        wire.toServer.window(0, noise.length);
        assertThat(wire.server.handshake(wire.toServer)).isNotEqualTo(TlsRecords.Progress.DONE);
      }
    }
  }
}
