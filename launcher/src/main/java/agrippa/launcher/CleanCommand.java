package agrippa.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `agrippa clean`.
@Command(
    name = "clean",
    description =
        "End the servers and remove the networks that an Agrippa which runs no more left in the"
            + " kernel. What is in its state folder stays, and its next start makes them again.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CleanCommand implements Runnable {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "folder of all state of that Agrippa")
  private Path state = StateFolder.standard();

  @Override
  public void run() {
    FileLock claim = new StateFolder(state).claim();
    try {
      Leftovers.remove(state);
    } finally {
      release(claim);
    }
  }

  private static void release(FileLock claim) {
    try {
      claim.acquiredBy().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
