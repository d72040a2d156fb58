package agrippa.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private final RetryBudget budget = new RetryBudget();

  private void asked(int times, long now) {
    for (int i = 0; i < times; i++) {
      budget.asked(now);
    }
  }

  private int taken(int times, long now, int percent) {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += budget.take(now, percent) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aShareOfTheWorkAndNoMore() {
    asked(1_000, 5_000);

    assertThat(taken(500, 5_500, 20)).isEqualTo(200);
  }

  @Test
  void someASecondHoweverLittleWork() {
    assertThat(taken(10, 1_000, 20)).isEqualTo(3);
    assertThat(taken(10, 1_999, 20)).isZero();
    assertThat(taken(10, 2_000, 20)).isEqualTo(3);
  }

  @Test
  void tenSecondsCount() {
    asked(100, 1_000);
    assertThat(taken(10, 10_999, 20)).isEqualTo(10);
    assertThat(taken(20, 10_999, 20)).isEqualTo(10);

    assertThat(taken(20, 11_000, 20)).isEqualTo(3);
  }

  @Test
  void aLongSilenceIsForgotten() {
    asked(100, 1_000);

    assertThat(taken(20, 1_000_000_000, 20)).isEqualTo(3);
  }

  @Test
  void aLoopWhoseClockIsBehindCountsAsNow() {
    asked(50, 30_000);
    asked(50, 29_000);

    assertThat(taken(50, 29_000, 20)).isEqualTo(20);
  }
}
