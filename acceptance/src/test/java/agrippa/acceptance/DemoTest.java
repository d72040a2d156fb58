package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a newcomer types first.
class DemoTest {
  @Test
  void showsBalancedRequestsTwice() throws Exception {
    for (int i = 0; i < 2; i++) {
      Program.Result demo =
          Program.run(
              Map.of(), List.of(Program.home().resolve("agrippa").toString(), "demo", "--exit"));
      assertThat(demo.status()).as(demo.output() + demo.errors()).isZero();
      assertThat(demo.output()).contains("backend-1=5, backend-2=5", "backend-2=10");
    }
  }
}
