package agrippa.proxy.session;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.journal.Journal;
import agrippa.proxy.journal.Journals;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Journaling;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.Match.Subject;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Route.Action;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.Channel;
import agrippa.proxy.transport.DatagramLink;
import agrippa.proxy.transport.DatagramPort;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.Handler;
import agrippa.proxy.transport.PeerAddress;
import agrippa.proxy.transport.TlsInfo;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The hot path makes no garbage: requests with routes, edits and cookies over pooled connections.
class AllocationTest {
  private static final int WARM_UP = 50_000;
  private static final int MEASURED = 50_000;

  /// A peer that says the same each time it is asked, and forgets what it is told.
  private static final class Parrot implements Channel {
    private final EventLoop loop;
    private final byte[] says;
    private final InetSocketAddress address = new InetSocketAddress("192.0.2.1", 80);
    private Handler handler;
    private boolean asked;
    private long heard;

    Parrot(EventLoop loop, String says) {
      this.loop = loop;
      this.says = says.getBytes(ISO_8859_1);
    }

    void speak() {
      asked = true;
      handler.readable(this);
    }

    @Override
    public int read(Buffer into) {
      if (!asked) {
        return WOULD_BLOCK;
      }
      asked = false;
      into.put(into.end(), says, 0, says.length);
      into.produced(says.length);
      return says.length;
    }

    @Override
    public int write(Buffer from) {
      int count = from.length();
      heard += count;
      from.consume(count);
      return count;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void close() {}

    @Override
    public void abort() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void handler(Handler next) {
      handler = next;
    }

    @Override
    public void readAgain() {}

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public InetSocketAddress remote() {
      return address;
    }

    @Override
    public InetSocketAddress local() {
      return address;
    }

    @Override
    public TlsInfo tls() {
      return null;
    }
  }

  @Test
  void aSteadyStreamOfJournaledAndTracedRequestsAllocatesNothing() {
    Scene scene = new Scene();
    scene.options =
        FrontendOptions.DEFAULT
            .withJournaling(new Journaling("owner", "balancer", 1))
            .withTrace(true);
    Journals journals = new Journals(List.of(scene.journal));
    scene.headers = List.of(HeaderInsert.X_FORWARDED_FOR, HeaderInsert.X_FORWARDED_PROTO);
    scene.strictTransport = "max-age=600;";
    scene.persistence = new Persistence.InsertedCookie("SRV");
    scene.routes =
        List.of(
            new Route(
                "no",
                List.of(new Match(new Subject.Host(), Comparison.ENDS_WITH, ".org", false)),
                new Action.Reject()),
            new Route(
                "yes",
                List.of(new Match(new Subject.Path(), Comparison.STARTS_WITH, "/api/", false)),
                new Action.Forward("pool")));
    scene.endpoints("a");
    Parrot client =
        new Parrot(
            scene.loop,
            "GET /api/x?y HTTP/1.1\r\nHost: www.example.com\r\nConnection: keep-alive\r\n"
                + "Cookie: a=b; SRV=a\r\nX-Forwarded-Proto: x\r\nAccept: */*\r\nUser-Agent: parrot\r\n"
                + "\r\n");
    Parrot endpoint =
        new Parrot(
            scene.loop,
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nStrict-Transport-Security: max-age=0\r\n"
                + "Content-Length: 5\r\n\r\nhello");
    scene.loop.connectsTo(endpoint);
    new HttpSession(client, () -> scene.snapshot, scene.stats.local(0), scene.http, () -> {})
        .start();
    client.speak();
    endpoint.handler.connected(endpoint);
    endpoint.speak();

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    int rounds = 0;
    // It is steady when all is compiled, which takes its time on a busy machine.
    for (; rounds < 20 && allocated >= MEASURED; rounds++) {
      exchange(client, endpoint, WARM_UP);
      journals.read(_ -> true);
      long before = threads.getCurrentThreadAllocatedBytes();
      exchange(client, endpoint, MEASURED);
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }

    assertThat(scene.counters().requests()).isEqualTo(1 + rounds * (WARM_UP + MEASURED));
    assertThat(endpoint.heard).isPositive();
    assertThat(allocated / MEASURED).as("bytes per request").isZero();
  }

  private static void exchange(Parrot client, Parrot endpoint, int count) {
    for (int i = 0; i < count; i++) {
      client.speak();
      endpoint.speak();
    }
  }

  /// Where datagrams of a client and an endpoint go.
  private static final class Mouths implements DatagramPort, DatagramLink {
    private final InetSocketAddress vip = new InetSocketAddress("198.51.100.1", 53);
    private final FakeLoop loop;
    private long heard;

    Mouths(FakeLoop loop) {
      this.loop = loop;
    }

    @Override
    public boolean send(Buffer datagram) {
      heard += datagram.length();
      loop.linksReader().sent(datagram.length());
      return true;
    }

    @Override
    public void send(Buffer datagram, PeerAddress to) {
      heard += datagram.length() + to.port();
    }

    @Override
    public InetSocketAddress local() {
      return vip;
    }

    @Override
    public void close() {}
  }

  @Test
  void aSteadyFlowOfDatagramsAllocatesNothing() throws IOException {
    Scene scene = new Scene();
    scene.endpoints("a");
    Mouths mouths = new Mouths(scene.loop);
    scene.loop.datagramsThrough(mouths, mouths);
    Flows.Places places =
        new Flows.Places() {
          @Override
          public boolean enter() {
            return true;
          }

          @Override
          public void leave() {}
        };
    Flows.at(
        scene.loop,
        mouths.vip,
        () -> scene.snapshot,
        scene.stats.local(0),
        Journal.closed(),
        places,
        10);
    PeerAddress client = new PeerAddress();
    client.setIpv4(0xc0000207, 50_000);
    Buffer datagram = scene.loop.scratch();
    datagram.window(0, 100);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    int rounds = 0;
    for (; rounds < 20 && allocated >= MEASURED; rounds++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < MEASURED; i++) {
        scene.loop.portsReader().arrived(datagram, client);
        scene.loop.linksReader().arrived(datagram);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }

    assertThat(scene.stats.sum().connectionsTotal()).isOne();
    assertThat(mouths.heard).isEqualTo(rounds * MEASURED * 50_200L);
    assertThat(allocated / MEASURED).as("bytes per datagram").isZero();
  }
}
