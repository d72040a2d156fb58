package agrippa.proxy;

import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.timed;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a table of conversations cannot tell: HAProxy, set up as Octavia does, and the proxy, on
/// both of its transports, do the same with connections that are held, limited, refused or never
/// made, and with clients of many addresses.
class OracleConnectionsTest {
  private static final int CLIENTS = 40;
  private static final int FAIR_SHARE = 4;
  private static final Timeouts SHORT = new Timeouts(30_000, 200, 600, 0);

  @TempDir Path folder;

  /// Does something with a proxy, and says what came of it.
  private interface Asking {
    String of(InetSocketAddress at) throws IOException;
  }

  private record Case(ProxyPlan plan, Asking asking) {
    static Case of(String name, Frontend frontend, Upstream upstream, Asking asking) {
      return new Case(new ProxyPlan(name, List.of(frontend), List.of(upstream)), asking);
    }
  }

  @Test
  void isToldTheSameByHaproxy() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/haproxy")), "HAProxy is not installed");
    try (Fixture epoll = new Fixture(TransportKind.EPOLL);
        Fixture nio = new Fixture(TransportKind.NIO);
        Deaf deaf = new Deaf();
        Haproxy haproxy = new Haproxy(folder);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Case> cases = cases(epoll, deaf);
      for (Case each : cases) {
        haproxy.add(each.plan());
      }
      haproxy.start();
      Map<String, Future<String>> ours = new TreeMap<>();
      Map<String, Future<String>> theirs = new TreeMap<>();
      for (Case each : cases) {
        String name = each.plan().name();
        InetSocketAddress first = epoll.serve(each.plan());
        InetSocketAddress second = nio.serve(each.plan());
        InetSocketAddress other = haproxy.address(name);
        ours.put(name + " on epoll", threads.submit(() -> each.asking().of(first)));
        ours.put(name + " on NIO", threads.submit(() -> each.asking().of(second)));
        theirs.put(name, threads.submit(() -> each.asking().of(other)));
      }
      for (Case each : cases) {
        String name = each.plan().name();
        String told = theirs.get(name).get();
        assertThat(ours.get(name + " on epoll").get()).as(name + " on epoll").isEqualTo(told);
        assertThat(ours.get(name + " on NIO").get()).as(name + " on NIO").isEqualTo(told);
      }
    }
  }

  private static List<Case> cases(Fixture fixture, Deaf deaf) throws IOException {
    Endpoint[] greeting = new Endpoint[3];
    Endpoint[] web = new Endpoint[3];
    for (int i = 0; i < 3; i++) {
      String name = "abc".substring(i, i + 1);
      greeting[i] = endpoint(fixture.add(Backend.talking(name, holding(name))), 1 + i / 2);
      web[i] = endpoint(fixture.add(Backend.http(name)));
    }
    Backend dead = fixture.add(Backend.http("dead"));
    dead.kill();
    Endpoint refusing = endpoint(dead);
    Frontend impatient = timed(frontend(), SHORT);
    Frontend raw = frontend("web", Mode.TCP);
    Upstream least = by(Algorithm.LEAST_CONNECTIONS, pool(greeting));
    Upstream bySource = by(Algorithm.SOURCE_IP, pool(web));
    return List.of(
        Case.of("least", raw, least, OracleConnectionsTest::whomHeldConnectionsGoTo),
        Case.of("source", frontend(), bySource, OracleConnectionsTest::howClientsAreSpread),
        Case.of("limit", limited(frontend(), 2), pool(web[0]), OracleConnectionsTest::whoWaits),
        Case.of("rawLimit", limited(raw, 2), pool(greeting[0]), OracleConnectionsTest::whoWaitsRaw),
        Case.of("oneRefuses", impatient, pool(refusing, web[1]), at -> answers(at, 4)),
        Case.of("allRefuse", impatient, pool(refusing), at -> answers(at, 2)),
        Case.of("rawRefused", timed(raw, SHORT), pool(refusing), OracleConnectionsTest::ending),
        Case.of("oneDeaf", impatient, pool(deaf.endpoint(), web[2]), at -> answers(at, 2)),
        Case.of("allDeaf", impatient, pool(deaf.endpoint()), at -> answers(at, 1)),
        Case.of(
            "rawDeaf", timed(raw, SHORT), pool(deaf.endpoint()), OracleConnectionsTest::ending));
  }

  private static Backend.Conversation holding(String name) {
    return (client, in) -> {
      client.getOutputStream().write(name.getBytes(ISO_8859_1));
      in.read();
    };
  }

  private static String whomHeldConnectionsGoTo(InetSocketAddress at) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    List<Client> held = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        held.add(Client.to(at));
        counts.merge(held.getLast().receive(1), 1, Integer::sum);
      }
    } finally {
      for (Client each : held) {
        each.close();
      }
    }
    return counts.toString();
  }

  /// Which member a client gets is the hash's business; that it stays there is not.
  private static String howClientsAreSpread(InetSocketAddress at) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    boolean stays = true;
    for (int i = 0; i < CLIENTS; i++) {
      String own = "127.0.0." + (10 + i);
      String first = member(own, at);
      stays &= first.equals(member(own, at));
      counts.merge(first, 1, Integer::sum);
    }
    boolean fair = counts.values().stream().allMatch(it -> it >= FAIR_SHARE);
    return "stays: " + stays + ", members: " + counts.keySet() + ", fair: " + fair;
  }

  private static String member(String own, InetSocketAddress at) throws IOException {
    try (Client client = Client.from(own, at)) {
      return client.get("/").body();
    }
  }

  /// Two are served; the third is when one of them is gone. Each comes when the one before has been
  /// answered: several loops accept in any order.
  private static String whoWaits(InetSocketAddress at) throws IOException {
    try (Client first = Client.to(at)) {
      String served = first.get("/").body();
      try (Client second = Client.to(at)) {
        served += second.get("/").body();
        try (Client third = Client.to(at)) {
          third.send("GET / HTTP/1.1\r\nHost: third\r\n\r\n");
          boolean waits = waits(third);
          first.close();
          return served + ", waits: " + waits + ", then " + third.receive().body();
        }
      }
    }
  }

  private static String whoWaitsRaw(InetSocketAddress at) throws IOException {
    try (Client first = Client.to(at)) {
      String served = first.receive(1);
      try (Client second = Client.to(at)) {
        served += second.receive(1);
        try (Client third = Client.to(at)) {
          boolean waits = waits(third);
          first.close();
          return served + ", waits: " + waits + ", then " + third.receive(1);
        }
      }
    }
  }

  private static boolean waits(Client client) throws IOException {
    int patience = client.socket().getSoTimeout();
    client.socket().setSoTimeout(250);
    try {
      client.in().read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      client.socket().setSoTimeout(patience);
    }
  }

  private static String answers(InetSocketAddress at, int count) throws IOException {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Message answer = Client.get(at, "/");
      boolean page = answer.body().contains("</html>");
      answers.add(answer.start().substring(9, 12) + " " + (page ? "page" : answer.body()));
    }
    return answers.toString();
  }

  private static String ending(InetSocketAddress at) throws IOException {
    try (Client client = Client.to(at)) {
      return "ended after [" + client.ending() + "]";
    }
  }

  /// An address where connections are neither taken nor refused: nobody accepts, and the queue of
  /// those who wait to be accepted is full.
  private static final class Deaf implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    private final List<Socket> waiting = new ArrayList<>();

    Deaf() throws IOException {
      boolean room = true;
      while (room) {
        Socket next = new Socket();
        waiting.add(next);
        try {
          next.connect(server.getLocalSocketAddress(), 200);
        } catch (SocketTimeoutException e) {
          room = false;
        }
      }
    }

    Endpoint endpoint() {
      InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
      return new Endpoint("deaf", address, 1, false, true, address);
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket each : waiting) {
        each.close();
      }
    }
  }
}
