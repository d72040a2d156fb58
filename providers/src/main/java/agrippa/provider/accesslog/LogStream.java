package agrippa.provider.accesslog;

import java.io.PrintStream;
import java.time.Instant;

/// A stream of the process, such as standard output: for containers, whose runtime collects it.
final class LogStream implements Target {
  private final PrintStream stream;

  LogStream(PrintStream stream) {
    this.stream = stream;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void write(CharSequence line, Instant when) {
    stream.append(line).append('\n');
  }

  @Override
  public void flush() {
    stream.flush();
  }

  /// It is not ours.
  @Override
  public void close() {}
}
