package agrippa.proxy;

import static agrippa.proxy.Fixture.ANY_PORT;
import static agrippa.proxy.Fixture.allowing;
import static agrippa.proxy.Fixture.bound;
import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.sticky;
import static agrippa.proxy.Fixture.timed;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ApplyResult.NotBound;
import agrippa.proxy.ApplyResult.Serving;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxyReport.FrontendState;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.stats.Counters;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Frontends of datagrams, seen from outside.
@ParameterizedClass
@EnumSource(names = {"EPOLL", "NIO"})
class DatagramsTest {
  private static final int LARGEST = 65_507;

  @Parameter TransportKind transport;
  private final List<DatagramClient> clients = new ArrayList<>();
  private Fixture fixture;
  private DatagramBackend a;
  private DatagramBackend b;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport);
    a = fixture.datagrams("a");
    b = fixture.datagrams("b");
  }

  @AfterEach
  void stop() throws IOException {
    clients.forEach(DatagramClient::close);
    fixture.close();
  }

  private static Frontend udp() {
    return frontend("dns", Mode.UDP);
  }

  private DatagramClient client(InetSocketAddress at) throws IOException {
    return client("127.0.0.1", at);
  }

  private DatagramClient client(String host, InetSocketAddress at) throws IOException {
    DatagramClient client = DatagramClient.from(host, at);
    clients.add(client);
    return client;
  }

  /// Who answers so many clients. They stay open, or one might get the port, and so the flow, of
  /// another.
  private Map<String, Integer> names(InetSocketAddress at, int count) throws IOException {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < count; i++) {
      names.merge(client(at).name(), 1, Integer::sum);
    }
    return names;
  }

  @Test
  void turnsAreExactOverAllLoops() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a), endpoint(b))));

    assertThat(names(at, 20)).isEqualTo(Map.of("a", 10, "b", 10));
    Counters counters = fixture.counters("dns");
    assertThat(counters.connectionsTotal()).isEqualTo(20);
    assertThat(counters.connectionsOpen()).isEqualTo(20);
    // Three bytes asked and five answered, more if something was lost and asked again.
    assertThat(counters.bytesIn()).isGreaterThanOrEqualTo(60);
    fixture.await("dns", it -> it.bytesOut() >= 100);
  }

  @Test
  void weightsAreExact() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a, 3), endpoint(b, 1))));

    assertThat(names(at, 40)).isEqualTo(Map.of("a", 30, "b", 10));
  }

  @Test
  void flowsCountAsWorkUnderWay() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(udp(), by(Algorithm.LEAST_CONNECTIONS, pool(endpoint(a), endpoint(b)))));

    assertThat(names(at, 20)).isEqualTo(Map.of("a", 10, "b", 10));
  }

  @Test
  void aClientPortStaysAtItsEndpoint() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a), endpoint(b))));
    DatagramClient one = client(at);
    String mine = one.name();

    for (int i = 0; i < 10; i++) {
      assertThat(one.name()).isEqualTo(mine);
    }
    assertThat(client(at).name()).isNotEqualTo(mine);
    assertThat(fixture.counters("dns").connectionsTotal()).isEqualTo(2);
  }

  @Test
  void sourceIpLooksAtNoPort() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(udp(), by(Algorithm.SOURCE_IP, pool(endpoint(a), endpoint(b)))));

    assertThat(names(at, 10)).hasSize(1);
  }

  @Test
  void sourceIpAndPortKeepsEachPort() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(udp(), by(Algorithm.SOURCE_IP_PORT, pool(endpoint(a), endpoint(b)))));

    Set<String> seen = new HashSet<>();
    // All to one of two for 30 ports: once in 500 million runs.
    for (int i = 0; i < 30; i++) {
      DatagramClient one = client(at);
      String mine = one.name();
      assertThat(one.name()).isEqualTo(mine);
      seen.add(mine);
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void persistenceKeepsAllPortsOfAnAddress() throws Exception {
    Persistence anHour = new Persistence.SourceIp(Duration.ofHours(1), null);
    InetSocketAddress at =
        fixture.serve(plan(udp(), sticky(anHour, pool(endpoint(a), endpoint(b)))));

    assertThat(names(at, 10)).hasSize(1);
    assertThat(client("127.0.0.2", at).name()).isNotEqualTo(client(at).name());
  }

  @Test
  void persistenceForgetsWhoIsNotHeardOf() throws Exception {
    Persistence shortly = new Persistence.SourceIp(Duration.ofMillis(1), null);
    InetSocketAddress at =
        fixture.serve(plan(udp(), sticky(shortly, pool(endpoint(a), endpoint(b)))));
    DatagramClient first = client(at);
    String home = first.name();

    // Whoever comes within the same millisecond is sent there, too; the next one is not.
    String other = home;
    for (int i = 0; i < 1_000 && other.equals(home); i++) {
      other = client(at).name();
    }
    assertThat(other).isNotEqualTo(home);
    assertThat(first.name()).isEqualTo(home);
  }

  @Test
  void persistenceTakesANetworkForOneClient() throws Exception {
    Persistence networks =
        new Persistence.SourceIp(Duration.ofHours(1), InetAddress.ofLiteral("255.255.255.0"));
    InetSocketAddress at =
        fixture.serve(plan(udp(), sticky(networks, pool(endpoint(a), endpoint(b)))));
    String home = client("127.0.1.1", at).name();

    for (int host = 2; host < 8; host++) {
      assertThat(client("127.0.1." + host, at).name()).isEqualTo(home);
    }
    assertThat(client("127.0.2.1", at).name()).isNotEqualTo(home);
  }

  @Test
  void flowsOfARemovedEndpointMoveAndOthersDoNotNotice() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a), endpoint(b))));
    DatagramClient one = client(at);
    DatagramClient two = client(at);
    String first = one.name();
    String second = two.name();
    DatagramBackend stays = second.equals("a") ? a : b;
    Set<SocketAddress> before = Set.copyOf(stays.peers());

    fixture.proxy.apply(plan(udp(), pool(endpoint(stays))));

    assertThat(fixture.counters("dns").connectionsOpen()).isOne();
    assertThat(two.name()).isEqualTo(second);
    assertThat(stays.peers()).isEqualTo(before);
    assertThat(one.name()).isEqualTo(second).isNotEqualTo(first);
  }

  @Test
  void weightZeroKeepsItsFlowsAndGetsNoNewOnes() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));
    DatagramClient one = client(at);
    assertThat(one.name()).isEqualTo("a");

    fixture.proxy.apply(plan(udp(), pool(endpoint(a, 0), endpoint(b))));

    assertThat(one.name()).isEqualTo("a");
    assertThat(names(at, 6)).isEqualTo(Map.of("b", 6));
  }

  @Test
  void planChangesInterruptNoFlow() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));
    DatagramClient one = client(at);
    assertThat(one.name()).isEqualTo("a");
    Set<SocketAddress> before = Set.copyOf(a.peers());

    for (int i = 1; i <= 5; i++) {
      ProxyPlan changed =
          new ProxyPlan(
              "plan",
              List.of(limited(udp(), 100 + i), frontend("other" + i, Mode.UDP)),
              List.of(by(Algorithm.SOURCE_IP, pool(endpoint(a, i), endpoint(b)))));
      assertThat(fixture.proxy.apply(changed).complete()).isTrue();
      assertThat(one.name()).isEqualTo("a");
    }
    assertThat(a.peers()).isEqualTo(before);
    assertThat(fixture.counters("dns").connectionsTotal()).isOne();
  }

  @Test
  void flowsLeaveAnEndpointThatRefusesItsCheck() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(udp(), checked(new Check.Probe.Datagram(), pool(endpoint(a), endpoint(b)))));
    DatagramClient one = client(at);
    DatagramClient two = client(at);
    assertThat(List.of(one.name(), two.name())).containsExactlyInAnyOrder("a", "b");

    a.kill();
    fixture.await("a", EndpointState.DOWN);
    assertThat(names(at, 6)).isEqualTo(Map.of("b", 6));
    assertThat(List.of(one.name(), two.name())).containsExactly("b", "b");

    a.revive();
    fixture.await("a", EndpointState.UP);
    assertThat(names(at, 6)).isEqualTo(Map.of("a", 3, "b", 3));
  }

  @Test
  void endpointsMayBeWatchedByHttp() throws Exception {
    Backend page = fixture.http("page");
    Endpoint watched = new Endpoint(a.name(), a.address(), 1, false, true, page.address());
    Check.Probe http =
        new Check.Probe.Http(
            false, "GET", "/", "1.0", null, List.of(new Check.StatusRange(200, 200)));
    InetSocketAddress at = fixture.serve(plan(udp(), checked(http, pool(watched))));
    assertThat(client(at).name()).isEqualTo("a");

    page.kill();
    fixture.await("a", EndpointState.DOWN);

    assertThat(client(at).hearsNothing()).isTrue();
    page.revive();
    fixture.await("a", EndpointState.UP);
    assertThat(client(at).name()).isEqualTo("a");
  }

  @Test
  void whatIsRefusedGoesElsewhereNextTime() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a), endpoint(b))));
    DatagramClient one = client(at);
    assertThat(one.name()).isEqualTo("a");

    a.kill();

    assertThat(one.name()).isEqualTo("b");
  }

  @Test
  void theLargestDatagramPasses() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));
    String large = "=".repeat(LARGEST - 1) + "!";

    assertThat(client(at).echo(large)).isEqualTo(large);
  }

  @Test
  void servesEveryAddressOfItsPlan() throws Exception {
    Frontend twice =
        bound(
            udp(),
            ANY_PORT,
            new InetSocketAddress("127.0.0.9", 0),
            new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));

    ApplyResult result = fixture.proxy.apply(plan(twice, pool(endpoint(a))));

    List<InetSocketAddress> addresses = ((Serving) result.frontends().get("dns")).addresses();
    assertThat(addresses).hasSize(3);
    // A client hears only of the address that it asked.
    assertThat(client(addresses.get(0)).name()).isEqualTo("a");
    assertThat(client(addresses.get(1)).name()).isEqualTo("a");
    assertThat(client("::1", addresses.get(2)).name()).isEqualTo("a");
  }

  @Test
  void whoIsNotAllowedHearsNothing() throws Exception {
    Frontend dns = allowing(udp(), "127.0.1.0/24");
    InetSocketAddress at = fixture.serve(plan(dns, pool(endpoint(a))));
    DatagramClient inside = client("127.0.1.7", at);
    assertThat(inside.name()).isEqualTo("a");
    assertThat(client("127.0.2.7", at).hearsNothing()).isTrue();

    fixture.proxy.apply(plan(allowing(udp(), "127.0.2.0/24"), pool(endpoint(a))));

    assertThat(inside.hearsNothing()).isTrue();
    assertThat(client("127.0.2.7", at).name()).isEqualTo("a");
    assertThat(fixture.counters("dns").connectionsTotal()).isEqualTo(2);
  }

  @Test
  void withoutAnEndpointNobodyHearsAnything() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a, 0))));

    assertThat(client(at).hearsNothing()).isTrue();
    assertThat(fixture.counters("dns").connectionsTotal()).isZero();
  }

  @Test
  void beyondTheLimitNobodyHearsAnything() throws Exception {
    InetSocketAddress at = fixture.serve(plan(limited(udp(), 2), pool(endpoint(a))));
    DatagramClient one = client(at);
    one.name();
    client(at).name();
    DatagramClient third = client(at);
    assertThat(third.hearsNothing()).isTrue();
    assertThat(fixture.proxy.observe("plan").orElseThrow().frontends().get("dns").state())
        .isEqualTo(FrontendState.FULL);
    assertThat(one.name()).isEqualTo("a");

    fixture.proxy.apply(plan(limited(udp(), 3), pool(endpoint(a))));

    assertThat(third.name()).isEqualTo("a");
  }

  @Test
  void theLeastRecentlyUsedFlowGivesWay() throws Exception {
    fixture.close();
    fixture =
        new Fixture(ProxySettings.standard().withLoops(1).withTransport(transport).withFlows(4));
    a = fixture.datagrams("a");
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));
    DatagramClient first = client(at);
    first.name();

    assertThat(names(at, 9)).isEqualTo(Map.of("a", 9));
    assertThat(fixture.counters("dns").connectionsOpen()).isEqualTo(4);
    assertThat(first.name()).isEqualTo("a");
    assertThat(fixture.counters("dns").connectionsTotal()).isEqualTo(11);
  }

  @Test
  void aSilentFlowEnds() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(timed(udp(), new Timeouts(100, 0, 0, 0)), pool(endpoint(a))));
    DatagramClient one = client(at);
    assertThat(one.name()).isEqualTo("a");

    fixture.awaitConnections("dns", 0);

    assertThat(one.name()).isEqualTo("a");
    assertThat(fixture.counters("dns").connectionsTotal()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void connectionsAndDatagramsShareAPort() throws Exception {
    Backend web = fixture.http("web");
    InetSocketAddress at =
        fixture.serve(plan(frontend("web", Mode.HTTP), pool(endpoint(web))), "web");
    ProxyPlan both =
        new ProxyPlan(
            "plan",
            List.of(frontend("web", Mode.HTTP), forwarding(bound(udp(), at), "names")),
            List.of(pool(endpoint(web)), pool("names", endpoint(a))));

    assertThat(fixture.serve(both, "dns")).isEqualTo(at);

    assertThat(Client.get(at, "/").body()).isEqualTo("web");
    assertThat(client(at).name()).isEqualTo("a");
  }

  @Test
  void aFrontendOfConnectionsBecomesOneOfDatagrams() throws Exception {
    Backend web = fixture.http("dns");
    // Of an address of its own, so that nobody else's datagrams come to the port that is found.
    Frontend http = bound(frontend("dns", Mode.HTTP), new InetSocketAddress("127.0.53.1", 0));
    InetSocketAddress at = fixture.serve(plan(http, pool(endpoint(web))), "dns");
    assertThat(Client.get(at, "/").body()).isEqualTo("dns");

    fixture.serve(plan(bound(udp(), at), pool(endpoint(a))), "dns");

    assertThat(client(at).name()).isEqualTo("a");
  }

  @Test
  void twoFrontendsNeverShareAnAddress() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));

    ApplyResult second =
        fixture.proxy.apply(
            new ProxyPlan("second", List.of(bound(udp(), at)), List.of(pool(endpoint(b)))));

    NotBound outcome = (NotBound) second.frontends().get("dns");
    assertThat(outcome.reason())
        .startsWith("127.0.0.1:" + at.getPort() + ": ")
        .containsIgnoringCase("in use");
    assertThat(names(at, 4)).isEqualTo(Map.of("a", 4));
  }

  @Test
  void aRemovedFrontendFreesItsAddress() throws Exception {
    InetSocketAddress at = fixture.serve(plan(udp(), pool(endpoint(a))));
    client(at).name();

    fixture.proxy.remove("plan");

    try (DatagramSocket mine = new DatagramSocket(at)) {
      assertThat(mine.getLocalPort()).isEqualTo(at.getPort());
    }
    assertThat(fixture.serve(plan(bound(udp(), at), pool(endpoint(b))))).isEqualTo(at);
    assertThat(client(at).name()).isEqualTo("b");
  }

  @Test
  void aWildcardIsRefused() {
    Frontend everywhere = bound(udp(), new InetSocketAddress("0.0.0.0", 0));

    ApplyResult result = fixture.proxy.apply(plan(everywhere, pool(endpoint(a))));

    assertThat(((NotBound) result.frontends().get("dns")).reason())
        .isEqualTo("0.0.0.0:0: datagrams need a certain address");
  }

  private static Frontend forwarding(Frontend f, String upstream) {
    return FrontendDraft.of(f, it -> it.defaultUpstream = upstream);
  }
}
