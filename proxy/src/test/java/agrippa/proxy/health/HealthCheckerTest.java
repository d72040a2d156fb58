package agrippa.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.stats.CheckHistory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Checks by a clock that the test moves, and probes that run within its turn.
class HealthCheckerTest {
  private static final Target TARGET =
      new Target(new InetSocketAddress("127.0.0.1", 1), ProxyProtocol.NONE);

  private long millis = 1_000;
  private boolean passes = true;
  private final List<Long> probes = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private final HealthChecker checker =
      new HealthChecker(
          this::probe,
          () -> millis * 1_000_000,
          () -> Instant.ofEpochMilli(millis),
          new Random(1),
          10,
          Runnable::run);

  @Test
  void probesAtAConstantInterval() {
    checker.watch(check(5, 2, 3), TARGET, this::changed);

    advance(50_000);

    assertThat(probes).hasSize(10);
    assertThat(probes.getFirst()).isBetween(1_000L, 6_000L);
    for (int i = 1; i < probes.size(); i++) {
      assertThat(probes.get(i) - probes.get(i - 1)).isEqualTo(5_000);
    }
  }

  @Test
  void spreadsTheFirstProbesOverTheInterval() {
    for (int i = 0; i < 100; i++) {
      checker.watch(check(10, 2, 3), TARGET, this::changed);
    }

    advance(10_000);

    assertThat(probes).hasSize(100);
    for (int part = 0; part < 5; part++) {
      long from = 1_000 + part * 2_000L;
      assertThat(probes).filteredOn(at -> from <= at && at < from + 2_000).hasSizeBetween(8, 35);
    }
  }

  @Test
  void keepsTheHistoryOfATarget() {
    HealthChecker.Watch watch = checker.watch(check(5, 2, 3), TARGET, this::changed);
    advance(5_000);
    assertThat(watch.history())
        .isEqualTo(new CheckHistory(0, 0, Duration.ofSeconds(5), Duration.ZERO));
    passes = false;
    advance(15_000);
    assertThat(watch.up()).isFalse();
    long down = probes.getLast();
    passes = true;
    advance(10_000);
    assertThat(watch.up()).isTrue();
    Duration downtime = Duration.ofMillis(probes.getLast() - down);

    assertThat(downtime).isEqualTo(Duration.ofSeconds(10));
    assertThat(watch.history())
        .isEqualTo(new CheckHistory(3, 1, Duration.ofMillis(millis - probes.getLast()), downtime));
  }

  @Test
  void tellsWhenATargetGoesDownAndUp() {
    HealthChecker.Watch watch = checker.watch(check(5, 2, 3), TARGET, this::changed);
    advance(5_000);
    assertThat(watch.up()).isTrue();
    passes = false;
    advance(10_000);
    assertThat(watch.up()).isTrue();
    advance(5_000);
    assertThat(watch.up()).isFalse();
    assertThat(watch.last().passed()).isFalse();
    assertThat(watch.last().detail()).isEqualTo("no luck");
    assertThat(watch.last().at()).isEqualTo(Instant.ofEpochMilli(probes.getLast()));
    passes = true;
    advance(5_000);
    assertThat(watch.up()).isFalse();
    advance(5_000);
    assertThat(watch.up()).isTrue();
    assertThat(changes).containsExactly("down", "up");
  }

  @Test
  void aClosedWatchIsNotProbedAndTellsNothing() {
    HealthChecker.Watch watch = checker.watch(check(5, 1, 1), TARGET, this::changed);
    advance(5_000);
    passes = false;

    watch.close();
    advance(20_000);

    assertThat(probes).hasSize(1);
    assertThat(changes).isEmpty();
  }

  @Test
  void anotherIntervalCountsFromNow() {
    HealthChecker.Watch watch = checker.watch(check(60, 2, 3), TARGET, this::changed);
    advance(60_000);
    probes.clear();

    watch.update(check(2, 2, 3));
    advance(20_000);

    assertThat(probes).hasSize(10);
  }

  @Test
  void anUpdateThatLeavesTheIntervalDoesNotDisturbIt() {
    HealthChecker.Watch watch = checker.watch(check(10, 2, 3), TARGET, this::changed);
    for (int i = 0; i < 100; i++) {
      advance(1_000);
      watch.update(check(10, 2, 3 + i % 2));
    }

    assertThat(probes).hasSize(10);
  }

  @Test
  void doesNotMakeUpForMissedProbes() {
    checker.watch(check(5, 2, 3), TARGET, this::changed);

    millis += 3_600_000;
    checker.turn();
    advance(5_000);

    assertThat(probes).hasSize(2);
  }

  @Test
  void aProbeThatFailsInAnUnknownWayIsAFailure() {
    HealthChecker broken =
        new HealthChecker(
            (_, _) -> {
              throw new IllegalStateException("odd\r\n");
            },
            () -> millis * 1_000_000,
            Instant::now,
            new Random(1),
            1,
            Runnable::run);
    HealthChecker.Watch watch = broken.watch(check(5, 1, 1), TARGET, this::changed);
    millis += 5_000;
    broken.turn();

    assertThat(watch.up()).isFalse();
    assertThat(watch.last().detail()).isEqualTo("odd  ");
  }

  @Test
  void aProbeThatTakesTooLongIsInterrupted() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    HealthChecker slow =
        new HealthChecker(
            (_, _) -> {
              started.countDown();
              new CountDownLatch(1).await();
              return "never";
            },
            () -> millis * 1_000_000,
            Instant::now,
            new Random(1),
            1,
            Thread::startVirtualThread);
    HealthChecker.Watch watch = slow.watch(check(5, 1, 1), TARGET, _ -> told.countDown());
    millis += 5_000;
    slow.turn();
    started.await();
    assertThat(watch.up()).isTrue();

    millis += 3_000;
    slow.turn();
    told.await();

    assertThat(watch.up()).isFalse();
    assertThat(watch.last().detail()).isEqualTo("no answer in time");
  }

  @Test
  void closingEndsProbesThatAreUnderWay() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    HealthChecker slow =
        new HealthChecker(
            (_, _) -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
                return "never";
              } finally {
                ended.countDown();
              }
            },
            () -> millis * 1_000_000,
            Instant::now,
            new Random(1),
            1,
            Thread::startVirtualThread);
    slow.watch(check(5, 1, 1), TARGET, this::changed);
    millis += 5_000;
    slow.turn();
    started.await();

    slow.close();

    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private String probe(Check.Probe probe, Target target) throws IOException {
    probes.add(millis);
    if (!passes) {
      throw new IOException("no luck");
    }
    return "fine";
  }

  private void changed(HealthChecker.Watch watch) {
    changes.add(watch.up() ? "up" : "down");
  }

  private void advance(long by) {
    for (long end = millis + by; millis < end; ) {
      millis += 10;
      checker.turn();
    }
  }

  private static Check check(int interval, int rise, int fall) {
    return new Check(
        new Check.Probe.Connect(), Duration.ofSeconds(interval), Duration.ofSeconds(3), rise, fall);
  }
}
