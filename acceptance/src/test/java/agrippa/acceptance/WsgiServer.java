package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Python web application in a process of its own, which can be stopped and started again on the
/// same port. It has one thread, since its database is a file of SQLite's.
final class WsgiServer {
  private final int port;
  private final Path configuration;
  private final Path log;
  private final Map<String, String> environment;
  private @Nullable Process process;

  /// @param folder for its configuration and log
  /// @param application the Python file
  WsgiServer(Path folder, String name, Path application, int port, Map<String, String> environment)
      throws IOException {
    this.port = port;
    this.environment = environment;
    this.log = folder.resolve(name + ".log");
    this.configuration =
        Files.writeString(
            folder.resolve(name + ".ini"),
            """
            [uwsgi]
            plugins = python3
            http-socket = 127.0.0.1:%d
            wsgi-file = %s
            processes = 1
            master = true
            lazy-apps = true
            need-app = true
            die-on-term = true
            no-orphans = true
            buffer-size = 65535
            post-buffering = 65536
            add-header = Connection: close
            disable-logging = true
            """
                .formatted(port, application));
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("/usr/bin/uwsgi", "--ini", configuration.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    process = builder.start();
  }

  /// Waits until it answers at all.
  void await(String path, Duration patience) throws Exception {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!answers(path)) {
      Process running = process;
      boolean alive = running != null && !running.waitFor(50, TimeUnit.MILLISECONDS);
      if (!alive || System.nanoTime() > deadline) {
        throw new AssertionError("it did not come up:\n" + Files.readString(log));
      }
    }
  }

  private boolean answers(String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(url() + path).toURL().openConnection();
      connection.setReadTimeout(60_000);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status < 500;
    } catch (IOException e) {
      // Nobody listens yet, which is what is being waited for.
      return false;
    }
  }

  void stop() throws InterruptedException {
    Process running = process;
    if (running == null) {
      return;
    }
    running.descendants().forEach(ProcessHandle::destroy);
    running.destroy();
    if (!running.waitFor(10, TimeUnit.SECONDS)) {
      running.descendants().forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly();
    }
    assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();
    process = null;
  }
}
