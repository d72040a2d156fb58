package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A machine, emulated by QEMU, with Debian's kernel, which speaks SCTP where this one's does not.
/// It has the files of this machine, read only, and no network but its loopback.
final class SctpMachine {
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");
  private static final Path BUSYBOX = Path.of("/usr/bin/busybox");

  /// In this order.
  private static final List<String> MODULES =
      List.of(
          "virtio_ring",
          "virtio",
          "virtio_pci_modern_dev",
          "virtio_pci_legacy_dev",
          "virtio_pci",
          "netfs",
          "fscache",
          "9pnet",
          "9pnet_virtio",
          "9p",
          "crc32c_generic",
          "libcrc32c",
          "udp_tunnel",
          "ip6_udp_tunnel",
          "sctp");

  private final Path folder;

  /// @param folder where its kernel is kept
  SctpMachine(Path folder) {
    this.folder = folder;
  }

  /// What is not on this machine to make another of, or an empty text.
  static String missing() {
    if (!System.getProperty("os.arch").equals("amd64")) {
      return "another machine of this kind";
    }
    return Stream.of(QEMU, BUSYBOX, Path.of("/usr/bin/dpkg-deb"), Path.of("/usr/bin/apt-get"))
        .filter(it -> !Files.isExecutable(it))
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  /// Runs a command there, as root.
  ///
  /// @return all that the machine printed
  String run(String command) throws Exception {
    Path kernel = kernel();
    Path files = Files.createTempDirectory(folder, "files");
    for (String each : List.of("bin", "modules", "proc", "dev", "host")) {
      Files.createDirectory(files.resolve(each));
    }
    Files.copy(BUSYBOX, files.resolve("bin/busybox"));
    Files.writeString(files.resolve("command"), command);
    Files.writeString(files.resolve("modules/order"), String.join("\n", MODULES));
    for (String each : MODULES) {
      Files.copy(module(kernel, each), files.resolve("modules/" + each + ".ko"));
    }
    try (InputStream init = SctpMachine.class.getResourceAsStream("/sctp/init")) {
      Files.copy(Objects.requireNonNull(init), files.resolve("init"));
    }
    shell("chmod +x '%s/init'".formatted(files));
    Path image = folder.resolve(files.getFileName() + ".gz");
    shell("cd '%s' && find . | busybox cpio -o -H newc | gzip -1 >'%s'".formatted(files, image));
    return boot(kernel, image);
  }

  private static String boot(Path kernel, Path image) throws Exception {
    Path boot;
    try (Stream<Path> all = Files.list(kernel.resolve("boot"))) {
      boot =
          all.filter(it -> it.getFileName().toString().startsWith("vmlinuz"))
              .findAny()
              .orElseThrow();
    }
    List<String> machine =
        List.of(
            QEMU.toString(),
            "-accel",
            // One processor, one thread: code that one writes and another runs, as a JVM's,
            // confuses QEMU.
            "tcg,thread=single",
            "-cpu",
            "max",
            "-m",
            "1024",
            "-nographic",
            "-no-reboot",
            "-nic",
            "none",
            "-kernel",
            boot.toString(),
            "-initrd",
            image.toString(),
            "-append",
            "console=ttyS0 quiet panic=-1",
            "-virtfs",
            "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap");
    return run(machine, 300);
  }

  /// Debian's package of a kernel, unpacked.
  private Path kernel() throws Exception {
    Path unpacked = folder.resolve("kernel");
    if (!Files.exists(unpacked.resolve("complete"))) {
      Files.createDirectories(unpacked);
      String download =
          "cd '%s' && apt-get -q download $(apt-cache depends linux-image-amd64 | awk '/Depends:/{print $2}')"
              .formatted(folder);
      shell("(%s) || (apt-get -q update && %s)".formatted(download, download));
      shell("cd '%s' && dpkg-deb -x linux-image-*.deb kernel".formatted(folder));
      Files.createFile(unpacked.resolve("complete"));
    }
    return unpacked;
  }

  private static Path module(Path kernel, String name) throws IOException {
    try (Stream<Path> all = Files.walk(kernel.resolve("lib/modules"))) {
      return all.filter(it -> it.getFileName().toString().equals(name + ".ko"))
          .findAny()
          .orElseThrow(() -> new AssertionError("the kernel has no module " + name));
    }
  }

  private static void shell(String command) throws Exception {
    run(List.of("sh", "-c", "set -e; " + command), 300);
  }

  private static String run(List<String> command, int seconds) throws Exception {
    Path out = Files.createTempFile("agrippa-machine", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      String said = Files.readString(out, StandardCharsets.ISO_8859_1);
      assertThat(ended).as("it takes too long: %s\n%s", command, said).isTrue();
      assertThat(process.exitValue()).as("%s\n%s", command, said).isZero();
      return said;
    } finally {
      Files.delete(out);
    }
  }
}
