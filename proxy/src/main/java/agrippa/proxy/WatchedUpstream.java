package agrippa.proxy;

import agrippa.proxy.ProxyReport.CheckReport;
import agrippa.proxy.ProxyReport.EndpointReport;
import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.ProxyReport.UpstreamReport;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.balance.LiveUpstream;
import agrippa.proxy.health.Finding;
import agrippa.proxy.health.HealthChecker;
import agrippa.proxy.health.Target;
import agrippa.proxy.plan.Check;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.stats.CheckHistory;
import agrippa.proxy.transport.EventLoop;
import agrippa.proxy.transport.NetworkNamespace;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An upstream and the checks of its endpoints.
final class WatchedUpstream {
  private final LiveUpstream live;
  private final NetworkNamespace namespace;
  private final HealthChecker checker;
  private final Runnable healthChanged;
  // Guarded by this object's monitor.
  private final Map<LiveEndpoint, HealthChecker.Watch> watches = new HashMap<>();

  /// @param healthChanged called when an endpoint went up or down
  /// @param drained called when an endpoint's time to drain is over
  WatchedUpstream(
      Upstream plan,
      EventLoop.@Nullable TlsContext tls,
      NetworkNamespace namespace,
      HealthChecker checker,
      Runnable healthChanged,
      Runnable drained) {
    this.live = new LiveUpstream(plan, tls, namespace, checker::later, drained);
    this.namespace = namespace;
    this.checker = checker;
    this.healthChanged = healthChanged;
    watch(Map.of());
  }

  LiveUpstream live() {
    return live;
  }

  /// How its connections are encrypted.
  @Nullable TlsClient tlsPlan() {
    return live.plan().tls();
  }

  synchronized void update(Upstream plan, EventLoop.@Nullable TlsContext tls) {
    if (plan.equals(live.plan()) && tls == live.tls()) {
      return;
    }
    live.update(plan, tls);
    watch(Map.copyOf(watches));
  }

  synchronized void close() {
    watches.values().forEach(HealthChecker.Watch::close);
    watches.clear();
    live.retire();
  }

  private synchronized void watch(Map<LiveEndpoint, HealthChecker.Watch> before) {
    watches.clear();
    Check check = live.plan().check();
    for (LiveEndpoint endpoint : live.endpoints()) {
      HealthChecker.Watch known = before.get(endpoint);
      if (check != null && endpoint.plan().enabled()) {
        watches.put(endpoint, watch(endpoint, check, known));
      } else if (!endpoint.up()) {
        live.health(endpoint, true);
      }
    }
    before.values().stream().filter(w -> !watches.containsValue(w)).forEach(w -> w.close());
  }

  /// The known watch if it looks at the right place, else another, which starts from what is known.
  private HealthChecker.Watch watch(
      LiveEndpoint endpoint, Check check, HealthChecker.@Nullable Watch known) {
    Target target = target(endpoint.plan());
    if (known != null && known.target().equals(target)) {
      known.update(check);
      return known;
    }
    return known == null
        ? checker.watch(check, target, watch -> changed(endpoint, watch))
        : checker.watch(check, target, known.up(), watch -> changed(endpoint, watch));
  }

  /// The PROXY protocol is spoken where traffic goes; a separate place for checks knows none of it.
  private Target target(Endpoint endpoint) {
    boolean sameAsTraffic = endpoint.checkAddress().equals(endpoint.address());
    return new Target(
        endpoint.checkAddress(),
        sameAsTraffic ? live.plan().proxyProtocol() : Upstream.ProxyProtocol.NONE,
        namespace);
  }

  private void changed(LiveEndpoint endpoint, HealthChecker.Watch watch) {
    synchronized (this) {
      if (watches.get(endpoint) != watch) {
        return;
      }
      live.health(endpoint, watch.up());
    }
    healthChanged.run();
  }

  synchronized UpstreamReport report() {
    return new UpstreamReport(
        live.endpoints().stream().collect(Collectors.toMap(e -> e.plan().name(), this::report)));
  }

  private EndpointReport report(LiveEndpoint endpoint) {
    HealthChecker.Watch watch = watches.get(endpoint);
    Finding last = watch == null ? null : watch.last();
    return new EndpointReport(
        state(endpoint, watch != null),
        endpoint.active(),
        last == null ? null : new CheckReport(last.passed(), last.detail(), last.at()));
  }

  synchronized EndpointState state(LiveEndpoint endpoint) {
    return state(endpoint, watches.containsKey(endpoint));
  }

  /// What checks found of an endpoint, or null if nobody checks it.
  synchronized @Nullable CheckHistory history(LiveEndpoint endpoint) {
    HealthChecker.Watch watch = watches.get(endpoint);
    return watch == null ? null : watch.history();
  }

  private static EndpointState state(LiveEndpoint endpoint, boolean watched) {
    if (!endpoint.plan().enabled()) {
      return EndpointState.MAINT;
    }
    if (!watched) {
      return EndpointState.NO_CHECK;
    }
    if (!endpoint.up()) {
      return EndpointState.DOWN;
    }
    return endpoint.plan().weight() == 0 ? EndpointState.DRAIN : EndpointState.UP;
  }
}
