package agrippa.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A running `./agrippa serve`, as a process of its own.
final class Program implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("agrippa: ready at (https?://\\S+) .*");
  private static final Pattern EXPORT = Pattern.compile("export (\\w+)='(.*)'");

  private final Process process;
  private final Path state;
  private final String url;

  private Program(Process process, Path state, String url) {
    this.process = process;
    this.state = state;
    this.url = url;
  }

  /// The root of the source tree.
  static Path home() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("agrippa"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("not inside the source tree");
      }
    }
    return folder;
  }

  /// Starts it on a free port and waits until it says that it is ready.
  static Program start(Path state) throws IOException {
    return start(state, 0);
  }

  static Program start(Path state, int port) throws IOException {
    return start(List.of("--state", state.toString(), "--port", Integer.toString(port)), state);
  }

  /// @param configuration its settings
  static Program start(Path state, Path configuration) throws IOException {
    return start(
        List.of("--state", state.toString(), "--port", "0", "--config", configuration.toString()),
        state);
  }

  /// Starts one whose networks are in the kernel.
  static Program startInKernel(Path state, int port) throws IOException {
    return start(
        List.of(
            "--state",
            state.toString(),
            "--port",
            Integer.toString(port),
            "--network-driver",
            "linux"),
        state);
  }

  private static Program start(List<String> options, Path state) throws IOException {
    List<String> command = new ArrayList<>(List.of(home().resolve("agrippa").toString(), "serve"));
    command.addAll(options);
    Path log = Files.createTempFile("agrippa-acceptance", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    Matcher ready = READY.matcher(line == null ? "" : line);
    if (!ready.matches()) {
      process.destroyForcibly();
      throw new IllegalStateException("it said: " + line + "\n" + Files.readString(log));
    }
    Thread.ofVirtual().start(() -> out.lines().forEach(it -> {}));
    return new Program(process, state, ready.group(1));
  }

  String url() {
    return url;
  }

  int port() {
    return URI.create(url).getPort();
  }

  long pid() {
    return process.pid();
  }

  /// What `./agrippa env` prints for it.
  Map<String, String> environment() throws IOException, InterruptedException {
    return environment(state);
  }

  /// What `./agrippa env` prints for a state folder.
  static Map<String, String> environment(Path state) throws IOException, InterruptedException {
    Result result =
        run(
            Map.of(),
            List.of(home().resolve("agrippa").toString(), "env", "--state", state.toString()));
    Map<String, String> environment = new LinkedHashMap<>();
    for (String line : result.output().lines().toList()) {
      Matcher export = EXPORT.matcher(line);
      if (!export.matches()) {
        throw new IllegalStateException("not an export line: " + line);
      }
      environment.put(export.group(1), export.group(2));
    }
    return environment;
  }

  /// Ends it as a crash would: SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Waits until it is gone.
  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  /// Ends it as an operator would: SIGTERM.
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("it did not stop within 60 s of SIGTERM");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// What a command printed, and how it ended.
  record Result(int status, String output, String errors) {}

  /// Runs a command to its end.
  static Result run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path errors = Files.createTempFile("agrippa-acceptance", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    Result result = new Result(status, output, Files.readString(errors));
    Files.delete(errors);
    return result;
  }
}
