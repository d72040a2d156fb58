package agrippa.cloud.compute.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Folders that tenants filled.
final class Tree {
  private Tree() {}

  /// Removes a folder with all that is in it. Paths in it may be longer than the kernel takes, so
  /// this is for a program that walks step by step.
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Process process =
        new ProcessBuilder("rm", "-rf", "--one-file-system", "--", folder.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("cannot remove " + folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing " + folder, e);
    }
  }
}
