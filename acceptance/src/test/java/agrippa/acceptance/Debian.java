package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Programs that Debian packages. As root, what is missing is installed; else the test is skipped,
/// and says why. Where `CI` is set nothing is skipped.
final class Debian {
  private Debian() {}

  /// Makes sure of programs.
  ///
  /// @param programs path of a program, and the package that has it
  static synchronized void need(Map<String, String> programs) throws Exception {
    List<String> missing = new ArrayList<>();
    programs.forEach(
        (program, name) -> {
          if (!Files.exists(Path.of(program))) {
            missing.add(name);
          }
        });
    if (missing.isEmpty()) {
      return;
    }
    needRoot("needs the Debian packages " + missing + ": install them, or run the tests as root");
    List<String> install =
        new ArrayList<>(List.of("apt-get", "install", "-y", "-q", "--no-install-recommends"));
    // Another test, or an upgrade of the machine, may be at it.
    install.addAll(List.of("-o", "DPkg::Lock::Timeout=300"));
    install.addAll(missing);
    Map<String, String> quiet = Map.of("DEBIAN_FRONTEND", "noninteractive");
    Program.run(quiet, List.of("apt-get", "update", "-q"));
    Program.Result result = Program.run(quiet, install);
    assertThat(result.status()).as(result.output() + result.errors()).isZero();
  }

  /// Skips the test unless root runs it.
  ///
  /// @param reason why it is needed
  static void needRoot(String reason) {
    if ("root".equals(System.getProperty("user.name"))) {
      return;
    }
    if (System.getenv("CI") != null) {
      throw new IllegalStateException(reason);
    }
    abort(reason);
  }

  /// Makes sure of programs that are services, and has the packages start none of them.
  ///
  /// @param programs path of a program, and the package that has it
  static synchronized void needWithoutStarting(Map<String, String> programs) throws Exception {
    if (programs.keySet().stream().allMatch(it -> Files.exists(Path.of(it)))) {
      return;
    }
    Path policy = Path.of("/usr/sbin/policy-rc.d");
    boolean ours = Files.isWritable(policy.getParent()) && !Files.exists(policy);
    if (ours) {
      Files.writeString(policy, "#!/bin/sh\nexit 101\n");
      Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    try {
      need(programs);
    } finally {
      if (ours) {
        Files.delete(policy);
      }
    }
  }

  /// The `openstack` command with load balancer and secret commands.
  static void needOpenStackClient() throws Exception {
    need(
        Map.of(
            "/usr/bin/openstack", "python3-openstackclient",
            "/usr/lib/python3/dist-packages/octaviaclient", "python3-octaviaclient",
            "/usr/lib/python3/dist-packages/barbicanclient", "python3-barbicanclient"));
  }
}
