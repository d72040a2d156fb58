package agrippa.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// After tests with network namespaces, every thread of this process is in its own one. A thread
/// begins where its maker is, so one that was made, or had to be made to run what was woken, inside
/// a namespace stays there; and whatever runs on it later, another test's for instance, is in the
/// wrong network.
public final class EverybodyComesHome implements AfterAllCallback {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (!Files.exists(TASKS)) {
      return;
    }
    // Threads of servers that were closed end a moment later.
    long end = System.nanoTime() + PATIENCE_NANOS;
    List<String> away = away();
    while (!away.isEmpty()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("in a network namespace that is not the process's: " + away);
      }
      Thread.yield();
      away = away();
    }
  }

  /// The names of threads that are elsewhere, as far as the kernel keeps them.
  private static List<String> away() throws IOException {
    String home = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks.filter(it -> !isAt(it, home)).map(EverybodyComesHome::name).toList();
    }
  }

  private static boolean isAt(Path task, String home) {
    try {
      return Files.readSymbolicLink(task.resolve("ns/net")).toString().equals(home);
    } catch (IOException e) {
      // It has just ended.
      return true;
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "one that has just ended";
    }
  }
}
