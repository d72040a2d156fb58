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

  @Test
  void whatIsGoneNeedsNoDeletion() {
    String errors =
        """
        Cannot find device "a"
        Command failed -:1
        Cannot find device "b"
        Command failed -:3
        RTNETLINK answers: Operation not permitted
        Command failed -:4
        """;
    List<String> lines = List.of("link del a", "link set c up", "link set b up", "link del d");
    assertThat(Tools.failures(errors, lines).orElseThrow())
        .isEqualTo(
            """
            Cannot find device "b"
            Command failed -:3
            RTNETLINK answers: Operation not permitted
            Command failed -:4""");
    assertThat(Tools.failures("Cannot find device \"a\"\nCommand failed -:1", lines)).isEmpty();
    assertThat(Tools.failures("Error: syntax", lines)).contains("Error: syntax");
  }
}
