package agrippa.proxy;

import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.sticky;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.FrontendOptions.Path;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The kernel balances as the proxy does, and goes on without it.
@ExtendWith(EverybodyComesHome.class)
class KernelPathTest {
  private static final InetSocketAddress TCP = new InetSocketAddress(Triangle.VIP, 80);
  private static final InetSocketAddress UDP = new InetSocketAddress(Triangle.VIP, 53);

  private Fixture fixture;
  private Triangle world;
  private Backend a;
  private Backend b;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name"))
            && Files.exists(java.nio.file.Path.of("/usr/sbin/nft"))
            && Files.exists(java.nio.file.Path.of("/usr/sbin/conntrack")),
        "only root may make network namespaces; Debian: iproute2, nftables, conntrack");
    fixture =
        new Fixture(
            ProxySettings.standard()
                .withLoops(1)
                .withTransport(TransportKind.BEST)
                .withDrain(Duration.ofMillis(50)));
    world = new Triangle();
    a = fixture.add(world.connections("a", "10.9.1.11"));
    b = fixture.add(world.connections("b", "10.9.1.12"));
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

  private static Frontend frontend(
      String name, Mode mode, InetSocketAddress at, String... allowed) {
    return new Frontend(
        name,
        mode,
        List.of(at),
        null,
        List.of(allowed).stream().map(Cidr::parse).toList(),
        50_000,
        Fixture.TIMEOUTS,
        List.of(),
        null,
        List.of(),
        "pool",
        FrontendOptions.DEFAULT.withPath(Path.KERNEL));
  }

  private void serve(Upstream upstream, Frontend... frontends) {
    fixture.serve(new ProxyPlan("plan", List.of(frontends), List.of(upstream), world.balancer()));
  }

  private void serve(Upstream upstream) {
    serve(upstream, frontend("web", Mode.TCP, TCP));
  }

  private String name(String from) throws IOException {
    try (Client client = world.client(from, TCP)) {
      return client.receive(1);
    }
  }

  private Map<String, Integer> names(int count) throws IOException {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < count; i++) {
      names.merge(name("10.9.0.11"), 1, Integer::sum);
    }
    return names;
  }

  private void speaks(Client client, String text) throws IOException {
    client.send(text);
    assertThat(client.receive(text.length())).isEqualTo(text);
  }

  private String rules() throws Exception {
    return world.ask("nft", "list", "ruleset");
  }

  private boolean forwards() throws Exception {
    return world.ask("cat", "/proc/sys/net/ipv4/ip_forward").strip().equals("1");
  }

  @Test
  void connectionsAreSharedByWeight() throws Exception {
    serve(pool(endpoint(a, 2), endpoint(b)));
    assertThat(names(12)).isEqualTo(Map.of("a", 8, "b", 4));
    assertThat(rules()).contains("10.9.1.11").doesNotContain("web").doesNotContain("pool");
  }

  @Test
  void theKernelGoesOnWithoutTheProxyAndTheNextProxyAdoptsIt() throws Exception {
    serve(pool(endpoint(a)));
    try (Client client = world.client("10.9.0.11", TCP)) {
      assertThat(client.receive(2)).isEqualTo("a ");
      fixture.proxy.close();
      speaks(client, "still there");
      assertThat(name("10.9.0.12")).isEqualTo("a");
      Fixture next = new Fixture(TransportKind.BEST);
      try {
        next.serve(
            new ProxyPlan(
                "plan",
                List.of(frontend("web", Mode.TCP, TCP)),
                List.of(pool(endpoint(b))),
                world.balancer()));
        speaks(client, "and now");
        assertThat(names(3)).isEqualTo(Map.of("b", 3));
        next.proxy.remove("plan");
        assertThat(rules()).isEmpty();
        assertThat(forwards()).isFalse();
      } finally {
        next.close();
      }
    }
  }

  @Test
  void whatWasLeftBehindGoesWithAPlanThatDoesNotWantIt() throws Exception {
    serve(pool(endpoint(a)));
    fixture.proxy.close();
    assertThat(forwards()).isTrue();
    try (Fixture next = new Fixture(TransportKind.BEST)) {
      next.serve(
          new ProxyPlan("plan", List.of(byProxy()), List.of(pool(endpoint(b))), world.balancer()));
      assertThat(rules()).isEmpty();
      assertThat(forwards()).isFalse();
      assertThat(names(2)).isEqualTo(Map.of("b", 2));
    }
  }

  private static Frontend byProxy() {
    return Fixture.optional(frontend("web", Mode.TCP, TCP), FrontendOptions.DEFAULT);
  }

  @Test
  void aClientsAddressDecides() throws Exception {
    Backend c = fixture.add(world.connections("c", "10.9.1.13"));
    serve(by(Algorithm.SOURCE_IP, pool(endpoint(a), endpoint(b), endpoint(c))));
    Map<String, String> homes = new HashMap<>();
    for (String from : List.of("10.9.0.11", "10.9.0.12", "10.9.0.13")) {
      homes.put(from, name(from));
      assertThat(List.of(name(from), name(from))).containsOnly(homes.get(from));
    }
    // Who is at another's home stays there while one is away.
    serve(by(Algorithm.SOURCE_IP, pool(endpoint(a), endpoint(b), Fixture.disabled(c))));
    serve(by(Algorithm.SOURCE_IP, pool(endpoint(a), endpoint(b), endpoint(c))));
    for (Map.Entry<String, String> each : homes.entrySet()) {
      assertThat(name(each.getKey())).isEqualTo(each.getValue());
    }
  }

  @Test
  void portsDecideTooIfTheyShall() throws Exception {
    serve(by(Algorithm.SOURCE_IP_PORT, pool(endpoint(a), endpoint(b))));
    assertThat(names(20)).containsOnlyKeys("a", "b");
  }

  @Test
  void aClientIsKeptWhereItWas() throws Exception {
    serve(sticky(new Persistence.SourceIp(), pool(endpoint(a), endpoint(b))));
    assertThat(names(6)).hasSize(1);
    String home = name("10.9.0.11");
    // Weight 0: only those who are remembered.
    Backend mine = home.equals("a") ? a : b;
    Backend other = mine == a ? b : a;
    serve(sticky(new Persistence.SourceIp(), pool(endpoint(mine, 0), endpoint(other))));
    assertThat(name("10.9.0.11")).isEqualTo(home);
    assertThat(name("10.9.0.12")).isEqualTo(other.name());
    assertThat(name("10.9.0.13")).isEqualTo(other.name());
  }

  @Test
  void addressesOfANetworkMayCountAsOneClient() throws Exception {
    serve(
        sticky(
            new Persistence.SourceIp(Duration.ofMinutes(6), InetAddress.ofLiteral("255.255.255.0")),
            pool(endpoint(a), endpoint(b))));
    Set<String> names = new HashSet<>();
    for (int i = 11; i <= 13; i++) {
      names.add(name("10.9.0." + i));
    }
    assertThat(names).hasSize(1);
  }

  @Test
  void whoIsDownIsLeftOutUntilItIsUpAgain() throws Exception {
    serve(checked(new Check.Probe.Connect(), pool(endpoint(a), endpoint(b))));
    fixture.await("a", EndpointState.UP);
    b.kill();
    fixture.await("b", EndpointState.DOWN);
    assertThat(names(4)).isEqualTo(Map.of("a", 4));
    world.servers.within(
        () -> {
          b.revive();
          return b;
        });
    fixture.await("b", EndpointState.UP);
    assertThat(names(4)).isEqualTo(Map.of("a", 2, "b", 2));
  }

  @Test
  void backupsServeWhenNobodyElseDoes() throws Exception {
    serve(pool(endpoint(a), Fixture.backup(b)));
    assertThat(names(3)).isEqualTo(Map.of("a", 3));
    serve(pool(Fixture.disabled(a), Fixture.backup(b)));
    assertThat(names(3)).isEqualTo(Map.of("b", 3));
  }

  @Test
  void withoutAnybodyTheProxyAnswersAsItDoes() throws Exception {
    serve(pool(Fixture.disabled(a)));
    Client.assertRefused(() -> world.client("10.9.0.11", TCP));
  }

  @Test
  void onlyAllowedNetworksGetIn() throws Exception {
    serve(
        pool(endpoint(a)),
        frontend("web", Mode.TCP, TCP, "10.9.0.11/32", "10.9.0.11/31", "fd09::/64"));
    assertThat(name("10.9.0.11")).isEqualTo("a");
    Client.assertRefused(() -> world.client("10.9.0.12", TCP));
  }

  @Test
  void changesLetConnectionsGoOn() throws Exception {
    serve(pool(endpoint(a)));
    List<Client> clients = new ArrayList<>();
    try {
      clients.add(world.client("10.9.0.11", TCP));
      assertThat(clients.getFirst().receive(2)).isEqualTo("a ");
      serve(pool(endpoint(b)));
      speaks(clients.getFirst(), "its server has gone");
      serve(pool(endpoint(b)), byProxy());
      speaks(clients.getFirst(), "the proxy serves now");
      clients.add(world.client("10.9.0.11", TCP));
      assertThat(clients.getLast().receive(2)).isEqualTo("b ");
      serve(pool(endpoint(a)));
      speaks(clients.getFirst(), "and the kernel again");
      speaks(clients.getLast(), "which leaves the proxy's alone");
      // Only now somebody may end them.
      serve(
          pool(endpoint(a)), frontend("other", Mode.TCP, new InetSocketAddress(Triangle.VIP, 81)));
      awaitEnd(clients.getFirst());
    } finally {
      for (Client each : clients) {
        each.close();
      }
    }
  }

  /// The kernel refuses what comes next, sooner or later.
  private static void awaitEnd(Client client) {
    long end = System.nanoTime() + 30_000_000_000L;
    try {
      while (System.nanoTime() < end) {
        client.send("x");
        if (client.receive(1).isEmpty()) {
          return;
        }
      }
    } catch (IOException e) {
      assertThat(e).hasMessageMatching(".*(reset|Broken pipe).*");
      return;
    }
    throw new AssertionError("it goes on");
  }

  @Test
  void whatTheKernelDoesIsCounted() throws Exception {
    serve(pool(endpoint(a)));
    try (Client client = world.client("10.9.0.11", TCP)) {
      assertThat(client.receive(2)).isEqualTo("a ");
      String text = "x".repeat(10_000);
      speaks(client, text);
      fixture.await("web", it -> it.connectionsOpen() == 1 && it.bytesIn() > 9_900);
      var counters = fixture.counters("web");
      assertThat(counters.connectionsTotal()).isEqualTo(1);
      assertThat(counters.bytesIn()).isBetween(10_000L, 10_100L);
      assertThat(counters.bytesOut()).isBetween(10_002L, 10_100L);
    }
    fixture.await("web", it -> it.connectionsOpen() == 0);
    // What is counted outlives a change.
    serve(pool(endpoint(b)));
    assertThat(name("10.9.0.11")).isEqualTo("b");
    fixture.await("web", it -> it.connectionsTotal() == 2);
    assertThat(fixture.counters("web").bytesIn()).isBetween(10_000L, 10_200L);
  }

  @Test
  void datagramsAreSharedByFlow() throws Exception {
    try (DatagramBackend x = world.datagrams("x", "10.9.1.11");
        DatagramBackend y = world.datagrams("y", "10.9.1.12");
        DatagramClient one = world.datagramClient("10.9.0.11", UDP);
        DatagramClient two = world.datagramClient("10.9.0.11", UDP)) {
      Frontend dns = frontend("dns", Mode.UDP, UDP);
      serve(pool(endpoint(x), endpoint(y)), dns);
      String first = one.name();
      assertThat(Set.of(first, two.name())).containsExactlyInAnyOrder("x", "y");
      assertThat(one.name()).isEqualTo(first);
      assertThat(one.echo("=hello")).isEqualTo("=hello");
      fixture.await("dns", it -> it.connectionsTotal() == 2 && it.bytesIn() == 15);
      // Flows do not end by themselves: those of a server that goes move on.
      serve(first.equals("x") ? pool(endpoint(y)) : pool(endpoint(x)), dns);
      assertThat(one.name()).isEqualTo(first.equals("x") ? "y" : "x");
    }
  }

  @Test
  void theOtherVersionOfIpIsTheSame() throws Exception {
    Backend c = fixture.add(world.connections("c", "fd09:1::11"));
    Backend d = fixture.add(world.connections("d", "fd09:1::12"));
    InetSocketAddress vip = new InetSocketAddress(Triangle.VIP_IPV6, 80);
    serve(pool(endpoint(c), endpoint(d)), frontend("web", Mode.TCP, vip, "fd09::/64"));
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      try (Client client = world.client("fd09::11", vip)) {
        names.add(client.receive(1));
      }
    }
    assertThat(names).containsExactlyInAnyOrder("c", "d");
    fixture.proxy.close();
    try (Client client = world.client("fd09::11", vip)) {
      assertThat(client.receive(1)).isIn("c", "d");
    }
  }

  @Test
  void theLoadBalancerIsNoRouter() throws Exception {
    serve(pool(endpoint(a)));
    try (DatagramBackend x = world.datagrams("x", "10.9.1.11");
        DatagramClient client = world.datagramClient("10.9.0.11", x.address())) {
      assertThat(forwards()).isTrue();
      assertThat(client.hearsNothing()).isTrue();
      assertThat(x.peers()).isEmpty();
    }
  }
}
