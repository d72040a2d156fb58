package agrippa.cloud.secret;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.fuzz.Fuzzing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients store, made up by a fuzzer that is guided by coverage.
class FuzzTest {
  @TempDir Path folder;

  @Test
  void nothingIsFound() throws Exception {
    List<byte[]> kept = Fuzzing.kept(KeyMaterialFuzz.class);
    assertThat(new Fuzzing(KeyMaterialFuzz.class, folder).run(kept))
        .isGreaterThanOrEqualTo(kept.size());
  }
}
