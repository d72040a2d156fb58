package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Programs that are newer than this machine's: scripts of Debian 13, unpacked and not installed.
/// What they need besides comes from the machine. Where the packages cannot be had the test is
/// skipped, and says why; where `CI` is set nothing is skipped.
final class DebianThirteen {
  private static final List<String> SDK =
      List.of(
          "python3-openstacksdk",
          "python3-keystoneauth1",
          "python3-os-service-types",
          "python3-platformdirs",
          "python3-typing-extensions");
  private static final String SOURCE =
      "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s trixie main%n";
  private static final String MODULES = "usr/lib/python3/dist-packages";

  private DebianThirteen() {}

  /// The current openstacksdk and Ansible's collection `openstack.cloud`, which needs it.
  ///
  /// @return where Python finds both, by `PYTHONPATH`
  static synchronized Path modules() throws Exception {
    // It is compiled, so the machine's own serves.
    Debian.need(Map.of("/usr/lib/python3/dist-packages/psutil", "python3-psutil"));
    List<String> packages = new ArrayList<>(SDK);
    packages.add("ansible");
    return unpacked("python", packages).resolve(MODULES);
  }

  /// testssl.sh, of a version that grades.
  ///
  /// @return its folder, with `usr/bin/testssl`, and its data in `etc/testssl`
  static synchronized Path testssl() throws Exception {
    return unpacked("testssl", List.of("testssl.sh"));
  }

  private static Path unpacked(String name, List<String> packages) throws Exception {
    Path folder = Program.home().resolve("acceptance/target/debian-13").resolve(name);
    Path complete = folder.resolve("complete");
    if (!Files.exists(complete)) {
      fetch(folder.resolve("apt"), packages);
      unpack(folder.resolve("apt"), folder);
      Files.createFile(complete);
    }
    return folder;
  }

  private static void fetch(Path apt, List<String> packages)
      throws IOException, InterruptedException {
    for (String each : List.of("lists/partial", "cache/archives/partial")) {
      Files.createDirectories(apt.resolve(each));
    }
    Files.writeString(apt.resolve("sources.list"), SOURCE.formatted(mirror()));
    Files.writeString(apt.resolve("status"), "");
    run(apt, "update", List.of());
    run(apt, "download", packages);
  }

  /// Where this machine has its own packages from.
  private static String mirror() throws IOException, InterruptedException {
    Program.Result targets =
        Program.run(
            Map.of(),
            List.of(
                "apt-get",
                "indextargets",
                "--format",
                "$(REPO_URI)",
                "Created-By: Packages",
                "Label: Debian",
                "Component: main"));
    return targets.output().lines().findFirst().orElseGet(() -> unavailable("no mirror of Debian"));
  }

  private static String unavailable(String why) {
    String reason = "packages of Debian 13 cannot be had: " + why;
    if (System.getenv("CI") != null) {
      throw new IllegalStateException(reason);
    }
    return abort(reason);
  }

  /// Beside the machine's own lists of packages, which stay as they are.
  private static void run(Path apt, String verb, List<String> arguments)
      throws IOException, InterruptedException {
    String options =
        Stream.of(
                "Dir::Etc::sourcelist=" + apt.resolve("sources.list"),
                "Dir::Etc::sourceparts=-",
                "Dir::State::lists=" + apt.resolve("lists"),
                "Dir::State::status=" + apt.resolve("status"),
                "Dir::Cache=" + apt.resolve("cache"),
                "APT::Sandbox::User=" + System.getProperty("user.name"),
                "Acquire::Retries=3")
            .map(it -> "-o '" + it + "' ")
            .reduce("", String::concat);
    String command = "cd '%s' && apt-get -q %s %s ".formatted(apt, options, verb);
    Program.Result result =
        Program.run(Map.of(), List.of("sh", "-c", command + String.join(" ", arguments)));
    if (result.status() != 0) {
      unavailable(result.output() + result.errors());
    }
  }

  /// Of Ansible, which is large, only the one collection.
  private static void unpack(Path apt, Path folder) throws IOException, InterruptedException {
    try (Stream<Path> files = Files.list(apt)) {
      for (Path it : files.filter(file -> file.toString().endsWith(".deb")).toList()) {
        String part =
            it.getFileName().toString().startsWith("ansible_")
                ? "./" + MODULES + "/ansible_collections/openstack"
                : ".";
        String command =
            "dpkg-deb --fsys-tarfile '%s' | tar -x -C '%s' %s".formatted(it, folder, part);
        Program.Result result = Program.run(Map.of(), List.of("sh", "-c", command));
        assertThat(result.status()).as(result.errors()).isZero();
      }
    }
  }
}
