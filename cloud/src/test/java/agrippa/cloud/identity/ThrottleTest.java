package agrippa.cloud.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import agrippa.cloud.identity.Throttle.Guess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleTest {
  private static final Guess ANN = Guess.of("ann", "192.0.2.1");

  private Instant now = Instant.parse("2026-11-23T12:00:00Z");
  private final Throttle throttle = new Throttle(() -> now);

  @Test
  void aFewMistakesAreFree() {
    fail(ANN, Throttle.FREE - 1);
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void eachFurtherOneIsWaitedForTwiceAsLong() {
    fail(ANN, Throttle.FREE);
    for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
      assertThat(wait(ANN)).isEqualTo(seconds);
      now = now.plusSeconds(seconds).minusMillis(1);
      assertThat(wait(ANN)).isEqualTo(1);
      now = now.plusMillis(1);
      assertThat(wait(ANN)).isZero();
      throttle.failed(ANN);
    }
  }

  @Test
  void successClears() {
    fail(ANN, Throttle.FREE);
    now = now.plusSeconds(1);
    throttle.succeeded(ANN);
    fail(ANN, Throttle.FREE - 1);
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void failuresAreForgotten() {
    fail(ANN, Throttle.FREE);
    now = now.plus(Throttle.MEMORY).plusMillis(1);
    fail(ANN, Throttle.FREE - 1);
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void guessesAtAUserDoNotLockTheUserOut() {
    for (int i = 0; i < 1_000; i++) {
      throttle.failed(Guess.of("ann", "198.51.100." + i));
    }
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void guessesFromAnAddressDoNotLockOthersThereOut() {
    fail(Guess.of("eve", "192.0.2.1"), 100);
    for (int i = 0; i < 1_000; i++) {
      throttle.failed(Guess.of("user" + i, "192.0.2.1"));
    }
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void underAttackOneMistakeIsFreeForEachUserOfTheAddress() {
    for (int i = 0; i <= Throttle.ATTACK; i++) {
      throttle.failed(Guess.of("user" + i, "192.0.2.1"));
    }
    throttle.failed(ANN);
    assertThat(wait(ANN)).isEqualTo(1);
    Guess elsewhere = Guess.of("ann", "192.0.2.2");
    throttle.failed(elsewhere);
    assertThat(wait(elsewhere)).isZero();
  }

  @Test
  void underAttackOneMistakeIsFreeForEachAddressOfTheUser() {
    for (int i = 0; i <= Throttle.ATTACK; i++) {
      throttle.failed(Guess.of("ann", "198.51.100." + i));
    }
    throttle.failed(ANN);
    assertThat(wait(ANN)).isEqualTo(1);
    Guess another = Guess.of("bob", "192.0.2.1");
    throttle.failed(another);
    assertThat(wait(another)).isZero();
  }

  @Test
  void anAttackIsOverWhenItsTimeIsOver() {
    for (int i = 0; i <= Throttle.ATTACK; i++) {
      throttle.failed(Guess.of("user" + i, "192.0.2.1"));
      now = now.plus(Duration.ofMinutes(2));
    }
    throttle.failed(ANN);
    assertThat(wait(ANN)).isZero();
  }

  @Test
  void oneClientHasAWholeNetworkOfIpv6() {
    for (int i = 0; i < Throttle.FREE; i++) {
      throttle.failed(Guess.of("ann", "2001:db8:1:2::" + i));
    }
    assertThat(wait(Guess.of("ann", "2001:db8:1:2:ffff::"))).isEqualTo(1);
    assertThat(wait(Guess.of("ann", "2001:db8:1:3::"))).isZero();
  }

  @Test
  void aFloodOfNamesAndAddressesTakesNoMoreMemory() {
    for (int i = 0; i < 5 * Throttle.ROWS; i++) {
      throttle.failed(Guess.of("x".repeat(1_000) + i, "10.0.0.1"));
      throttle.failed(Guess.of("user" + i, "address" + i));
    }
    assertThat(throttle.rows()).isLessThanOrEqualTo(3 * Throttle.ROWS);
    assertThat(Guess.of("x".repeat(1_000_000), "10.0.0.1").user()).hasSize(255);
  }

  @Test
  void aNetworkHasOnlySoManyLookedAtAtATime() {
    for (int i = 0; i < Throttle.AT_ONCE; i++) {
      throttle.begin(Guess.of("user" + i, "192.0.2.1"));
    }
    assertThat(refusal(() -> throttle.begin(ANN)).status()).isEqualTo(429);
    throttle.begin(Guess.of("ann", "192.0.2.2"));
    throttle.end(Guess.of("user0", "192.0.2.1"));
    assertThatCode(() -> throttle.begin(ANN)).doesNotThrowAnyException();
    assertThat(throttle.rows()).isEqualTo(2);
  }

  /// Whatever happens, who has not failed is looked at, and nobody waits longer than the longest
  /// wait.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nobodyWaitsForOthers(long seed) {
    Random random = new Random(seed);
    Set<Guess> failed = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      Guess guess = Guess.of("user" + random.nextInt(30), "192.0.2." + random.nextInt(30));
      long wait = wait(guess);
      assertThat(wait).isBetween(0L, Throttle.LONGEST.toSeconds());
      if (wait > 0) {
        assertThat(failed).contains(guess);
      } else if (random.nextInt(10) == 0) {
        throttle.succeeded(guess);
        failed.remove(guess);
      } else {
        throttle.failed(guess);
        failed.add(guess);
      }
      now = now.plus(Duration.ofMillis(random.nextInt(1_000)));
    }
  }

  private void fail(Guess guess, int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed(guess);
    }
  }

  /// Seconds, as a client would be told.
  private long wait(Guess guess) {
    Refused refused = catchThrowableOfType(Refused.class, () -> throttle.require(guess));
    return refused == null ? 0 : refused.retryAfterSeconds();
  }

  private static Refused refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    return catchThrowableOfType(Refused.class, action);
  }
}
