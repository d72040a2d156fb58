package agrippa.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// SCTP, on this machine if it speaks it, else on one that does.
class AssociationsTest {
  private static final String ALL = "contract: 16 passed, 0 failed";

  @Test
  void theContractHolds() throws Exception {
    if (ProxyServer.missingForSctp().isEmpty()) {
      TestExecutionSummary summary = AssociationsRun.run();
      assertThat(summary.getFailures())
          .extracting(it -> it.getTestIdentifier().getDisplayName() + ": " + it.getException())
          .isEmpty();
      assertThat(AssociationsRun.said(summary)).isEqualTo(ALL);
      return;
    }
    assumeTrue(
        System.getenv("CI") != null || SctpMachine.missing().isEmpty(),
        "neither this kernel speaks SCTP, nor can a machine be made that does: needs "
            + SctpMachine.missing()
            + " (Debian: qemu-system-x86, busybox-static)");
    String said = new SctpMachine(Path.of("target").toAbsolutePath()).run(command());
    assertThat(said).as(said).contains(ALL);
  }

  private static String command() {
    return "'%s' -XX:-UsePerfData --enable-native-access=ALL-UNNAMED -Djava.io.tmpdir=/mnt -cp '%s' %s"
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            AssociationsRun.class.getName());
  }
}
