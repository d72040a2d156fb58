package agrippa.proxy.session;

import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.journal.Journal;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import agrippa.proxy.route.Router;
import agrippa.proxy.stats.Counters;
import agrippa.proxy.stats.FrontendStats;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A frontend named `web` with one upstream named `pool` of two endpoints, on a fake loop.
final class Scene {
  static final Timeouts TIMEOUTS = new Timeouts(50_000, 5_000, 60_000, 0);

  final FakeLoop loop = new FakeLoop();
  final Journal journal = new Journal(loop::now, () -> Instant.EPOCH, new SplittableRandom(7), 8);
  final HttpLoop http = new HttpLoop(loop, journal);
  final FrontendStats stats = new FrontendStats(1);
  List<HeaderInsert> headers = List.of();
  String strictTransport;
  List<Route> routes = List.of();
  Persistence persistence;
  ProxyProtocol proxyProtocol = ProxyProtocol.NONE;
  boolean tlsTold;
  FrontendOptions options = FrontendOptions.DEFAULT;
  Balancing balancing = Balancing.DEFAULT;
  private boolean http2;
  LiveUpstream pool;
  FrontendSnapshot snapshot;
  final List<HttpSession> sessions = new ArrayList<>();
  int ended;

  /// Endpoints are asked in HTTP/2.
  Scene http2() {
    http2 = true;
    return this;
  }

  Scene endpoints(String... names) {
    pool = new LiveUpstream(upstream(names), null);
    snapshot = snapshot();
    return this;
  }

  Upstream upstream(String... names) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String name : names) {
      InetSocketAddress address = new InetSocketAddress("10.0.0." + (endpoints.size() + 1), 80);
      endpoints.add(new Endpoint(name, address, 1, false, true, address));
    }
    return new Upstream(
        "pool",
        Algorithm.ROUND_ROBIN,
        persistence,
        endpoints,
        null,
        null,
        proxyProtocol,
        UpstreamOptions.DEFAULT.withHttp2(http2).withBalancing(balancing).withTlsTold(tlsTold));
  }

  FrontendSnapshot snapshot() {
    Frontend plan =
        new Frontend(
            "web",
            Frontend.Mode.HTTP,
            List.of(),
            null,
            List.of(),
            100,
            TIMEOUTS,
            headers,
            strictTransport,
            routes,
            "pool",
            options);
    return new FrontendSnapshot(plan, Router.compile(routes), Map.of("pool", pool), stats);
  }

  /// A new client.
  FakeChannel client() {
    if (pool == null) {
      endpoints("a", "b");
    }
    FakeChannel channel = loop.accept();
    HttpSession session =
        new HttpSession(channel, () -> snapshot, stats.local(0), http, () -> ended++);
    sessions.add(session);
    loop.serve(session::start);
    loop.turn();
    return channel;
  }

  /// The connection that the proxy is making, now made.
  FakeChannel endpoint() {
    return loop.connecting().establish();
  }

  int inFlight() {
    return pool.endpoints().stream().mapToInt(e -> e.active()).sum();
  }

  Counters counters() {
    return stats.sum();
  }
}
