package agrippa.proxy.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Runs Jazzer on one target, in a JVM of its own, from the inputs that are kept for it: a line
/// each of `fuzz/NAME.txt`, in Java's escapes.
public final class Fuzzing {
  private static final int SHORT = 3;
  // In all, before it is taken for hung: what it needs to start, and to end, on a busy machine.
  private static final int GRACE_SECONDS = 300;
  private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs");

  private final Class<?> target;
  private final Path folder;

  /// @param folder of its own, for inputs and what is found
  public Fuzzing(Class<?> target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /// The inputs that are worth keeping for a target: a line each of `fuzz/NAME.txt`, in Java's
  /// escapes.
  public static List<byte[]> kept(Class<?> target) throws IOException {
    String name = "/fuzz/" + target.getSimpleName() + ".txt";
    try (InputStream in = target.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8)
          .lines()
          .map(it -> it.translateEscapes().getBytes(ISO_8859_1))
          .toList();
    }
  }

  /// Fuzzes for as many seconds as the property `fuzz.seconds` says: for a few in each build, for
  /// many by hand.
  ///
  /// @param kept inputs to begin with
  /// @return inputs that were tried
  public long run(List<byte[]> kept) throws IOException, InterruptedException {
    int seconds = Integer.getInteger("fuzz.seconds", SHORT);
    Path inputs = Files.createDirectories(folder.resolve("inputs"));
    for (int i = 0; i < kept.size(); i++) {
      Files.write(inputs.resolve("kept" + i), kept.get(i));
    }
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command(seconds, inputs))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(seconds + GRACE_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(log, ISO_8859_1);
    assertThat(ended && process.exitValue() == 0).as(said).isTrue();
    Matcher runs = RUNS.matcher(said);
    assertThat(runs.find()).as(said).isTrue();
    return Long.parseLong(runs.group(1));
  }

  private List<String> command(int seconds, Path inputs) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return Stream.of(
            java,
            "-XX:+EnableDynamicAgentLoading",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.net.http/jdk.internal.net.http.hpack=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.getName(),
            "--instrumentation_includes=agrippa.**",
            // What it looks for besides is not what these targets do; it makes the start slow.
            "--custom_hook_excludes=**",
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
            "--reproducer_path=" + folder,
            "-max_total_time=" + seconds,
            "-max_len=4096",
            // The first inputs wait for classes to be instrumented.
            "-timeout=60",
            "-rss_limit_mb=4096",
            inputs.toString())
        .toList();
  }
}
