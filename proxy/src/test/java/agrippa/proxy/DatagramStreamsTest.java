package agrippa.proxy;

import static agrippa.proxy.Fixture.bound;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.ProxyPlan;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Streams of datagrams through real devices with frames of 1500 bytes, between network namespaces.
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
class DatagramStreamsTest {
  private static final InetSocketAddress IPV4 = new InetSocketAddress(Triangle.VIP, 53);
  private static final InetSocketAddress IPV6 = new InetSocketAddress(Triangle.VIP_IPV6, 53);
  private static final int ROUNDS = 20;
  private static final int BURST = 20;

  @Parameter TransportKind transport;
  private Fixture fixture;
  private Triangle world;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/usr/sbin/ip")),
        "only root may make network namespaces, with iproute2's ip");
    fixture = new Fixture(transport);
    world = new Triangle();
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
    if (world != null) {
      world.close();
    }
  }

  @Test
  void thoseThatFillFramesPass() throws Exception {
    serve("10.9.1.11");
    passes("10.9.0.11", IPV4, 1472);
    serve("fd09:1::11");
    passes("fd09::11", IPV6, 1452);
  }

  /// They are fragments on their way, and the kernel cuts no message into fragments.
  @Test
  void thoseThatAreLongerThanAFramePass() throws Exception {
    serve("10.9.1.11");
    passes("10.9.0.11", IPV4, 2000);
    serve("fd09:1::11");
    passes("fd09::11", IPV6, 2000);
  }

  private void serve(String member) throws IOException {
    ProxyPlan plan =
        new ProxyPlan(
            "plan",
            List.of(bound(frontend("udp", Mode.UDP), IPV4, IPV6)),
            List.of(pool(endpoint(fixture.add(world.datagrams(member, member))))),
            world.balancer());
    assertThat(fixture.proxy.apply(plan).complete()).isTrue();
  }

  /// In bursts that any receive buffer holds, so that none is lost.
  private void passes(String from, InetSocketAddress to, int length) throws IOException {
    List<String> burst =
        IntStream.range(0, BURST)
            .mapToObj(i -> ("=" + i + "-".repeat(length)).substring(0, length))
            .toList();
    try (DatagramSocket client =
        world.clients.within(() -> new DatagramSocket(new InetSocketAddress(from, 0)))) {
      client.connect(to);
      client.setSoTimeout(30_000);
      for (int round = 0; round < ROUNDS; round++) {
        for (String text : burst) {
          client.send(new DatagramPacket(text.getBytes(), length));
        }
        List<String> answers = new ArrayList<>();
        DatagramPacket answer = new DatagramPacket(new byte[4000], 4000);
        for (int i = 0; i < BURST; i++) {
          client.receive(answer);
          answers.add(DatagramBackend.text(answer));
          answer.setLength(4000);
        }
        assertThat(answers).isEqualTo(burst);
      }
    }
  }
}
