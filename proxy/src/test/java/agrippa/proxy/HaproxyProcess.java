package agrippa.proxy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A HAProxy with any configuration. Its ports are open once it is started, since it goes to the
/// background when they are.
record HaproxyProcess(Path pid) implements AutoCloseable {
  static boolean installed() {
    return Files.isExecutable(Path.of("/usr/sbin/haproxy"));
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// @param sections all but the defaults of time and retries
  static HaproxyProcess start(Path folder, String sections)
      throws IOException, InterruptedException {
    String defaults =
        """
        defaults
          timeout client 30s
          timeout server 30s
          timeout connect 5s
        """;
    Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), defaults + sections);
    Path said = folder.resolve("haproxy.log");
    Path pid = folder.resolve("haproxy.pid");
    Process process =
        new ProcessBuilder("haproxy", "-D", "-p", pid.toString(), "-f", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new AssertionError(Files.readString(said));
    }
    return new HaproxyProcess(pid);
  }

  @Override
  public void close() throws IOException {
    long id = Long.parseLong(Files.readString(pid).strip());
    ProcessHandle.of(id).ifPresent(ProcessHandle::destroy);
  }
}
