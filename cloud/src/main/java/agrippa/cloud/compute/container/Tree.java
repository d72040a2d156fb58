package agrippa.cloud.compute.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Folders that tenants filled.
final class Tree {
  private static final int MOST_TRIES = 20;

  private Tree() {}

  /// Removes a folder with all that is in it. Paths in it may be longer than the kernel takes, so
  /// this is for a program that walks step by step.
  static void remove(Path folder) throws IOException {
    for (int tries = 0; Files.exists(folder, LinkOption.NOFOLLOW_LINKS); tries++) {
      // Whoever writes a console may write its last words meanwhile.
      if (!removed(folder) && tries == MOST_TRIES) {
        throw new IOException("cannot remove " + folder);
      }
    }
  }

  private static boolean removed(Path folder) throws IOException {
    Process process =
        new ProcessBuilder("rm", "-rf", "--one-file-system", "--", folder.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    try {
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing " + folder, e);
    }
  }
}
