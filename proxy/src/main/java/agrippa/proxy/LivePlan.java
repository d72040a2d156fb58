package agrippa.proxy;

import agrippa.proxy.ApplyResult.NotBound;
import agrippa.proxy.ApplyResult.Outcome;
import agrippa.proxy.ApplyResult.Serving;
import agrippa.proxy.ProxyReport.FrontendReport;
import agrippa.proxy.ProxyReport.FrontendState;
import agrippa.proxy.ProxyReport.UpstreamReport;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.health.HealthChecker;
import agrippa.proxy.limit.ClientLimits;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Route;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.route.Router;
import agrippa.proxy.session.FrontendSnapshot;
import agrippa.proxy.session.Pages;
import agrippa.proxy.stats.FrontendStats;
import agrippa.proxy.tls.TlsEngine;
import agrippa.proxy.transport.EventLoop.TlsContext;
import agrippa.proxy.transport.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A plan at work. Changed by one call at a time, observed at any time.
final class LivePlan {
  private final NetworkNamespace namespace;
  private final List<Worker> workers;
  private final TlsEngine engine;
  private final HealthChecker checker;
  private final Runnable healthChanged;
  private final Pages pages;
  private final Shortcut shortcut;
  private final Map<String, LiveFrontend> frontends = new ConcurrentHashMap<>();
  private final Map<String, WatchedUpstream> upstreams = new ConcurrentHashMap<>();

  /// @param namespace of all its sockets; closed when the plan ends
  LivePlan(
      NetworkNamespace namespace,
      List<Worker> workers,
      TlsEngine engine,
      HealthChecker checker,
      ReportDesk desk,
      Runnable healthChanged) {
    this.namespace = namespace;
    this.workers = workers;
    this.engine = engine;
    this.checker = checker;
    this.pages = desk.about(this::meter);
    this.shortcut = new Shortcut(namespace, frontends, upstreams, workers.size());
    this.healthChanged =
        () -> {
          shortcut.refresh();
          healthChanged.run();
        };
  }

  NetworkNamespace namespace() {
    return namespace;
  }

  /// Becomes what the plan wants. What fails is left as it was, and told.
  ApplyResult apply(ProxyPlan plan, long drainMillis) {
    Contexts contexts = new Contexts(engine);
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    Map<String, String> badUpstreams = updateUpstreams(plan, contexts);
    closeFrontends(plan, contexts, drainMillis);
    // Addresses are left before others are taken: they may move between frontends.
    for (Frontend frontend : plan.frontends()) {
      LiveFrontend live = frontends.get(frontend.name());
      if (live != null) {
        live.unbind(frontend.binds());
      }
    }
    for (Frontend frontend : plan.frontends()) {
      outcomes.put(frontend.name(), update(frontend, badUpstreams, contexts));
    }
    closeUpstreams(plan, contexts);
    frontends.values().forEach(LiveFrontend::forgetWhatIsGone);
    contexts.closeUnused(workers);
    shortcut.replan(plan, drainMillis);
    return new ApplyResult(outcomes);
  }

  /// @return why an upstream could not be made as planned, by its name
  private Map<String, String> updateUpstreams(ProxyPlan plan, Contexts contexts) {
    Map<String, String> bad = new HashMap<>();
    for (Upstream upstream : plan.upstreams()) {
      WatchedUpstream live = upstreams.get(upstream.name());
      try {
        TlsContext tls =
            live == null
                ? contexts.client(upstream.tls(), null, null)
                : contexts.client(upstream.tls(), live.live().plan().tls(), live.live().tls());
        if (live == null) {
          upstreams.put(
              upstream.name(),
              new WatchedUpstream(upstream, tls, namespace, checker, healthChanged, this::drained));
        } else {
          live.update(upstream, tls);
        }
      } catch (GeneralSecurityException e) {
        bad.put(upstream.name(), "TLS of upstream " + upstream.name() + ": " + e.getMessage());
      }
    }
    return bad;
  }

  private void drained() {
    frontends.values().forEach(LiveFrontend::drained);
  }

  private void closeFrontends(ProxyPlan plan, Contexts contexts, long drainMillis) {
    Map<String, Frontend> wanted =
        plan.frontends().stream().collect(Collectors.toMap(Frontend::name, Function.identity()));
    for (Map.Entry<String, LiveFrontend> each : Map.copyOf(frontends).entrySet()) {
      Frontend next = wanted.get(each.getKey());
      if (next == null || !each.getValue().becomes(next)) {
        close(each.getKey(), contexts, drainMillis);
      }
    }
  }

  private void close(String name, Contexts contexts, long drainMillis) {
    LiveFrontend gone = frontends.remove(name);
    if (gone != null) {
      gone.close(drainMillis);
      contexts.drop(gone.settings().tls());
    }
  }

