package agrippa.proxy;

import static agrippa.proxy.Fixture.backup;
import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.disabled;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.plan;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.net.InetSocketAddress;
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

/// Who gets the work, seen from outside.
@Cells
class BalancingTest {
  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private Backend a;
  private Backend b;
  private Backend c;

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(transport, tls);
    a = fixture.http("a");
    b = fixture.http("b");
    c = fixture.http("c");
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void weightsAreExactOverNewConnectionsOnAllLoops() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(pool(endpoint(a, 1), endpoint(b, 2), endpoint(c, 3))));

    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 120; i++) {
      counts.merge(Client.get(at, "/").body(), 1, Integer::sum);
    }

    assertThat(counts).isEqualTo(Map.of("a", 20, "b", 40, "c", 60));
  }

  @Test
  void everyRequestOfAConnectionIsBalanced() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a), endpoint(b), endpoint(c))));

    Map<String, Integer> counts = new HashMap<>();
    try (Client client = Client.to(at)) {
      for (int i = 0; i < 30; i++) {
        counts.merge(client.get("/").body(), 1, Integer::sum);
      }
    }

    assertThat(counts).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
  }

  @Test
  void tcpConnectionsAreBalanced() throws Exception {
    List<Backend> greeters = new ArrayList<>();
    for (String name : List.of("x", "y")) {
      greeters.add(
          fixture.add(
              Backend.talking(
                  name, (client, _) -> client.getOutputStream().write(name.getBytes()))));
    }
    InetSocketAddress at =
        fixture.serve(
            plan(
                frontend("web", Mode.TCP),
                pool(endpoint(greeters.get(0), 3), endpoint(greeters.get(1), 1))));

    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < 40; i++) {
      try (Client client = Client.to(at)) {
        counts.merge(client.receiveAll(), 1, Integer::sum);
      }
    }

    assertThat(counts).isEqualTo(Map.of("x", 30, "y", 10));
  }

  @Test
  void leastConnectionsLooksAtWorkUnderWay() throws Exception {
    Backend echo1 = fixture.add(Backend.talking("1", echo("1")));
    Backend echo2 = fixture.add(Backend.talking("2", echo("2")));
    InetSocketAddress at =
        fixture.serve(
            plan(
                frontend("web", Mode.TCP),
                by(Algorithm.LEAST_CONNECTIONS, pool(endpoint(echo1), endpoint(echo2)))));
    Map<String, Integer> counts = new HashMap<>();
    List<Client> held = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Client client = Client.to(at);
      held.add(client);
      counts.merge(client.receive(1), 1, Integer::sum);
    }

    assertThat(counts).isEqualTo(Map.of("1", 10, "2", 10));
    for (Client client : held) {
      client.close();
    }
  }

  @Test
  void sourceIpKeepsAClientAtItsEndpoint() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(by(Algorithm.SOURCE_IP, pool(endpoint(a), endpoint(b), endpoint(c)))));

    Set<String> seen = new HashSet<>();
    for (int host = 1; host <= 20; host++) {
      Set<String> ofHost = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        try (Client client = Client.from("127.0.1." + host, at)) {
          ofHost.add(client.get("/").body());
        }
      }
      assertThat(ofHost).hasSize(1);
      seen.addAll(ofHost);
    }
    assertThat(seen).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void backupsServeOnlyWhileNothingElseCan() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(checked(new Check.Probe.Connect(), pool(endpoint(a), backup(b), backup(c)))));
    assertThat(bodies(at, 6)).containsOnly("a");

    a.kill();
    fixture.await("a", EndpointState.DOWN);
    assertThat(bodies(at, 6)).containsOnly("b", "c").contains("b", "c");

    a.revive();
    fixture.await("a", EndpointState.UP);
    assertThat(bodies(at, 6)).containsOnly("a");
  }

  @Test
  void weightZeroAndDisabledGetNoNewWork() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a, 0), disabled(b), endpoint(c))));

    assertThat(bodies(at, 10)).containsOnly("c");
  }

  @Test
  void nothingUsableIs503() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a, 0), disabled(b))));

    assertThat(Client.get(at, "/").status()).isEqualTo(503);
  }

  @Test
  void nothingUsableClosesInTcpMode() throws Exception {
    InetSocketAddress at = fixture.serve(plan(frontend("web", Mode.TCP), pool(disabled(a))));

    try (Client client = Client.to(at)) {
      assertThat(client.receiveAll()).isEmpty();
    }
  }

  @Test
  void persistenceBySourceIpOutlivesAWeightOfZero() throws Exception {
    Persistence bySource = new Persistence.SourceIp();
    InetSocketAddress at = fixture.serve(plan(sticky(bySource, pool(endpoint(a), endpoint(b)))));
    String mine = Client.get(at, "/").body();
    assertThat(bodies(at, 10)).containsOnly(mine);

    fixture.proxy.apply(
        plan(
            sticky(
                bySource,
                pool(
                    endpoint(a, mine.equals("a") ? 0 : 1),
                    endpoint(b, mine.equals("b") ? 0 : 1)))));

    assertThat(bodies(at, 10)).containsOnly(mine);
    try (Client other = Client.from("127.0.0.77", at)) {
      assertThat(other.get("/").body()).isNotEqualTo(mine);
    }
  }

  @Test
  void persistenceByInsertedCookie() throws Exception {
    InetSocketAddress at =
        fixture.serve(
            plan(sticky(new Persistence.InsertedCookie("SRV"), pool(endpoint(a), endpoint(b)))));

    Message first = Client.get(at, "/");
    String cookie = first.field("Set-Cookie");
    assertThat(cookie).startsWith("SRV=" + first.body());
    assertThat(first.field("Cache-control")).isEqualTo("private");
    for (int i = 0; i < 6; i++) {
      Message next = Client.get(at, "/", "Cookie: x=1; SRV=" + first.body() + "; y=2");
      assertThat(next.body()).isEqualTo(first.body());
      assertThat(next.field("Set-Cookie")).isNull();
    }
    Backend mine = first.body().equals("a") ? a : b;
    assertThat(mine.requests().getLast().field("Cookie"))
        .contains("x=1", "y=2")
        .doesNotContain("SRV");
  }

  @Test
  void persistenceByLearntCookie() throws Exception {
    List<Backend> shops = new ArrayList<>();
    for (String name : List.of("x", "y")) {
      shops.add(
          fixture.add(
              Backend.http(
                  name,
                  request ->
                      request.field("Cookie") == null
                          ? Backend.ok(name, "Set-Cookie: SESSION=" + name + "-1; Path=/")
                          : Backend.ok(name))));
    }
    InetSocketAddress at =
        fixture.serve(
            plan(
                sticky(
                    new Persistence.LearntCookie("SESSION"),
                    pool(endpoint(shops.get(0)), endpoint(shops.get(1))))));

    Message first = Client.get(at, "/");
    assertThat(first.field("Set-Cookie")).isEqualTo("SESSION=" + first.body() + "-1; Path=/");
    for (int i = 0; i < 6; i++) {
      assertThat(Client.get(at, "/", "Cookie: SESSION=" + first.body() + "-1").body())
          .isEqualTo(first.body());
    }
  }

  @Test
  void aDeadEndpointCostsNoRequest() throws Exception {
    InetSocketAddress at = fixture.serve(plan(pool(endpoint(a), endpoint(b), endpoint(c))));
    assertThat(bodies(at, 3)).containsExactlyInAnyOrder("a", "b", "c");

    b.kill();

    for (int i = 0; i < 12; i++) {
      Message response = Client.get(at, "/");
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.body()).isNotEqualTo("b");
    }
  }

  @Test
  void healthIsObserved() throws Exception {
    fixture.serve(
        plan(
            checked(
                new Check.Probe.Http(
                    false, "GET", "/", "1.0", null, List.of(new Check.StatusRange(200, 200))),
                pool(endpoint(a), endpoint(b, 0), disabled(c)))));

    a.kill();
    b.kill();
    fixture.await("a", EndpointState.DOWN);
    fixture.await("b", EndpointState.DOWN);
    a.revive();
    b.revive();
    fixture.await("a", EndpointState.UP);
    fixture.await("b", EndpointState.DRAIN);
    assertThat(fixture.state("plan", "pool", "c")).isEqualTo(EndpointState.MAINT);
    ProxyReport.CheckReport last =
        fixture
            .proxy
            .observe("plan")
            .orElseThrow()
            .upstreams()
            .get("pool")
            .endpoints()
            .get("a")
            .check();
    assertThat(last.passed()).isTrue();
    assertThat(last.detail()).isEqualTo("status 200");

    fixture.proxy.apply(plan(pool(endpoint(a), endpoint(b, 0), disabled(c))));
    assertThat(fixture.state("plan", "pool", "a")).isEqualTo(EndpointState.NO_CHECK);
  }

  @Test
  void whatIsDownStaysDownWhenAPlanChangesSomethingElse() throws Exception {
    InetSocketAddress at =
        fixture.serve(plan(checked(new Check.Probe.Connect(), pool(endpoint(a), endpoint(b)))));
    a.kill();
    fixture.await("a", EndpointState.DOWN);

    fixture.proxy.apply(
        plan(checked(new Check.Probe.Connect(), pool(endpoint(a, 9), endpoint(b), endpoint(c)))));

    assertThat(fixture.state("plan", "pool", "a")).isEqualTo(EndpointState.DOWN);
    assertThat(bodies(at, 10)).containsOnly("b", "c");
  }

  private static Backend.Conversation echo(String greeting) {
    return (client, in) -> {
      client.getOutputStream().write(greeting.getBytes());
      in.transferTo(client.getOutputStream());
    };
  }

  private static List<String> bodies(InetSocketAddress at, int count) throws IOException {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bodies.add(Client.get(at, "/").body());
    }
    return bodies;
  }
}
