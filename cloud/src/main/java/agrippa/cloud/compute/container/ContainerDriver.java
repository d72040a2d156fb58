package agrippa.cloud.compute.container;

import agrippa.cloud.compute.ServerDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Runs servers as containers: own namespaces of processes, mounts, names and System V's
/// communication beside the network's; an overlay over the image; few rights.
///
/// Everything of a server is in a folder of its own, and in namespaces that end with its first
/// process: no mount of it is ever seen from outside. `launch.sh` and `container.sh` make a
/// container; what tenants say reaches them in files only.
public final class ContainerDriver implements ServerDriver {
  private static final List<String> PROGRAMS =
      List.of("setsid", "nsenter", "unshare", "setpriv", "pivot_root", "mount", "busybox");
  private static final List<String> SCRIPTS = List.of("launch.sh", "container.sh", "console.sh");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration BEAT = Duration.ofMillis(10);
  private static final int LONGEST_COMPLAINT = 400;
  private static final String ROOTS = "roots";

  private final Path folder;
  private final Predicate<UUID> imageExists;
  private final ConcurrentMap<UUID, Process> started = new ConcurrentHashMap<>();

  /// @param folder where servers are kept; readable by its owner only
  /// @param imageExists whether an image is still there, so that what was unpacked of it is kept
  public ContainerDriver(Path folder, Predicate<UUID> imageExists) {
    this.folder = folder.toAbsolutePath();
    this.imageExists = imageExists;
  }

  @Override
  public String type() {
    return "agrippa-container";
  }

