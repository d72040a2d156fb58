package agrippa.proxy.balance;

import static agrippa.proxy.balance.BalancerContractTest.NOW;
import static agrippa.proxy.balance.BalancerContractTest.client;
import static agrippa.proxy.balance.BalancerContractTest.disabled;
import static agrippa.proxy.balance.BalancerContractTest.endpoint;
import static agrippa.proxy.balance.BalancerContractTest.named;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.transport.Buffer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PersistenceTest {
  private final Buffer buffer = Buffer.allocate(4096);

  @AfterEach
  void free() {
    buffer.free();
  }

  @Test
  void aClientStaysWhereItWas() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), NOW, null);

    for (int i = 0; i < 10; i++) {
      upstream.choose(client(100 + i), NOW, null);
      assertThat(upstream.choose(client(1), NOW, null)).isSameAs(first);
    }
  }

  @Test
  void aClientMovesForGoodWhenItsEndpointGoesDown() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), NOW, null);

    upstream.health(first, false);
    LiveEndpoint second = upstream.choose(client(1), NOW, null);
    upstream.health(first, true);

    assertThat(second).isNotSameAs(first);
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(second);
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(second);
  }

  @Test
  void aClientMovesWhenItsEndpointCannotBeReached() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), NOW, null);

    LiveEndpoint second = upstream.choose(client(1), NOW, first);

    assertThat(second).isNotSameAs(first);
    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(second);
  }

  @Test
  void weightZeroKeepsItsClientsAndGetsNoNewOnes() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint a = named(upstream, "a");
    int ofA = 0;
    while (upstream.choose(client(ofA), NOW, null) != a) {
      ofA++;
    }

    upstream.update(plan(new Persistence.SourceIp(), endpoint("a", 0), endpoint("b", 1)), null);

    assertThat(upstream.choose(client(ofA), NOW, null)).isSameAs(a);
    for (int i = 1_000; i < 1_100; i++) {
      assertThat(upstream.choose(client(i), NOW, null)).isNotSameAs(a);
    }
  }

  @Test
  void disabledKeepsNobody() {
    LiveUpstream upstream = upstream(new Persistence.SourceIp(), endpoint("a", 1));
    upstream.choose(client(1), NOW, null);

    upstream.update(plan(new Persistence.SourceIp(), disabled("a"), endpoint("b", 1)), null);

    assertThat(upstream.choose(client(1), NOW, null)).isSameAs(named(upstream, "b"));
  }

  @Test
  void theTableIsBoundedAndForgetsTheLeastRecentlyUsed() {
    StickyTable table = new StickyTable(StickyTable.FOREVER);
    LiveEndpoint endpoint = named(upstream(null, endpoint("a", 1)), "a");
    int clients = 3 * StickyTable.CAPACITY;
    for (int i = 0; i < clients; i++) {
      table.put(key(i), endpoint, NOW);
      // Always fresh.
      assertThat(table.find(key(0), NOW, null)).isSameAs(endpoint);
    }

    int known = 0;
    for (int i = 0; i < clients; i++) {
      known += table.find(key(i), NOW, null) == null ? 0 : 1;
    }
    assertThat(known).isEqualTo(StickyTable.CAPACITY);
    assertThat(table.find(key(0), NOW, null)).isSameAs(endpoint);
    assertThat(table.find(key(1), NOW, null)).isNull();
    assertThat(table.find(key(clients - 1), NOW, null)).isSameAs(endpoint);
  }

  @Test
  void aClientThatArrivesOnManyLoopsAtOnceGetsOneEndpoint() throws Exception {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 200; round++) {
        Client client = client(round);
        Set<LiveEndpoint> chosen = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
          threads.submit(
              () -> {
                start.await();
                chosen.add(upstream.choose(client, NOW, null));
                end.countDown();
                return null;
              });
        }
        start.countDown();
        end.await();
        assertThat(chosen).hasSize(1);
      }
    }
  }

  @Test
  void aClientIsForgottenThatIsNotHeardOfForTheTimeout() {
    LiveUpstream upstream =
        upstream(
            new Persistence.SourceIp(Duration.ofSeconds(5), null),
            endpoint("a", 1),
            endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), NOW, null);

    assertThat(upstream.choose(client(1), NOW + 4_999, null)).isSameAs(first);
    upstream.heard(client(1), first, NOW + 9_000);
    assertThat(upstream.choose(client(1), NOW + 13_999, null)).isSameAs(first);
    // Forgotten, so that it is the next one's turn.
    assertThat(upstream.choose(client(1), NOW + 18_999, null)).isNotSameAs(first);
  }

  @Test
  void whoIsHeardOfElsewhereDoesNotMoveBack() {
    LiveUpstream upstream =
        upstream(
            new Persistence.SourceIp(Duration.ofSeconds(5), null),
            endpoint("a", 1),
            endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), NOW, null);
    LiveEndpoint second = upstream.choose(client(1), NOW + 5_000, null);

    upstream.heard(client(1), first, NOW + 9_000);

    assertThat(second).isNotSameAs(first);
    assertThat(upstream.choose(client(1), NOW + 9_999, null)).isSameAs(second);
    assertThat(upstream.choose(client(1), NOW + 14_999, null)).isNotSameAs(second);
  }

  @Test
  void addressesOfOneNetworkAreOneClient() throws Exception {
    LiveUpstream upstream =
        upstream(
            new Persistence.SourceIp(null, InetAddress.ofLiteral("255.255.255.0")),
            endpoint("a", 1),
            endpoint("b", 1));
    Map<Integer, LiveEndpoint> homes = new HashMap<>();
    for (int network = 0; network < 4; network++) {
      for (int host = 0; host < 256; host++) {
        LiveEndpoint chosen = upstream.choose(client(network * 256 + host), NOW, null);
        assertThat(homes.computeIfAbsent(network, _ -> chosen)).isSameAs(chosen);
      }
    }
    // Each network took a turn, and no more than one.
    assertThat(homes.get(0)).isSameAs(homes.get(2)).isNotSameAs(homes.get(1));
    assertThat(homes.get(1)).isSameAs(homes.get(3));
  }

  @Test
  void aMaskOfOneFamilyLeavesTheOtherAlone() {
    LiveUpstream upstream =
        upstream(
            new Persistence.SourceIp(null, InetAddress.ofLiteral("ffff:ffff::")),
            endpoint("a", 1),
            endpoint("b", 1));

    assertThat(upstream.choose(client(1), NOW, null))
        .isNotSameAs(upstream.choose(client(2), NOW, null));
    Client six = new Client(InetAddress.ofLiteral("2001:db8::1").getAddress(), 1);
    Client near = new Client(InetAddress.ofLiteral("2001:db8:7::1").getAddress(), 1);
    LiveEndpoint home = upstream.choose(six, NOW, null);
    assertThat(upstream.choose(near, NOW, null)).isSameAs(home);
  }

  @Test
  void findsEndpointsByInsertedCookie() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      endpoints.add(endpoint("0b6cf2ca-6f1c-4d5b-9b0f-" + i, i % 2));
    }
    LiveUpstream upstream =
        upstream(new Persistence.InsertedCookie("SRV"), endpoints.toArray(Endpoint[]::new));

    for (LiveEndpoint endpoint : upstream.endpoints()) {
      int length = write(endpoint.plan().name());
      assertThat(upstream.named(buffer, 10, 10 + length)).isSameAs(endpoint);
      assertThat(upstream.named(buffer, 10, 10 + length - 1)).isNotSameAs(endpoint);
    }
    assertThat(upstream.named(buffer, 10, 10 + write("unknown"))).isNull();
    assertThat(upstream.named(buffer, 10, 10)).isNull();
  }

  @Test
  void anInsertedCookieOfAnEndpointThatIsDownIsNoGood() {
    LiveUpstream upstream =
        upstream(new Persistence.InsertedCookie("SRV"), endpoint("a", 1), endpoint("b", 1));
    int length = write("a");

    upstream.health(named(upstream, "a"), false);

    assertThat(upstream.named(buffer, 10, 10 + length)).isNull();
  }

  @Test
  void learnsCookies() {
    LiveUpstream upstream =
        upstream(new Persistence.LearntCookie("SESSION"), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint b = named(upstream, "b");
    int length = write("s3cr3t");

    assertThat(upstream.learnt(buffer, 10, 10 + length)).isNull();
    upstream.learn(b, buffer, 10, 10 + length);

    assertThat(upstream.learnt(buffer, 10, 10 + length)).isSameAs(b);
    assertThat(upstream.learnt(buffer, 10, 10 + length - 1)).isNull();
    upstream.health(b, false);
    assertThat(upstream.learnt(buffer, 10, 10 + length)).isNull();
    upstream.health(b, true);
    assertThat(upstream.learnt(buffer, 10, 10 + length)).isSameAs(b);
  }

  @Test
  void onlyTheFirst64BytesOfACookieCount() {
    LiveUpstream upstream = upstream(new Persistence.LearntCookie("SESSION"), endpoint("a", 1));
    String head = "x".repeat(64);

    upstream.learn(named(upstream, "a"), buffer, 10, 10 + write(head + "y"));

    assertThat(upstream.learnt(buffer, 10, 10 + write(head + "zzz"))).isNotNull();
    assertThat(upstream.learnt(buffer, 10, 10 + write("x".repeat(63)))).isNull();
  }

  @Test
  void memorySurvivesPlansUntilPersistenceChanges() {
    Persistence cookie = new Persistence.LearntCookie("SESSION");
    LiveUpstream upstream = upstream(cookie, endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint b = named(upstream, "b");
    int length = write("s3cr3t");
    upstream.learn(b, buffer, 10, 10 + length);

    upstream.update(plan(cookie, endpoint("b", 7), endpoint("c", 1)), null);
    assertThat(upstream.learnt(buffer, 10, 10 + length)).isSameAs(b);

    upstream.update(plan(new Persistence.LearntCookie("OTHER"), endpoint("b", 7)), null);
    assertThat(upstream.learnt(buffer, 10, 10 + length)).isNull();
  }

  private int write(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    buffer.put(10, bytes, 0, bytes.length);
    return bytes.length;
  }

  private static StickyTable.Key key(int client) {
    return new StickyTable.Key(client(client).address());
  }

  private static LiveUpstream upstream(Persistence persistence, Endpoint... endpoints) {
    return new LiveUpstream(plan(persistence, endpoints), null);
  }

  private static Upstream plan(Persistence persistence, Endpoint... endpoints) {
    return new Upstream(
        "upstream",
        Algorithm.ROUND_ROBIN,
        persistence,
        List.of(endpoints),
        null,
        null,
        ProxyProtocol.NONE);
  }
}
