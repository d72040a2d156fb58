package agrippa.cloud.fabric;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;

/// What one Agrippa calls its things in the kernel, so that several share a machine.
final class Names {
  /// This process's own namespace.
  static final String OWN = "";

  /// The namespace that holds all bridges.
  static final String FABRIC = "fabric";

  /// Of packet filters.
  static final String TABLE = "agrippa";

  // Where iproute2 keeps them.
  private static final Path FOLDER = Path.of("/run/netns");

  private final String instance;

  /// @param state the folder of all state, which no two Agrippas share
  Names(Path state) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  state.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8));
      this.instance = HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The whole name of a namespace.
  String full(String namespace) {
    return prefix() + namespace;
  }

  private String prefix() {
    return "agrippa-" + instance + "-";
  }

  Path file(String namespace) {
    return FOLDER.resolve(full(namespace));
  }

  /// How this Agrippa's interfaces in its process's own namespace begin.
  String own() {
    return "agr" + instance;
  }

  /// Those that there are.
  Set<String> present() {
    Set<String> present = new TreeSet<>();
    if (!Files.isDirectory(FOLDER)) {
      return present;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER, prefix() + "*")) {
      files.forEach(it -> present.add(it.getFileName().toString().substring(prefix().length())));
      return present;
    } catch (IOException | DirectoryIteratorException e) {
      throw new FabricException("cannot read " + FOLDER, e);
    }
  }
}
