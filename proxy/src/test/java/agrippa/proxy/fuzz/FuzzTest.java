package agrippa.proxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.fuzz.AllFuzz.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What strangers send, made up by a fuzzer that is guided by coverage. All targets share a short
/// run; `-Dfuzz.target=HEADS -Dfuzz.seconds=600` makes it a long one of one.
class FuzzTest {
  @TempDir Path folder;

  @Test
  void nothingIsFound() throws Exception {
    String only = System.getProperty("fuzz.target");
    if (only != null) {
      Class<?> type = Target.valueOf(only).type;
      assertThat(new Fuzzing(type, folder).run(Fuzzing.kept(type))).isPositive();
      return;
    }
    List<byte[]> kept = new ArrayList<>();
    for (Target target : Target.values()) {
      Fuzzing.kept(target.type).forEach(it -> kept.add(target.prefixed(it)));
    }
    assertThat(new Fuzzing(AllFuzz.class, folder).run(kept)).isGreaterThanOrEqualTo(kept.size());
  }
}
