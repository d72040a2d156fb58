package agrippa.proxy;

import static agrippa.proxy.Fixture.by;
import static agrippa.proxy.Fixture.checked;
import static agrippa.proxy.Fixture.endpoint;
import static agrippa.proxy.Fixture.frontend;
import static agrippa.proxy.Fixture.inserting;
import static agrippa.proxy.Fixture.limited;
import static agrippa.proxy.Fixture.pool;
import static agrippa.proxy.Fixture.routed;
import static agrippa.proxy.Fixture.sticky;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Certificate;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Match;
import agrippa.proxy.plan.Match.Comparison;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/// Clients of all kinds notice nothing while plans change at random.
@Cells
class HitlessTest {
  private static final int CHANGES = 300;
  private static final int DOWNLOAD_BYTES = 8 << 20;

  @Parameter(0)
  TransportKind transport;

  @Parameter(1)
  TlsKind tls;

  private Fixture fixture;
  private final List<Backend> backends = new ArrayList<>();
  private final Random random = new Random(20260817);
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong downloads = new AtomicLong();

  private List<SelfSigned> owners;
  private SSLContext anybody;

  private interface Step {
    void run() throws IOException;
  }

  @BeforeEach
  void start() throws Exception {
    fixture = new Fixture(transport, tls);
    owners = List.of(SelfSigned.of("one.test"), SelfSigned.of("two.test"));
    anybody = SelfSigned.trustingAnybody();
    String big = "0123456789abcdef".repeat(DOWNLOAD_BYTES / 16);
    for (int i = 0; i < 4; i++) {
      backends.add(
          fixture.add(
              Backend.http(
                  "b" + i, request -> Backend.ok(request.path().equals("/big") ? big : "small"))));
    }
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void nobodyNotices() throws Exception {
    fixture.serve(plan());
    InetSocketAddress http = fixture.serve(plan(), "web");
    InetSocketAddress tcp = fixture.serve(plan(), "raw");
    InetSocketAddress tls = fixture.serve(plan(), "secure");
    List<Thread> clients = new ArrayList<>();
    clients.add(client(() -> keepAlive(Client.to(http))));
    clients.add(client(() -> keepAlive(Client.to(http))));
    clients.add(client(() -> keepAlive(Client.to(tcp))));
    clients.add(client(() -> newConnection(Client.to(http))));
    clients.add(client(() -> newConnection(Client.to(tcp))));
    clients.add(client(() -> download(Client.to(http))));
    clients.add(client(() -> download(Client.to(tcp))));
    clients.add(client(() -> keepAlive(Client.over(encrypted(tls)))));
    clients.add(client(() -> newConnection(Client.over(encrypted(tls)))));
    clients.add(client(() -> download(Client.over(encrypted(tls)))));

    for (int i = 0; i < CHANGES && failures.isEmpty(); i++) {
      ApplyResult result = fixture.proxy.apply(plan());
      assertThat(result.complete()).as("%s", result).isTrue();
    }
    // Each kind of client has its share of changes, however slow the machine.
    while (failures.isEmpty() && !everybodyHadEnough()) {
      fixture.proxy.apply(plan());
    }
    over.set(true);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(failures).isEmpty();
  }

  private boolean everybodyHadEnough() {
    return requests.get() > 500 && connections.get() > 100 && downloads.get() > 4;
  }

  /// Some plan in which every request can be served.
  private ProxyPlan plan() {
    List<Upstream> upstreams = new ArrayList<>();
    upstreams.add(upstream("pool"));
    upstreams.add(upstream("other"));
    List<Frontend> frontends = new ArrayList<>();
    frontends.add(web());
    frontends.add(limited(frontend("raw", Mode.TCP), 500 + random.nextInt(500)));
    frontends.add(Fixture.encrypted(frontend("secure", Mode.HTTP), tls()));
    if (random.nextBoolean()) {
      frontends.add(frontend("sometimes" + random.nextInt(3), Mode.HTTP));
    }
    return new ProxyPlan("plan", frontends, upstreams);
  }

  private TlsServer tls() {
    Certificate certificate = owners.get(random.nextInt(owners.size())).certificate();
    return new TlsServer(
        List.of(certificate),
        "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256",
        List.of("TLSv1.2", "TLSv1.3"),
        List.of(),
        TlsServer.ClientAuth.NONE,
        List.of(),
        List.of());
  }

  private Frontend web() {
    Frontend web = limited(frontend(), 500 + random.nextInt(500));
    if (random.nextBoolean()) {
      web = inserting(web, HeaderInsert.X_FORWARDED_FOR);
    }
    return random.nextBoolean()
        ? web
        : routed(
            web,
            new Route(
                "other",
                List.of(
                    new Match(new Match.Subject.Path(), Comparison.STARTS_WITH, "/small", false)),
                new Route.Action.Forward("other")));
  }

  private Upstream upstream(String name) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Backend backend : backends) {
      if (random.nextInt(3) > 0) {
        endpoints.add(endpoint(backend, 1 + random.nextInt(4)));
      }
    }
    if (endpoints.isEmpty()) {
      endpoints.add(endpoint(backends.getFirst()));
    }
    Upstream upstream = pool(name, endpoints.toArray(Endpoint[]::new));
    upstream = by(Algorithm.values()[random.nextInt(3)], upstream);
    if (random.nextBoolean()) {
      upstream = sticky(new Persistence.SourceIp(), upstream);
    }
    return random.nextBoolean() ? upstream : checked(new Check.Probe.Connect(), upstream);
  }

  private Thread client(Step step) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                while (!over.get() && failures.isEmpty()) {
                  step.run();
                }
              } catch (IOException | RuntimeException | Error e) {
                failures.add(e);
              }
            });
  }

  private void keepAlive(Client client) throws IOException {
    try (client) {
      while (!over.get()) {
        assertThat(client.get("/small").body()).isEqualTo("small");
        requests.incrementAndGet();
      }
    }
  }

  private void newConnection(Client client) throws IOException {
    try (client) {
      assertThat(client.get("/small").body()).isEqualTo("small");
      connections.incrementAndGet();
    }
  }

  private void download(Client client) throws IOException {
    try (client) {
      assertThat(client.get("/big").body()).hasSize(DOWNLOAD_BYTES);
      downloads.incrementAndGet();
    }
  }

  private Socket encrypted(InetSocketAddress at) throws IOException {
    return anybody.getSocketFactory().createSocket(at.getAddress(), at.getPort());
  }
}