  private Outcome update(Frontend plan, Map<String, String> badUpstreams, Contexts contexts) {
    LiveFrontend live = frontends.get(plan.name());
    for (Map.Entry<String, String> bad : badUpstreams.entrySet()) {
      if (uses(plan, bad.getKey())) {
        return new NotBound(bad.getValue());
      }
    }
    try {
      FrontendStats stats = live == null ? new FrontendStats(workers.size() + 1) : live.stats();
      FrontendSnapshot snapshot =
          snapshot(plan, stats, live == null ? null : live.snapshot().limits());
      LiveFrontend.Settings old = live == null ? null : live.settings();
      TlsContext tls =
          contexts.server(
              plan.tls(), old == null ? null : old.plan().tls(), old == null ? null : old.tls());
      LiveFrontend.Settings settings = new LiveFrontend.Settings(snapshot, tls);
      if (live == null) {
        live = new LiveFrontend(workers, namespace, stats, settings);
        frontends.put(plan.name(), live);
      } else {
        live.update(settings);
      }
    } catch (GeneralSecurityException e) {
      return new NotBound("TLS: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return new NotBound("routes: " + e.getMessage());
    }
    return bind(live, plan);
  }

  private static boolean uses(Frontend plan, String upstream) {
    return upstream.equals(plan.defaultUpstream())
        || plan.options().split().stream().anyMatch(it -> it.upstream().equals(upstream))
        || plan.routes().stream()
            .anyMatch(
                route ->
                    route.action() instanceof Route.Action.Forward forward
                        && forward.upstream().equals(upstream));
  }

  private FrontendSnapshot snapshot(
      Frontend plan, FrontendStats stats, @Nullable ClientLimits before) {
    Map<String, LiveUpstream> live = new HashMap<>();
    upstreams.forEach(
        (name, upstream) -> {
          if (uses(plan, name)) {
            live.put(name, upstream.live());
          }
        });
    ClientLimits limits = ClientLimits.of(plan.options().perClient(), before);
    return new FrontendSnapshot(plan, Router.compile(plan.routes()), live, stats, pages, limits);
  }

  private static Outcome bind(LiveFrontend live, Frontend plan) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (InetSocketAddress planned : plan.binds()) {
      try {
        addresses.add(live.bind(planned));
      } catch (IOException e) {
        failures.add(e.getMessage());
      }
    }
    return failures.isEmpty() ? new Serving(addresses) : new NotBound(String.join("; ", failures));
  }

  private void closeUpstreams(ProxyPlan plan, Contexts contexts) {
    List<String> wanted = plan.upstreams().stream().map(Upstream::name).toList();
    for (String name : List.copyOf(upstreams.keySet())) {
      if (!wanted.contains(name)) {
        WatchedUpstream gone = upstreams.remove(name);
        if (gone != null) {
          gone.close();
          contexts.drop(gone.live().tls());
        }
      }
    }
  }

  PlanMeter meter() {
    shortcut.count();
    return new LiveMeter(List.copyOf(frontends.values()), upstreams);
  }

  ProxyReport report() {
    shortcut.count();
    Map<String, FrontendReport> frontendReports = new HashMap<>();
    frontends.forEach(
        (name, frontend) -> {
          if (frontend.serving()) {
            frontendReports.put(name, report(frontend));
          }
        });
    Map<String, UpstreamReport> upstreamReports = new HashMap<>();
    upstreams.forEach((name, upstream) -> upstreamReports.put(name, upstream.report()));
    return new ProxyReport(frontendReports, upstreamReports);
  }

  private static FrontendReport report(LiveFrontend frontend) {
    FrontendState state = frontend.gate().full() ? FrontendState.FULL : FrontendState.OPEN;
    return new FrontendReport(state, frontend.stats().sum());
  }

  /// Stops listening, lets clients finish, and tells when they have.
  List<CompletableFuture<Void>> leave(long drainMillis) {
    frontends.values().forEach(frontend -> frontend.close(drainMillis));
    return frontends.values().stream().flatMap(frontend -> frontend.left().stream()).toList();
  }

  /// Takes out of the kernel what is in it for this plan.
  void leaveKernel() {
    shortcut.remove();
  }

  /// Ends everything at once, but for what the kernel does by itself.
  void abort() {
    shortcut.leave();
    frontends.values().forEach(LiveFrontend::abort);
    upstreams.values().forEach(WatchedUpstream::close);
    Contexts contexts = new Contexts(engine);
    frontends.values().forEach(frontend -> contexts.drop(frontend.settings().tls()));
    upstreams.values().forEach(upstream -> contexts.drop(upstream.live().tls()));
    contexts.closeUnused(workers);
  }
}
