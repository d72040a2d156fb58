package agrippa.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Results of probes (+ passed, - failed) and the state after each (U up, D down).
class RiseFallTest {
  @ParameterizedTest(name = "rise {0} fall {1}: {2}")
  @CsvSource({
    "2, 3, ++---, UUUUD",
    "2, 3, +--+--, UUUUUU",
    "2, 3, +--+---, UUUUUUD",
    "2, 3, +---++, UUUDDU",
    "2, 3, +---+-++, UUUDDDDU",
    "2, 3, +---++--+, UUUDDUUUU",
    "1, 1, +-+-, UDUD",
    // Nothing is known of a new endpoint: it is trusted until its first result.
    "2, 3, -, D",
    "2, 3, -+, DD",
    "2, 3, -++---, DDUUUD",
  })
  void countsResultsInARow(int rise, int fall, String results, String states) {
    RiseFall state = RiseFall.trusting(rise, fall);
    StringBuilder seen = new StringBuilder();
    boolean before = state.up();
    for (char result : results.toCharArray()) {
      boolean changed = state.take(result == '+');
      assertThat(changed).isEqualTo(before != state.up());
      before = state.up();
      seen.append(before ? 'U' : 'D');
    }
    assertThat(seen).hasToString(states);
  }

  @ParameterizedTest(name = "known up={0}: {1}")
  @CsvSource({"true, ---, UUD", "false, ++, DU", "false, -+-++, DDDDU"})
  void startsFromWhatIsKnown(boolean up, String results, String states) {
    RiseFall state = RiseFall.known(2, 3, up);
    StringBuilder seen = new StringBuilder();
    for (char result : results.toCharArray()) {
      state.take(result == '+');
      seen.append(state.up() ? 'U' : 'D');
    }
    assertThat(seen).hasToString(states);
  }

  @ParameterizedTest(name = "after {0} then fall {1}: {2}")
  @CsvSource({"+--, 2, -, D", "+--, 5, --, UU", "+--, 5, ---, UUD", "+---, 5, ++, DU"})
  void keepsItsStateUnderOtherThresholds(String before, int fall, String after, String states) {
    RiseFall state = RiseFall.trusting(2, 3);
    before.chars().forEach(result -> state.take(result == '+'));
    RiseFall next = state.with(2, fall);
    StringBuilder seen = new StringBuilder();
    for (char result : after.toCharArray()) {
      next.take(result == '+');
      seen.append(next.up() ? 'U' : 'D');
    }
    assertThat(seen).hasToString(states);
  }
}
