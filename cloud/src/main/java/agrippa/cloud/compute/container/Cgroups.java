package agrippa.cloud.compute.container;

import static java.lang.System.Logger.Level.DEBUG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/// Limits of memory and processes, where the kernel offers them: in version 1 of cgroups below the
/// group that this program is in, in version 2 below the root. Where there are none, servers run
/// without limits.
final class Cgroups {
  private static final System.Logger LOG = System.getLogger(Cgroups.class.getName());
  private static final Path MOUNTS = Path.of("/sys/fs/cgroup");
  private static final String NAME = "agrippa-servers";
  private static final int PROCESSES = 1_024;
  private static final long MEGABYTE = 1L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BEAT = Duration.ofMillis(10);

  private Cgroups() {}

  /// Makes a server's groups; its first process shall enter them.
  ///
  /// @param memory in MB
  static List<Path> make(UUID server, int memory) {
    List<Path> groups = new ArrayList<>();
    if (Files.exists(MOUNTS.resolve("cgroup.controllers"))) {
      second(server, memory, groups);
    } else {
      first("memory", "memory.limit_in_bytes", memory * MEGABYTE, server, groups);
      first("pids", "pids.max", PROCESSES, server, groups);
    }
    return groups;
  }

  private static void first(
      String controller, String file, long limit, UUID server, List<Path> groups) {
    try {
      String own = own(controller);
      Path group = MOUNTS.resolve(controller + own).resolve(NAME).resolve(server.toString());
      Files.createDirectories(group);
      Files.writeString(group.resolve(file), Long.toString(limit));
      groups.add(group);
    } catch (IOException e) {
      LOG.log(DEBUG, "no cgroup of " + controller + " for server " + server, e);
    }
  }

  /// The group that this program is in, such as `/` or `/user.slice`.
  private static String own(String controller) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
        return parts[2];
      }
    }
    throw new IOException("there is no controller " + controller);
  }

  private static void second(UUID server, int memory, List<Path> groups) {
    Path all = MOUNTS.resolve(NAME);
    Path group = all.resolve(server.toString());
    try {
      Files.writeString(MOUNTS.resolve("cgroup.subtree_control"), "+memory +pids");
      Files.createDirectories(all);
      Files.writeString(all.resolve("cgroup.subtree_control"), "+memory +pids");
      Files.createDirectories(group);
      Files.writeString(group.resolve("memory.max"), Long.toString(memory * MEGABYTE));
      Files.writeString(group.resolve("pids.max"), Integer.toString(PROCESSES));
      groups.add(group);
    } catch (IOException e) {
      LOG.log(DEBUG, "no cgroup for server " + server, e);
    }
  }

  /// Removes a group, whose processes are ending; the one of all servers too, with its last.
  static void remove(Path group) throws IOException {
    for (long left = PATIENCE.dividedBy(BEAT); !removed(group, left <= 0); left--) {
      try {
        TimeUnit.MILLISECONDS.sleep(BEAT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while removing " + group, e);
      }
    }
    Path all = group.getParent();
    if (all != null && all.endsWith(NAME)) {
      try {
        Files.deleteIfExists(all);
      } catch (IOException e) {
        LOG.log(DEBUG, "other servers still have cgroups beside " + group, e);
      }
    }
  }

  /// @param last whether it must be possible now
  private static boolean removed(Path group, boolean last) throws IOException {
    try {
      Files.deleteIfExists(group);
      return true;
    } catch (IOException e) {
      if (last) {
        throw e;
      }
      return false;
    }
  }
}
