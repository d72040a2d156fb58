package agrippa.proxy.balance;

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
import java.util.ArrayList;
import java.util.List;
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
    LiveEndpoint first = upstream.choose(client(1), null);

    for (int i = 0; i < 10; i++) {
      upstream.choose(client(100 + i), null);
      assertThat(upstream.choose(client(1), null)).isSameAs(first);
    }
  }

  @Test
  void aClientMovesForGoodWhenItsEndpointGoesDown() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), null);

    upstream.health(first, false);
    LiveEndpoint second = upstream.choose(client(1), null);
    upstream.health(first, true);

    assertThat(second).isNotSameAs(first);
    assertThat(upstream.choose(client(1), null)).isSameAs(second);
    assertThat(upstream.choose(client(1), null)).isSameAs(second);
  }

  @Test
  void aClientMovesWhenItsEndpointCannotBeReached() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint first = upstream.choose(client(1), null);

    LiveEndpoint second = upstream.choose(client(1), first);

    assertThat(second).isNotSameAs(first);
    assertThat(upstream.choose(client(1), null)).isSameAs(second);
  }

  @Test
  void weightZeroKeepsItsClientsAndGetsNoNewOnes() {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1));
    LiveEndpoint a = named(upstream, "a");
    int ofA = 0;
    while (upstream.choose(client(ofA), null) != a) {
      ofA++;
    }

    upstream.update(plan(new Persistence.SourceIp(), endpoint("a", 0), endpoint("b", 1)), null);

    assertThat(upstream.choose(client(ofA), null)).isSameAs(a);
    for (int i = 1_000; i < 1_100; i++) {
      assertThat(upstream.choose(client(i), null)).isNotSameAs(a);
    }
  }

  @Test
  void disabledKeepsNobody() {
    LiveUpstream upstream = upstream(new Persistence.SourceIp(), endpoint("a", 1));
    upstream.choose(client(1), null);

    upstream.update(plan(new Persistence.SourceIp(), disabled("a"), endpoint("b", 1)), null);

    assertThat(upstream.choose(client(1), null)).isSameAs(named(upstream, "b"));
  }

  @Test
  void theTableIsBoundedAndForgetsTheLeastRecentlyUsed() {
    StickyTable table = new StickyTable();
    LiveEndpoint endpoint = named(upstream(null, endpoint("a", 1)), "a");
    int clients = 3 * StickyTable.CAPACITY;
    for (int i = 0; i < clients; i++) {
      table.put(key(i), endpoint);
      // Always fresh.
      assertThat(table.find(key(0), null)).isSameAs(endpoint);
    }

    int known = 0;
    for (int i = 0; i < clients; i++) {
      known += table.find(key(i), null) == null ? 0 : 1;
    }
    assertThat(known).isEqualTo(StickyTable.CAPACITY);
    assertThat(table.find(key(0), null)).isSameAs(endpoint);
    assertThat(table.find(key(1), null)).isNull();
    assertThat(table.find(key(clients - 1), null)).isSameAs(endpoint);
  }

  @Test
  void aClientThatArrivesOnManyLoopsAtOnceGetsOneEndpoint() throws Exception {
    LiveUpstream upstream =
        upstream(new Persistence.SourceIp(), endpoint("a", 1), endpoint("b", 1), endpoint("c", 1));
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 200; round++) {
        byte[] client = client(round);
        Set<LiveEndpoint> chosen = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(4);
        for (int t = 0; t < 4; t++) {
          threads.submit(
              () -> {
                start.await();
                chosen.add(upstream.choose(client, null));
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
    return new StickyTable.Key(client(client));
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
