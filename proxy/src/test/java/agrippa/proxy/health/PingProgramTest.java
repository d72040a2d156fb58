package agrippa.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.EverybodyComesHome;
import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EverybodyComesHome.class)
class PingProgramTest {
  private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.7");

  @Test
  void isCalledWithAFixedArgumentList() {
    assertThat(new Ping.Program("/bin/ping", 1).arguments(THERE, NetworkNamespace.OWN))
        .containsExactly("/bin/ping", "-q", "-n", "-c", "1", "-w", "1", "192.0.2.7");
  }

  @Test
  void failsIfItSaysSo() {
    assertThatThrownBy(
            () ->
                new Ping.Program("/bin/false", 1)
                    .echo(InetAddress.getLoopbackAddress(), NetworkNamespace.OWN))
        .isInstanceOf(IOException.class)
        .hasMessage("no echo reply");
  }

  @Test
  void looksInANetworkNamespace() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Files.exists(Path.of("/usr/sbin/ip"))
            && Ping.Program.find().isPresent(),
        "only root may make network namespaces; Debian: iproute2, iputils-ping");
    String name = "agrippa-test-" + UUID.randomUUID();
    ip("netns", "add", name);
    try (NetworkNamespace namespace = NetworkNamespace.open(Path.of("/run/netns", name))) {
      ip("-netns", name, "link", "set", "lo", "up");
      ip("-netns", name, "addr", "add", THERE.getHostAddress() + "/32", "dev", "lo");
      new Ping.Program(Ping.Program.find().orElseThrow(), 10).echo(THERE, namespace);
    } finally {
      ip("netns", "del", name);
    }
  }

  private static void ip(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.command().addFirst("/usr/sbin/ip");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
