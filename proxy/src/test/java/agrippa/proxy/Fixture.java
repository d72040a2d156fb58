package agrippa.proxy;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxySettings.TlsKind;
import agrippa.proxy.ProxySettings.TransportKind;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.HeaderInsert;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.Frontend.Timeouts;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.stats.Counters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A running proxy, its backends, and short words for plans.
final class Fixture implements AutoCloseable {
  static final Timeouts TIMEOUTS = new Timeouts(30_000, 5_000, 30_000, 0);
  static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);

  final ProxyServer proxy;
  private final List<Backend> backends = new ArrayList<>();
  private final List<DatagramBackend> datagramBackends = new ArrayList<>();
  private final BlockingQueue<String> healthChanges = new LinkedBlockingQueue<>();

  Fixture(TransportKind transport) {
    this(ProxySettings.standard().withLoops(2).withTransport(transport));
  }

  Fixture(TransportKind transport, TlsKind tls) {
    this(ProxySettings.standard().withLoops(2).withTransport(transport).withTls(tls));
  }

  Fixture(ProxySettings settings) {
    proxy = ProxyServer.start(settings, InstantSource.system(), new SecureRandom());
    proxy.onHealthChange(healthChanges::add);
  }

  Backend http(String name) throws IOException {
    return add(Backend.http(name));
  }

  Backend add(Backend backend) {
    backends.add(backend);
    return backend;
  }

  /// Applies a plan that must serve completely.
  ///
  /// @return where its first frontend listens first
  InetSocketAddress serve(ProxyPlan plan) {
    return serve(plan, plan.frontends().getFirst().name());
  }

  InetSocketAddress serve(ProxyPlan plan, String frontend) {
    ApplyResult result = proxy.apply(plan);
    if (result.frontends().get(frontend) instanceof ApplyResult.Serving serving
        && result.complete()) {
      return serving.addresses().getFirst();
    }
    throw new AssertionError(result);
  }

  EndpointState state(String plan, String upstream, String endpoint) {
    return proxy
        .observe(plan)
        .orElseThrow()
        .upstreams()
        .get(upstream)
        .endpoints()
        .get(endpoint)
        .state();
  }

  /// Waits until an endpoint of the plan `plan`, upstream `pool` is in a state.
  void await(String endpoint, EndpointState wanted) throws InterruptedException {
    while (state("plan", "pool", endpoint) != wanted) {
      if (healthChanges.poll(30, TimeUnit.SECONDS) == null) {
        throw new AssertionError(endpoint + " is " + state("plan", "pool", endpoint));
      }
    }
  }

  Counters counters(String frontend) {
    return proxy.observe("plan").orElseThrow().frontends().get(frontend).counters();
  }

  /// Waits until a frontend of the plan `plan` has so many connections.
  void awaitConnections(String frontend, long wanted) {
    await(frontend, it -> it.connectionsOpen() == wanted);
  }

  /// Waits until what a frontend of the plan `plan` counts is so: what is sent is counted
  /// afterwards.
  void await(String frontend, Predicate<Counters> wanted) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!wanted.test(counters(frontend))) {
      if (System.nanoTime() > end) {
        throw new AssertionError(counters(frontend));
      }
      Thread.yield();
    }
  }

  DatagramBackend datagrams(String name) throws IOException {
    return add(DatagramBackend.named(name));
  }

  DatagramBackend add(DatagramBackend backend) {
    datagramBackends.add(backend);
    return backend;
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    datagramBackends.forEach(DatagramBackend::close);
    for (Backend backend : backends) {
      backend.close();
    }
  }

  /// One frontend, `web`, of HTTP, before one upstream.
  static ProxyPlan plan(Upstream upstream) {
    return plan(frontend(), upstream);
  }

  static ProxyPlan plan(Frontend frontend, Upstream... upstreams) {
    return new ProxyPlan("plan", List.of(frontend), List.of(upstreams));
  }

  static Frontend frontend() {
    return frontend("web", Mode.HTTP);
  }

  static Frontend frontend(String name, Mode mode) {
    return new Frontend(
        name,
        mode,
        List.of(ANY_PORT),
        null,
        List.of(),
        1_000,
        TIMEOUTS,
        List.of(),
        null,
        List.of(),
        "pool");
  }

  static Frontend bound(Frontend f, InetSocketAddress... binds) {
    return FrontendDraft.of(f, it -> it.binds = List.of(binds));
  }

  static Frontend limited(Frontend f, int connections) {
    return FrontendDraft.of(f, it -> it.connectionLimit = connections);
  }

  static Frontend allowing(Frontend f, String... networks) {
    List<Cidr> allowed = List.of(networks).stream().map(Cidr::parse).toList();
    return FrontendDraft.of(f, it -> it.allowed = allowed);
  }

  static Frontend timed(Frontend f, Timeouts timeouts) {
    return FrontendDraft.of(f, it -> it.timeouts = timeouts);
  }

  static Frontend routed(Frontend f, Route... routes) {
    return FrontendDraft.of(f, it -> it.routes = List.of(routes));
  }

  static Frontend inserting(Frontend f, HeaderInsert... headers) {
    return FrontendDraft.of(f, it -> it.headers = List.of(headers));
  }

  static Frontend encrypted(Frontend f, TlsServer tls) {
    return FrontendDraft.of(f, it -> it.tls = tls);
  }

  static Frontend optional(Frontend f, FrontendOptions options) {
    return FrontendDraft.of(f, it -> it.options = options);
  }

  /// The upstream `pool`, in turns.
  static Upstream pool(Endpoint... endpoints) {
    return pool("pool", endpoints);
  }

  static Upstream pool(String name, Endpoint... endpoints) {
    return new Upstream(
        name, Algorithm.ROUND_ROBIN, null, List.of(endpoints), null, null, ProxyProtocol.NONE);
  }

  static Upstream by(Algorithm algorithm, Upstream u) {
    return new Upstream(
        u.name(), algorithm, u.persistence(), u.endpoints(), u.check(), u.tls(), u.proxyProtocol());
  }

  static Upstream balanced(Balancing balancing, Upstream u) {
    return new Upstream(
        u.name(),
        u.algorithm(),
        u.persistence(),
        u.endpoints(),
        u.check(),
        u.tls(),
        u.proxyProtocol(),
        u.options().withBalancing(balancing));
  }

  static Upstream sticky(Persistence persistence, Upstream u) {
    return new Upstream(
        u.name(), u.algorithm(), persistence, u.endpoints(), u.check(), u.tls(), u.proxyProtocol());
  }

  static Upstream encrypted(Upstream u, TlsClient tls) {
    return new Upstream(
        u.name(), u.algorithm(), u.persistence(), u.endpoints(), u.check(), tls, u.proxyProtocol());
  }

  /// Checks quickly: every 100 ms, down after two failures, up after two successes.
  static Upstream checked(Check.Probe probe, Upstream u) {
    Check check = new Check(probe, Duration.ofMillis(100), Duration.ofSeconds(5), 2, 2);
    return new Upstream(
        u.name(), u.algorithm(), u.persistence(), u.endpoints(), check, u.tls(), u.proxyProtocol());
  }

  static Endpoint endpoint(DatagramBackend backend) {
    return endpoint(backend, 1);
  }

  static Endpoint endpoint(DatagramBackend backend, int weight) {
    return new Endpoint(backend.name(), backend.address(), weight, false, true, backend.address());
  }

  static Endpoint disabled(DatagramBackend backend) {
    return new Endpoint(backend.name(), backend.address(), 1, false, false, backend.address());
  }

  static Endpoint endpoint(Backend backend) {
    return endpoint(backend, 1);
  }

  static Endpoint endpoint(Backend backend, int weight) {
    return new Endpoint(backend.name(), backend.address(), weight, false, true, backend.address());
  }

  static Endpoint backup(Backend backend) {
    return new Endpoint(backend.name(), backend.address(), 1, true, true, backend.address());
  }

  static Endpoint disabled(Backend backend) {
    return new Endpoint(backend.name(), backend.address(), 1, false, false, backend.address());
  }
}
