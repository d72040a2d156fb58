package agrippa.cloud.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ToolsTest {
  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void endsAProgramThatHangs() {
    Tools.Result result = Tools.run(List.of("sleep", "600"), "", Duration.ofMillis(50));
    assertThat(result.status()).isNotZero();
  }

  @Test
  void tellsWhatAProgramWroteAndHowItEnded() {
    Tools.Result result =
        Tools.run(
            List.of("sh", "-c", "cat; echo problem >&2; exit 3"), "asked", Duration.ofSeconds(60));
    assertThat(result).isEqualTo(new Tools.Result(3, "asked", "problem"));
  }

  @Test
  void doesNotMindAProgramThatReadsNothing() {
    Tools.Result result = Tools.run(List.of("true"), "x".repeat(1 << 20), Duration.ofSeconds(60));
    assertThat(result.status()).isZero();
  }
}