  @Override
  public Optional<String> complaint() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("servers are containers, which only root can make: start Agrippa as root");
    }
    List<String> path = List.of(System.getenv().getOrDefault("PATH", "").split(":"));
    List<String> missing =
        PROGRAMS.stream()
            .filter(it -> path.stream().noneMatch(dir -> Files.isExecutable(Path.of(dir, it))))
            .toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "servers need the programs "
                + missing
                + " (Debian packages util-linux, mount and busybox-static)");
  }

  @Override
  public void start(Machine machine) {
    if (running(machine.server()).isPresent()) {
      return;
    }
    try {
      Path root = root(machine);
      ServerFolder server = new ServerFolder(folder.resolve(machine.server().toString()));
      server.prepare(machine, root, Cgroups.make(machine.server(), machine.memory()));
      for (String script : SCRIPTS) {
        install(script);
      }
      launch(machine, server);
    } catch (IOException e) {
      throw new DriverException("The server's files cannot be written: " + e.getMessage(), e);
    }
  }

  /// The image's root file system, unpacked whole or not at all.
  private synchronized Path root(Machine machine) throws IOException {
    Path roots = Files.createDirectories(folder.resolve(ROOTS), ownerOnly());
    Path root = roots.resolve(machine.image().toString());
    if (!Files.isDirectory(root)) {
      Path draft = roots.resolve(machine.image() + ".draft");
      Tree.remove(draft);
      // As the root folder of servers it is for all of their users.
      Files.createDirectory(draft);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
      try {
        RootArchive.unpack(machine.archive(), draft, true);
      } catch (RootArchive.BrokenException e) {
        Tree.remove(draft);
        throw new DriverException(
            "The image is no archive (tar or tar.gz) of a root file system: " + e.getMessage(), e);
      }
      Files.move(draft, root);
    }
    return root;
  }

  static java.nio.file.attribute.FileAttribute<?> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  private void install(String script) throws IOException {
    try (InputStream in = ContainerDriver.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalStateException(script + " is not in the program");
      }
      byte[] text = in.readAllBytes();
      Path file = folder.resolve(script);
      // A shell may be reading it just now.
      if (!Files.exists(file) || !java.util.Arrays.equals(Files.readAllBytes(file), text)) {
        Path draft = Files.write(folder.resolve(script + ".draft"), text);
        Files.move(draft, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private void launch(Machine machine, ServerFolder server) throws IOException {
    ProcessBuilder container =
        new ProcessBuilder(
                "setsid",
                "/bin/sh",
                folder.resolve("launch.sh").toString(),
                server.path().toString(),
                machine.network().toString(),
                folder.resolve("container.sh").toString())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(server.setupLog().toFile()));
    ProcessBuilder console =
        new ProcessBuilder(
                "setsid",
                "/bin/sh",
                folder.resolve("console.sh").toString(),
                server.path().toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = ProcessBuilder.startPipeline(List.of(container, console)).getFirst();
    awaitUp(machine.server(), server, process);
  }

  private void awaitUp(UUID id, ServerFolder server, Process process) throws IOException {
    try {
      for (long left = PATIENCE.dividedBy(BEAT); left > 0 && !server.isUp(); left--) {
        // Also waits for the beat.
        if (process.waitFor(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new DriverException("The server cannot start: " + complaint(server));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriverException("Agrippa ended while the server was starting", e);
    }
    if (!server.isUp()) {
      process.destroyForcibly();
      throw new DriverException("The server was not up within " + PATIENCE.toSeconds() + " s");
    }
    started.put(id, process);
  }

  private static String complaint(ServerFolder server) throws IOException {
    String log =
        new String(Files.readAllBytes(server.setupLog()), StandardCharsets.UTF_8)
            .strip()
            .replaceAll("\\p{Cntrl}+", "; ");
    return log.length() > LONGEST_COMPLAINT ? log.substring(0, LONGEST_COMPLAINT) : log;
  }

  @Override
  public Optional<CompletableFuture<Void>> running(UUID id) {
    return process(folder.resolve(id.toString()))
        .map(
            it -> {
              // The parent of the first process is noticed at once; where an earlier run of this
              // program was the parent, the end is noticed within seconds.
              Process parent = started.get(id);
              CompletableFuture<?> end =
                  parent != null && parent.isAlive() ? parent.onExit() : it.onExit();
              return end.thenAccept(any -> {});
            });
  }

  private static Optional<ProcessHandle> process(Path server) {
    try {
      return Marks.read(server.resolve(ServerFolder.PROCESS)).flatMap(Marks::process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot tell whether " + server + " runs", e);
    }
  }

  @Override
  public void stop(UUID id, Duration patience) {
    end(folder.resolve(id.toString()), patience);
    started.remove(id);
  }

  /// Asks for an end, and makes one. With the first process all others of its namespace end.
  private static void end(Path server, Duration patience) {
    Optional<ProcessHandle> process = process(server);
    if (process.isEmpty()) {
      return;
    }
    if (!endsWhenAsked(server, patience)) {
      process.get().destroyForcibly();
      if (!ends(server, PATIENCE)) {
        throw new DriverException("The server does not end, not even killed");
      }
    }
  }

  /// Asks again and again: a first process that has not said yet what to do when asked does not
  /// even notice.
  private static boolean endsWhenAsked(Path server, Duration patience) {
    for (long left = patience.toSeconds(); left > 0; left--) {
      process(server).ifPresent(ProcessHandle::destroy);
      if (ends(server, Duration.ofSeconds(1))) {
        return true;
      }
    }
    return false;
  }

  private static boolean ends(Path server, Duration patience) {
    try {
      for (long left = patience.dividedBy(BEAT); process(server).isPresent(); left--) {
        if (left <= 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(BEAT.toMillis());
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriverException("Agrippa ended while the server was stopping", e);
    }
  }

  @Override
  public void remove(UUID id) {
    stop(id, Duration.ZERO);
    try {
      remove(folder.resolve(id.toString()));
      removeUnusedRoots();
    } catch (IOException e) {
      throw new DriverException("The server's files cannot be removed: " + e.getMessage(), e);
    }
  }

  private static void remove(Path server) throws IOException {
    for (Path group : new ServerFolder(server).cgroups()) {
      Cgroups.remove(group);
    }
    Tree.remove(server);
  }

  /// Roots of images that are no more, and that no server uses.
  private synchronized void removeUnusedRoots() throws IOException {
    Path roots = folder.resolve(ROOTS);
    if (!Files.isDirectory(roots)) {
      return;
    }
    List<String> used = servers().stream().map(this::image).toList();
    try (Stream<Path> all = Files.list(roots)) {
      for (Path root : all.toList()) {
        Optional<UUID> image = ServerFolder.id(root);
        if (image.isPresent()
            && !imageExists.test(image.get())
            && !used.contains(image.get().toString())) {
          Tree.remove(root);
        }
      }
    }
  }

  private String image(UUID server) {
    return new ServerFolder(folder.resolve(server.toString())).image();
  }

  @Override
  public List<UUID> servers() {
    return servers(folder).stream().flatMap(it -> ServerFolder.id(it).stream()).toList();
  }

  private static List<Path> servers(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(it -> ServerFolder.id(it).isPresent()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the servers of " + folder, e);
    }
  }

  @Override
  public byte[] console(UUID id) {
    return new ServerFolder(folder.resolve(id.toString())).console();
  }

  /// Ends all servers of a folder and removes everything that there is of them, whoever made them
  /// and however that ended. One that resists saves no other.
  ///
  /// @throws DriverException if some are left
  public static void removeAll(Path folder) {
    DriverException failures = new DriverException("cannot remove all servers of " + folder);
    for (Path server : servers(folder.toAbsolutePath())) {
      try {
        end(server, Duration.ZERO);
        remove(server);
      } catch (IOException | UncheckedIOException | DriverException e) {
        failures.addSuppressed(e);
      }
    }
    try {
      Tree.remove(folder.toAbsolutePath());
    } catch (IOException e) {
      failures.addSuppressed(e);
    }
    if (failures.getSuppressed().length > 0) {
      throw failures;
    }
  }
}
