package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
  @Test
  void neverLetsInMoreThanItsLimit() {
    Gate gate = new Gate(5);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger entered = new AtomicInteger();
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int t = 0; t < 4; t++) {
        threads.submit(
            () -> {
              for (int i = 0; i < 50_000; i++) {
                if (gate.enter()) {
                  entered.incrementAndGet();
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  if (i % 3 == 0) {
                    Thread.yield();
                  }
                  inside.decrementAndGet();
                  gate.leave();
                }
              }
            });
      }
    }
    assertThat(most.get()).isBetween(1, 5);
    assertThat(entered.get()).isPositive();
    assertThat(gate.full()).isFalse();
  }

  @Test
  void isFullAtItsLimitWhicheverWayThatMoves() {
    Gate gate = new Gate(2);
    assertThat(gate.enter()).isTrue();
    assertThat(gate.full()).isFalse();
    gate.limit(1);
    assertThat(gate.full()).isTrue();
    assertThat(gate.enter()).isFalse();
    gate.limit(2);
    assertThat(gate.enter()).isTrue();
  }

  @Test
  void tellsWhoLeavesThatSomebodyWaits() {
    Gate gate = new Gate(1);
    gate.enter();
    gate.startWaiting();
    assertThat(gate.leave()).isTrue();
    gate.enter();
    gate.stopWaiting();
    assertThat(gate.leave()).isFalse();
  }

  @Test
  void remembersTheMostThatWereOpen() {
    Gate gate = new Gate(3);
    gate.enter();
    gate.enter();
    gate.leave();
    gate.enter();

    assertThat(gate.peak()).isEqualTo(2);
  }
}
