package agrippa.cloud.image;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import agrippa.model.ProjectId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A small image made of programs of this machine: busybox, which is a whole userland and an HTTP
/// server, dropbear, an SSH server, and what copies files by SSH, with the libraries that they
/// need.
final class DefaultImage {
  static final String NAME = "agrippa-mini";

  /// A property that tells why there is no content yet.
  static final String COMPLAINT = "agrippa_complaint";

  private static final System.Logger LOG = System.getLogger(DefaultImage.class.getName());

  /// What is in it, from where.
  private static final List<Ingredient> PROGRAMS =
      List.of(
          new Ingredient("bin/busybox", Path.of("/bin/busybox"), "busybox-static"),
          new Ingredient("usr/sbin/dropbear", Path.of("/usr/sbin/dropbear"), "dropbear-bin"),
          new Ingredient("usr/bin/dropbearkey", Path.of("/usr/bin/dropbearkey"), "dropbear-bin"),
          new Ingredient("usr/bin/scp", Path.of("/usr/bin/scp"), "openssh-client"),
          // Where dropbear looks for it.
          new Ingredient(
              "usr/lib/sftp-server",
              Path.of("/usr/lib/openssh/sftp-server"),
              "openssh-sftp-server"));

  private static final Map<String, String> FILES =
      Map.of(
          "etc/passwd",
          """
          root:x:0:0:root:/root:/bin/sh
          cirros:x:1000:1000:cirros:/home/cirros:/bin/sh
          nobody:x:65534:65534:nobody:/:/bin/false
          """,
          "etc/group",
          """
          root:x:0:
          tty:x:5:
          cirros:x:1000:
          nogroup:x:65534:
          """,
          "etc/shells",
          "/bin/sh\n",
          "etc/nsswitch.conf",
          "passwd: files\ngroup: files\nhosts: files dns\n",
          "etc/profile",
          "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n",
          "etc/os-release",
          "NAME=\"agrippa-mini\"\nID=agrippa-mini\nPRETTY_NAME=\"Agrippa's mini image\"\n");

  /// A program of this machine's.
  ///
  /// @param name its path in the image
  /// @param debian the package that it is from
  private record Ingredient(String name, Path program, String debian) {}

  private final ImageStore store;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  DefaultImage(ImageStore store, InstantSource clock, Supplier<UUID> ids) {
    this.store = store;
    this.clock = clock;
    this.ids = ids;
  }

  /// Makes it at the first start, or at a later one if there was something missing.
  void make(ProjectId operator) {
    UUID id = store.defaultImage(() -> empty(operator));
    if (store.image(id).filter(it -> it.status() == Image.Status.QUEUED).isEmpty()) {
      return;
    }
    try {
      List<String> missing = missing();
      if (missing.isEmpty()) {
        store.upload(id, new ByteArrayInputStream(archive()));
        complain(id, "");
        LOG.log(INFO, "made the image " + NAME);
      } else {
        complain(id, "needs the Debian packages " + missing + ", and another start of Agrippa");
      }
    } catch (IOException | UncheckedIOException e) {
      complain(id, "cannot be made: " + e.getMessage());
    }
  }

  private Image empty(ProjectId operator) {
    Instant now = clock.instant();
    return new Image(
        ids.get(),
        operator,
        Image.Status.QUEUED,
        new Image.Basics(NAME, "public", "bare", "raw", false, false, 0, 0),
        null,
        List.of(),
        Map.of("os_distro", NAME, "hw_architecture", System.getProperty("os.arch", "")),
        now,
        now);
  }

  private void complain(UUID id, String complaint) {
    if (!complaint.isEmpty()) {
      LOG.log(WARNING, "the image " + NAME + " " + complaint);
    }
    store.change(
        id,
        it -> {
          Map<String, String> properties = new TreeMap<>(it.properties());
          properties.remove(COMPLAINT);
          if (!complaint.isEmpty()) {
            properties.put(COMPLAINT, complaint);
          }
          return it.with(it.basics(), it.tags(), properties, clock.instant());
        });
  }

  /// Debian packages that are not installed.
  private static List<String> missing() {
    return PROGRAMS.stream()
        .filter(it -> !Files.isExecutable(it.program()))
        .map(Ingredient::debian)
        .distinct()
        .toList();
  }

  /// The image's file.
  static byte[] archive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes);
    Map<String, Path> programs = new TreeMap<>();
    for (Ingredient it : PROGRAMS) {
      programs.put(it.name(), it.program());
      // A program that needs none prints none.
      for (String library : libraries(it.program())) {
        programs.put(library.substring(1), Path.of(library));
      }
    }
    for (String folder : folders(programs.keySet())) {
      tar.folder(folder, 0755, 0);
    }
    tar.folder("root", 0700, 0);
    tar.folder("tmp", 01777, 0);
    tar.folder("home/cirros", 0755, 1000);
    for (Map.Entry<String, Path> it : programs.entrySet()) {
      tar.file(it.getKey(), 0755, Files.readAllBytes(it.getValue()));
    }
    for (Map.Entry<String, String> it : new TreeMap<>(FILES).entrySet()) {
      tar.file(it.getKey(), 0644, it.getValue().getBytes(StandardCharsets.US_ASCII));
    }
    tar.file("sbin/init", 0755, init());
    for (String applet : output("/bin/busybox", "--list")) {
      if (!applet.equals("busybox") && !applet.equals("init")) {
        tar.link("bin/" + applet, "busybox");
      }
    }
    tar.end();
    return bytes.toByteArray();
  }

  /// Parents before their children.
  private static TreeSet<String> folders(Iterable<String> files) {
    TreeSet<String> folders =
        new TreeSet<>(
            List.of("bin", "dev", "etc", "etc/dropbear", "home", "proc", "run", "sbin", "sys"));
    folders.addAll(List.of("usr", "usr/bin", "usr/sbin", "var", "var/lib", "var/log", "var/www"));
    for (String file : files) {
      for (int slash = file.indexOf('/'); slash > 0; slash = file.indexOf('/', slash + 1)) {
        folders.add(file.substring(0, slash));
      }
    }
    return folders;
  }

  private static byte[] init() throws IOException {
    try (InputStream in = DefaultImage.class.getResourceAsStream("init.sh")) {
      if (in == null) {
        throw new IllegalStateException("init.sh is not in the program");
      }
      return in.readAllBytes();
    }
  }

  /// Paths of shared libraries, the dynamic linker's among them.
  private static List<String> libraries(Path program) throws IOException {
    return output("ldd", program.toString()).stream()
        .flatMap(line -> Stream.of(line.strip().split("\\s+")))
        .filter(word -> word.startsWith("/"))
        .toList();
  }

  private static List<String> output(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    process.getOutputStream().close();
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      return new ArrayList<>(lines.lines().toList());
    }
  }
}
