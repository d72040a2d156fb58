package agrippa.cloud.compute.container;

import agrippa.cloud.compute.ServerDriver.Machine;
import agrippa.cloud.compute.ServerDriver.Personality;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// One server's folder:
///
/// - `lower` leads to the image's root, `upper` has what the server changed of it
/// - `config` has what the driver tells the server, which sees it as `/run/agrippa`
/// - `cgroups` names its groups, `process` the marks of its first process
/// - `console.log` is what it said, `setup.log` why it could not start
///
/// What is in `upper` is the tenant's: a link there may lead anywhere, so nothing here follows one.
record ServerFolder(Path path) {
  static final String PROCESS = "process";
  private static final int LONGEST_CONSOLE = 524_288;

  /// The id that a folder is named after, if it is one.
  static Optional<UUID> id(Path folder) {
    String name = folder.getFileName().toString();
    return name.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
        ? Optional.of(UUID.fromString(name))
        : Optional.empty();
  }

  Path setupLog() {
    return path.resolve("setup.log");
  }

  private Path upSign() {
    return path.resolve("started");
  }

  private Path config() {
    return path.resolve("config");
  }

  /// Makes the folder as a start needs it; what the server wrote before stays.
  void prepare(Machine machine, Path root, List<Path> cgroups) throws IOException {
    Files.createDirectories(path, ContainerDriver.ownerOnly());
    Path upper = path.resolve("upper");
    if (!Files.isDirectory(upper)) {
      // The server's root folder, which all of its users may enter.
      Files.createDirectory(upper);
      Files.setPosixFilePermissions(upper, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.createDirectories(path.resolve("work"));
    Files.createDirectories(path.resolve("root"));
    for (Path old : List.of(upSign(), setupLog(), path.resolve(PROCESS), path.resolve("lower"))) {
      Files.deleteIfExists(old);
    }
    Files.createFile(setupLog());
    Files.createSymbolicLink(path.resolve("lower"), root);
    Files.write(path.resolve("cgroups"), cgroups.stream().map(Path::toString).toList());
    configure(machine.hostname(), machine.personality());
  }

  private void configure(String hostname, Personality personality) throws IOException {
    Tree.remove(config());
    Files.createDirectory(config());
    Files.setPosixFilePermissions(config(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(config().resolve("hostname"), hostname + "\n");
    Files.write(config().resolve("hosts"), hosts(hostname, personality.addresses()));
    Files.write(
        config().resolve("resolv.conf"),
        personality.dnsServers().stream().map(it -> "nameserver " + it.getHostAddress()).toList());
    if (personality.publicKey() != null) {
      Files.writeString(config().resolve("authorized_keys"), personality.publicKey() + "\n");
    }
    byte[] userData = personality.userData();
    if (userData != null) {
      Files.write(config().resolve("user_data"), userData);
    }
  }

  private static List<String> hosts(String hostname, List<InetAddress> addresses) {
    List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost", "::1 localhost"));
    List<String> own = addresses.stream().map(InetAddress::getHostAddress).toList();
    (own.isEmpty() ? List.of("127.0.1.1") : own).forEach(it -> lines.add(it + " " + hostname));
    return lines;
  }

  /// Whether the server's first process was reached.
  boolean isUp() throws IOException {
    return Files.exists(upSign()) && Files.size(upSign()) > 0;
  }

  List<Path> cgroups() throws IOException {
    Path file = path.resolve("cgroups");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Path::of).toList()
        : List.of();
  }

  /// The image that it started from; empty if it never did.
  String image() {
    Path lower = path.resolve("lower");
    try {
      return Files.isSymbolicLink(lower)
          ? Files.readSymbolicLink(lower).getFileName().toString()
          : "";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + lower, e);
    }
  }

  /// The end of what it said.
  byte[] console() {
    var text = new java.io.ByteArrayOutputStream();
    for (String name : List.of("console.old", "console.log")) {
      Path file = path.resolve(name);
      try (InputStream in =
          Files.exists(file) ? Files.newInputStream(file) : InputStream.nullInputStream()) {
        text.write(in.readNBytes(2 * LONGEST_CONSOLE));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
    return text.toByteArray();
  }
}
