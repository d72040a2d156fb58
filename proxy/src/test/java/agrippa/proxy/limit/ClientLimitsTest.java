package agrippa.proxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.PerClient;
import java.net.InetAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClientLimitsTest {
  private static final byte[] A = address("192.0.2.1");
  private static final byte[] B = address("192.0.2.2");

  private static byte[] address(String literal) {
    return InetAddress.ofLiteral(literal).getAddress();
  }

  private static ClientLimits rate(int count, long period, int burst) {
    return ClientLimits.of(new PerClient(new PerClient.Rate(count, period, burst), 0), null);
  }

  private static ClientLimits connections(int most) {
    return ClientLimits.of(new PerClient(null, most), null);
  }

  @Test
  void noLimitsAreNone() {
    assertThat(ClientLimits.of(PerClient.UNLIMITED, rate(1, 1_000, 1))).isNull();
  }

  @Test
  void aBurstThenOneByOne() {
    ClientLimits limits = rate(10, 1_000, 3);
    long now = -5_000;
    for (int i = 0; i < 3; i++) {
      assertThat(limits.take(A, now)).isZero();
    }
    assertThat(limits.take(A, now)).isEqualTo(100);
    assertThat(limits.take(B, now)).as("somebody else").isZero();
    assertThat(limits.take(A, now + 99)).isEqualTo(1);
    assertThat(limits.take(A, now + 100)).as("refused ones cost nothing").isZero();
    assertThat(limits.take(A, now + 100)).isEqualTo(100);
  }

  @Test
  void whoRestsSavesUpNoMoreThanABurst() {
    ClientLimits limits = rate(60, 60_000, 2);
    for (int round = 0; round < 3; round++) {
      long now = round * 3_600_000L;
      assertThat(IntStream.range(0, 5).filter(_ -> limits.take(A, now) == 0).count()).isEqualTo(2);
    }
  }

  @Test
  void anIpv6NetworkIsOneClient() {
    ClientLimits limits = rate(1, 60_000, 1);
    assertThat(limits.take(address("2001:db8:0:1::1"), 0)).isZero();
    assertThat(limits.take(address("2001:db8:0:1:ffff::2"), 0)).isPositive();
    assertThat(limits.take(address("2001:db8:0:2::1"), 0)).isZero();
    assertThat(limits.take(address("::1"), 0)).isZero();
    assertThat(limits.take(address("::1"), 0)).isPositive();
  }

  @Test
  void aNewPlanForgetsNothing() {
    ClientLimits before = rate(1, 60_000, 1);
    assertThat(before.take(A, 0)).isZero();
    ClientLimits after =
        ClientLimits.of(new PerClient(new PerClient.Rate(2, 60_000, 1), 0), before);
    assertThat(after.take(A, 0)).isPositive();
  }

  /// More clients than there are places: those who rest give way, and strangers' buckets are never
  /// taken for one's own.
  @Test
  void moreClientsThanPlacesAreLetInAll() {
    ClientLimits limits = rate(1, 60_000, 1);
    for (int i = 0; i < 4 * RateTable.CAPACITY; i++) {
      byte[] client = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      assertThat(limits.take(client, 0)).isZero();
    }
    assertThat(limits.take(A, 120_000)).isZero();
    assertThat(limits.take(A, 120_000)).as("remembered again").isPositive();
  }

  @Test
  void fewClientsAreAllRemembered() {
    ClientLimits limits = rate(1, 60_000, 1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(limits.take(new byte[] {10, 0, (byte) (i >> 8), (byte) i}, 0)).isZero();
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(limits.take(new byte[] {10, 0, (byte) (i >> 8), (byte) i}, 0)).isPositive();
    }
  }

  @Test
  void loopsTogetherGiveNoTokenTwice() throws Exception {
    ClientLimits limits = rate(1, 60_000, 1_000);
    Callable<Long> loop =
        () -> IntStream.range(0, 1_000).filter(_ -> limits.take(A, 0) == 0).count();
    try (var loops = Executors.newFixedThreadPool(4)) {
      long taken = 0;
      for (var each : loops.invokeAll(Stream.generate(() -> loop).limit(4).toList())) {
        taken += each.get();
      }
      assertThat(taken).isEqualTo(1_000);
    }
  }

  @Test
  void connectionsAreCountedExactly() {
    ClientLimits limits = connections(2);
    assertThat(limits.countsConnections()).isTrue();
    assertThat(limits.take(A, 0)).isZero();
    assertThat(limits.enter(A)).isTrue();
    assertThat(limits.enter(A)).isTrue();
    assertThat(limits.enter(A)).isFalse();
    assertThat(limits.enter(B)).isTrue();
    limits.leave(A);
    assertThat(limits.enter(A)).isTrue();
    assertThat(limits.enter(A)).isFalse();
  }
}
