package agrippa.launcher;

import agrippa.launcher.demo.Rehearsal;
import java.nio.file.Path;
import java.util.logging.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `agrippa rehearse`: starts, does a little of everything, and ends; the build runs it once, so
/// that the JVM can record what a start needs (JEP 514).
@Command(name = "rehearse", hidden = true, mixinStandardHelpOptions = true)
final class RehearseCommand implements Runnable {
  @Option(names = "--state", paramLabel = "DIR", required = true)
  private Path state = StateFolder.standard();

  @Override
  public void run() {
    Logs.toStandardError(Level.WARNING);
    try (Agrippa agrippa = Agrippa.start(Settings.of(state, "127.0.0.1", 0))) {
      AdminCredentials admin = agrippa.admin();
      Rehearsal.play(agrippa.url(), admin.user(), admin.password(), admin.project());
    }
  }
}
