package agrippa.cloud.compute.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What tells a container's first process from all others, as the container itself wrote it down: a
/// number alone may be another process's by now.
///
/// @param pid as the machine counts processes
/// @param start in ticks since the machine's start
/// @param boot the machine's run
/// @param mounts its namespace of mounts, such as `mnt:[4026532300]`
record Marks(long pid, String start, String boot, String mounts) {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Path BOOT = PROCESSES.resolve("sys/kernel/random/boot_id");

  // Behind the name of the program, which may have blanks and brackets in it.
  private static final int STATE = 0;
  private static final int START = 19;

  /// Of the process that is written down in a file; nothing if there is none.
  ///
  /// @throws IOException if the file cannot be read
  static Optional<Marks> read(Path file) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.size() < 3
          ? Optional.empty()
          : Optional.of(
              new Marks(
                  Long.parseLong(lines.getFirst().substring(0, lines.getFirst().indexOf(' '))),
                  field(lines.getFirst(), START),
                  lines.get(1),
                  lines.get(2)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static String field(String stat, int index) {
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[index];
  }

  /// The process, if it is that one and has not ended.
  Optional<ProcessHandle> process() {
    try {
      Path process = PROCESSES.resolve(Long.toString(pid));
      String stat = Files.readString(process.resolve("stat"));
      boolean same =
          Files.readString(BOOT).strip().equals(boot)
              && field(stat, START).equals(start)
              && Files.readSymbolicLink(process.resolve("ns/mnt")).toString().equals(mounts);
      boolean ended = field(stat, STATE).equals("Z") || field(stat, STATE).equals("X");
      return same && !ended ? ProcessHandle.of(pid) : Optional.empty();
    } catch (IOException e) {
      // There is no process of that number, or it ends just now.
      return Optional.empty();
    }
  }
}
