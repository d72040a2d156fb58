package agrippa.proxy.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A running openssl command.
final class OpensslTool implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final StringBuilder heard = new StringBuilder();

  OpensslTool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    output = process.inputReader(StandardCharsets.ISO_8859_1);
  }

  static boolean present() {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static OpensslTool client(InetSocketAddress at, String... more) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("s_client", "-connect", "127.0.0.1:" + at.getPort()));
    arguments.addAll(List.of(more));
    return new OpensslTool(arguments.toArray(String[]::new));
  }

  Process process() {
    return process;
  }

  void say(String line) throws IOException {
    process.outputWriter().write(line + "\n");
    process.outputWriter().flush();
  }

  /// Reads up to the line that contains this.
  String hears(String text) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      heard.append(line).append('\n');
      if (line.contains(text)) {
        return line;
      }
    }
    throw new AssertionError("no " + text + " in: " + heard);
  }

  /// Everything that was heard in its life.
  String end() throws IOException {
    process.outputWriter().close();
    StringWriter rest = new StringWriter();
    output.transferTo(rest);
    return heard.append(rest).toString();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
