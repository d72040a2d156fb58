package agrippa.store;

import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.testing.RandomTrees;
import agrippa.model.LoadBalancerTree;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program that writes as fast as it can is killed; what it said it had stored is there.
class KilledWriterTest {
  private static final int WRITERS = 8;

  @TempDir private Path folder;

  @Test
  void everythingAcknowledgedIsThere() throws Exception {
    var file = folder.resolve("state.db");
    for (int run = 1; run <= 3; run++) {
      var acknowledged = writeAndDie(file, 50 * run, run);
      try (var database = Database.open(file)) {
        var found = new HashMap<String, Long>();
        new SqlStateStore(database)
            .load()
            .forEach(tree -> found.put(tree.id().toString(), tree.generation()));
        acknowledged.forEach(
            (id, generation) -> assertThat(found.get(id)).isGreaterThanOrEqualTo(generation));
      }
    }
  }

  /// @return the last generation that each tree was acknowledged to have
  private static Map<String, Long> writeAndDie(Path file, int lines, int seed) throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                file.toString(),
                Integer.toString(seed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var acknowledged = new HashMap<String, Long>();
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < lines; i++) {
        note(output.readLine(), acknowledged);
      }
      // Not through the process itself, which would close the pipe that is still to be read.
      process.toHandle().destroyForcibly();
      // What it said before it died counts too.
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        note(line, acknowledged);
      }
    }
    assertThat(process.waitFor()).isNotZero();
    return acknowledged;
  }

  private static void note(String line, Map<String, Long> acknowledged) {
    assertThat(line).as("the writer's word").isNotNull();
    var words = line.split(" ");
    // The last line may be cut off.
    if (words.length == 3) {
      acknowledged.merge(words[0], Long.parseLong(words[1]), Math::max);
    }
  }

  /// The program that dies.
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      var trees = new RandomTrees(Long.parseLong(arguments[1]));
      var store = new SqlStateStore(Database.open(Path.of(arguments[0])));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < WRITERS; i++) {
          var tree = trees.next();
          threads.execute(() -> write(store, tree));
        }
      }
    }

    private static void write(SqlStateStore store, LoadBalancerTree first) {
      for (var tree = first; ; tree = tree.nextGeneration()) {
        store.commit(tree);
        System.out.println(tree.id() + " " + tree.generation() + " stored");
      }
    }
  }
}
