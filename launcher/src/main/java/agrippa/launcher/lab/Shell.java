package agrippa.launcher.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/// One shell for all commands, so that what one remembers the next knows.
final class Shell implements AutoCloseable {
  private final Process process;
  private final OutputStream in;
  private final BufferedReader out;
  private final String mark = "end-" + UUID.randomUUID();

  Shell(Path folder, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "--noprofile", "--norc")
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().putAll(environment);
    process = builder.start();
    in = process.getOutputStream();
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /// @param output what it wrote, errors included
  record Result(int status, String output) {}

  /// Runs a command to its end.
  Result run(String command) throws IOException {
    // Its own input is empty, or it would read what is typed next.
    String typed = "{ " + command + "\n} </dev/null; status=$?\necho\necho " + mark + " $status\n";
    in.write(typed.getBytes(StandardCharsets.UTF_8));
    in.flush();
    StringBuilder output = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(mark)) {
        return new Result(
            Integer.parseInt(line.substring(mark.length() + 1)), output.toString().stripTrailing());
      }
      output.append(line).append('\n');
    }
    throw new IOException("the shell ended:\n" + output);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
