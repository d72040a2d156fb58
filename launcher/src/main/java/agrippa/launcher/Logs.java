package agrippa.launcher;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Where log lines go.
final class Logs {
  private static final String LINE = "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n";

  private Logs() {}

  /// One line an event on standard error; libraries only from warnings up.
  ///
  /// @param level the least that is told of what Agrippa itself does
  static void toStandardError(Level level) {
    System.setProperty("java.util.logging.SimpleFormatter.format", LINE);
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    root.addHandler(console);
    root.setLevel(Level.WARNING);
    AGRIPPA.setLevel(level);
    SERVER.setLevel(Level.OFF);
    COLLECTORS.setLevel(Level.OFF);
  }

  /// Held, since the logging library forgets the settings of loggers that nobody holds.
  private static final Logger AGRIPPA = Logger.getLogger("agrippa");

  /// Shows a stack trace for an address that is taken, which `WebServer` reports in a sentence.
  private static final Logger SERVER = Logger.getLogger("io.helidon.webserver.LoomServer");

  /// Tells of every request that a collector did not take, which `MetricsPush` does once.
  private static final Logger COLLECTORS = Logger.getLogger("io.opentelemetry.exporter");
}
