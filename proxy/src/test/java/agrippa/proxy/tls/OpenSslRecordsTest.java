package agrippa.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Certificate;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.EventLoop.TlsContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What only OpenSSL's servers do: resume by tickets of our own keys.
@ParameterizedClass(allowZeroInvocations = true)
@MethodSource("clients")
class OpenSslRecordsTest {
  private final String clientName;
  private final Clock clock = new Clock();
  private Ends ends;

  OpenSslRecordsTest(String clientName) {
    this.clientName = clientName;
  }

  static Stream<String> clients() {
    return Rig.engines().contains("openssl") ? Rig.engines().stream() : Stream.empty();
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
    ends = new Ends(clientName, "openssl", clock);
  }

  @AfterEach
  void stop() {
    ends.close();
  }

  @Test
  void sessionsOutliveTheSettingsThatMadeThem() throws Exception {
    int full = handshake(ends.serverTls);
    assertThat(handshake(ends.serverTls)).isLessThan(full / 2);
    try (TlsContext next =
        ends.servers.server(Rig.agreeing(Rig.server(ends.certificate), "http/1.1"))) {
      assertThat(handshake(next)).isLessThan(full / 2);
    }
    Certificate other = new Pki("authority").issue("localhost");
    try (TlsContext another = ends.servers.server(Rig.server(other))) {
      assertThat(handshake(another)).isGreaterThan(full / 2);
    }
  }

  @Test
  void ticketKeysAreReplacedAndForgotten() {
    int full = handshake(ends.serverTls);
    clock.pass(Duration.ofMinutes(119));
    assertThat(handshake(ends.serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofMinutes(2));
    // The last ticket is of a key that only reads by now, and is replaced by one of the next.
    assertThat(handshake(ends.serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofMinutes(121));
    assertThat(handshake(ends.serverTls)).isLessThan(full / 2);
    clock.pass(Duration.ofHours(5));
    assertThat(handshake(ends.serverTls)).isGreaterThan(full / 2);
  }

  /// No names of hosts by the letter of RFC 952, but in use; the JDK's servers refuse them.
  @ParameterizedTest
  @ValueSource(strings = {"a_b.internal", "-a-.internal"})
  void namesThatAreInUseAreSent(String name) {
    try (Wire wire = ends.wire(ends.serverTls, name)) {
      assertThat(wire.handshake()).isTrue();
      assertThat(wire.server.info().serverName()).isEqualTo(name);
    }
  }

  /// @return bytes that the server sent in a handshake, some data and its end
  private int handshake(TlsContext server) {
    try (Wire wire = ends.wire(server)) {
      assertThat(wire.handshake()).isTrue();
      assertThat(wire.carry(10)).isEqualTo(10);
      // Reads the tickets behind the handshake.
      Buffer into = Buffer.allocate(32 * 1024);
      wire.client.decrypt(wire.toClient, into);
      wire.pass(wire.client, wire.toServer);
      into.free();
      wire.client.closeNotify();
      return wire.serverSent;
    }
  }
}
