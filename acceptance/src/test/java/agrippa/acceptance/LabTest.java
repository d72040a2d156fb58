package agrippa.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The well-known use case of a load balancer, typed with the real `openstack` command, SSH and
/// curl, in a network namespace of its own.
class LabTest {
  private static final Pattern NAMESPACE = Pattern.compile("/run/netns/agrippa-lab-\\d+");

  @TempDir private Path state;

  @Test
  void theUseCaseWorksAsItIsWritten() throws Exception {
    Debian.needRoot("only root may make networks and servers in the kernel");
    Debian.need(Map.of("/usr/sbin/ip", "iproute2"));
    Debian.needOpenStackClient();
    Program.Result result =
        Program.run(
            Map.of(),
            List.of(
                Program.home().resolve("agrippa").toString(),
                "lab",
                "--walkthrough",
                "--port",
                "0",
                "--state",
                state.toString()));
    assertThat(result.status()).as(result.output() + result.errors()).isZero();
    assertThat(result.output()).contains("commands did what they should");
    Program.Result clean =
        Program.run(
            Map.of(),
            List.of(
                Program.home().resolve("agrippa").toString(),
                "clean",
                "--state",
                state.toString()));
    assertThat(clean.status()).as(clean.errors()).isZero();
    Matcher own = NAMESPACE.matcher(result.output());
    assertThat(own.find()).as(result.output()).isTrue();
    assertThat(Path.of(own.group())).doesNotExist();
  }
}
