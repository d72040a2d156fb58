package agrippa.launcher;

import agrippa.cloud.compute.ServerDriver.DriverException;
import agrippa.cloud.compute.container.ContainerDriver;
import agrippa.cloud.fabric.Fabric;
import agrippa.cloud.fabric.FabricException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What an Agrippa that runs no more has left in the kernel and on the disk.
final class Leftovers {
  private Leftovers() {}

  /// Ends all servers, and removes all networks from the kernel. What is stored stays.
  ///
  /// @throws UserError if the kernel refuses
  static void remove(Path folder) {
    try {
      ContainerDriver.removeAll(new StateFolder(folder).servers());
    } catch (DriverException e) {
      throw new UserError(e.getMessage() + ": " + List.of(e.getSuppressed()), e);
    } finally {
      removeNetworks(folder);
    }
  }

  private static void removeNetworks(Path folder) {
    try {
      new Fabric(folder).removeAll();
    } catch (FabricException e) {
      throw new UserError(e.getMessage() + "; removing networks and servers needs root", e);
    }
  }

  /// Deletes a folder and everything in it.
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
