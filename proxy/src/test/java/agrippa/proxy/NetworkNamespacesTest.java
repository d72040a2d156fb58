package agrippa.proxy;

import static agrippa.proxy.Fixture.bound;
import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ApplyResult.NotBound;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// One proxy serves worlds that know nothing of each other and have the same addresses.
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
@ExtendWith(EverybodyComesHome.class)
class NetworkNamespacesTest {
  private static final InetSocketAddress VIP = new InetSocketAddress("127.0.0.1", 80);

  @Parameter TransportKind transport;
  private Fixture fixture;
  private World red;
  private World blue;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) && Files.exists(Path.of("/usr/sbin/ip")),
        "only root may make network namespaces, with iproute2's ip");
    fixture = new Fixture(transport);
    red = new World("red");
    blue = new World("blue");
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      red.close();
      blue.close();
      fixture.close();
    }
  }

  @Test
  void theSameAddressServesSeveralWorlds() throws Exception {
    red.serve(red.http());
    blue.serve(blue.http());
    assertThat(red.get()).isEqualTo("red");
    assertThat(blue.get()).isEqualTo("blue");
    assertThatThrownBy(() -> Client.get(VIP, "/")).isInstanceOf(ConnectException.class);
    fixture.proxy.remove("red");
    assertThatThrownBy(() -> red.get()).isInstanceOf(IOException.class);
    assertThat(blue.get()).isEqualTo("blue");
  }

  @Test
  void connectionsAndDatagramsAreRelayedThere() throws Exception {
    red.serve(frontend("tcp", Mode.TCP), endpoint(red.http()));
    assertThat(red.get()).isEqualTo("red");
    blue.serve(frontend("udp", Mode.UDP), endpoint(blue.datagrams()));
    red.serve(frontend("udp", Mode.UDP), endpoint(red.datagrams()));
    try (DatagramClient client =
        red.namespace.within(() -> DatagramClient.from("127.0.0.1", VIP))) {
      assertThat(client.name()).isEqualTo("red");
    }
  }

  @Test
  void checksLookThere() throws Exception {
    Backend backend = red.http();
    fixture.serve(
        new ProxyPlan(
            "plan",
            List.of(bound(frontend(), VIP)),
            List.of(checked(new Check.Probe.Connect(), pool(endpoint(backend)))),
            red.file));
    fixture.await("red", EndpointState.UP);
    backend.close();
    fixture.await("red", EndpointState.DOWN);
  }

  @Test
  void aWorldThatIsMadeAnewIsServedAnew() throws Exception {
    red.serve(red.http());
    red.close();
    assertThat(red.apply(frontend(), new Endpoint("x", VIP, 1, false, true, VIP)).frontends())
        .hasEntrySatisfying(
            "web",
            it ->
                assertThat(it)
                    .isInstanceOfSatisfying(
                        NotBound.class, why -> assertThat(why.reason()).contains(red.name)));
    red.make();
    red.serve(red.http());
    assertThat(red.get()).isEqualTo("red");
  }

  /// A network namespace with nothing but a loopback interface.
  private final class World {
    private final String color;
    private final String name;
    private final Path file;
    private NetworkNamespace namespace;

    World(String color) throws Exception {
      this.color = color;
      this.name = "agrippa-test-" + UUID.randomUUID();
      this.file = Path.of("/run/netns", name);
      make();
    }

    void make() throws Exception {
      ip("netns", "add", name);
      ip("-netns", name, "link", "set", "lo", "up");
      namespace = NetworkNamespace.open(file);
    }

    void close() throws Exception {
      namespace.close();
      if (Files.exists(file)) {
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

    Backend http() throws IOException {
      return fixture.add(namespace.within(() -> Backend.http(color)));
    }

    DatagramBackend datagrams() throws IOException {
      return fixture.add(namespace.within(() -> DatagramBackend.named(color)));
    }

    void serve(Backend backend) {
      serve(frontend(), endpoint(backend));
    }

    void serve(Frontend frontend, Endpoint endpoint) {
      ApplyResult result = apply(frontend, endpoint);
      assertThat(result.complete()).as(result.toString()).isTrue();
    }

    ApplyResult apply(Frontend frontend, Endpoint endpoint) {
      return fixture.proxy.apply(
          new ProxyPlan(color, List.of(bound(frontend, VIP)), List.of(pool(endpoint)), file));
    }

    String get() throws IOException {
      return namespace.within(() -> Client.get(VIP, "/")).body();
    }
  }
}
