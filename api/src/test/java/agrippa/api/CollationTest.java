package agrippa.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// As a MariaDB with `utf8mb3_general_ci` answered.
class CollationTest {
  @ParameterizedTest
  @CsvSource({
    "abc, ABC, true",
    "äbf, ABF, true",
    "ÄBF, äbf, true",
    "'trail', 'trail  ', true",
    "'trail', ' trail', false",
    "straße, STRASE, true",
    "a%, abc, false",
    "ø, o, false",
    "'', '  ', true",
  })
  void equality(String a, String b, boolean equal) {
    assertThat(Collation.equal(a, b)).isEqualTo(equal);
  }

  @Test
  void order() {
    List<String> sorted = List.of("", "Abc", "abd", "ABE", "äbf", "trail ", "Zz", "_x");
    assertThat(sorted.reversed().stream().sorted(Comparator.comparing(Collation::key)))
        .isEqualTo(sorted);
  }
}
