package agrippa.proxy;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.balance.LiveEndpoint;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.stats.CheckHistory;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.Counters;
import agrippa.proxy.stats.FrontendStats;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what a plan at work counts.
///
/// @param live the frontends
/// @param upstreams by name
record LiveMeter(List<LiveFrontend> live, Map<String, WatchedUpstream> upstreams)
    implements PlanMeter {
  LiveMeter {
    live = List.copyOf(live);
    upstreams = Map.copyOf(upstreams);
  }

  @Override
  public List<FrontendMeter> frontends() {
    return live.stream().<FrontendMeter>map(it -> new OfFrontend(it, upstreams)).toList();
  }

  private record OfFrontend(LiveFrontend frontend, Map<String, WatchedUpstream> all)
      implements FrontendMeter {
    @Override
    public Frontend plan() {
      return frontend.settings().plan();
    }

    @Override
    public boolean serving() {
      return frontend.serving();
    }

    @Override
    public Counters counters() {
      return frontend.stats().sum();
    }

    @Override
    public int peak() {
      return frontend.gate().peak();
    }

    @Override
    public long count(Count what) {
      return frontend.stats().sum(what);
    }

    @Override
    public List<UpstreamMeter> upstreams() {
      Set<String> used = frontend.snapshot().upstreams().keySet();
      return all.entrySet().stream()
          .filter(it -> used.contains(it.getKey()))
          .<UpstreamMeter>map(it -> new OfUpstream(it.getKey(), it.getValue(), frontend.stats()))
          .toList();
    }
  }

  private record OfUpstream(String name, WatchedUpstream upstream, FrontendStats stats)
      implements UpstreamMeter {
    @Override
    public long count(Count what) {
      return stats.sum(name, what);
    }

    @Override
    public List<EndpointMeter> endpoints() {
      return upstream.live().endpoints().stream()
          .<EndpointMeter>map(it -> new OfEndpoint(name, it, upstream, stats))
          .toList();
    }
  }

  private record OfEndpoint(
      String upstreamName, LiveEndpoint endpoint, WatchedUpstream upstream, FrontendStats stats)
      implements EndpointMeter {
    @Override
    public Endpoint plan() {
      return endpoint.plan();
    }

    @Override
    public EndpointState state() {
      return upstream.state(endpoint);
    }

    @Override
    public int warmthPercent() {
      return endpoint.warmthPercent();
    }

    @Override
    public boolean ejected() {
      return endpoint.ejected();
    }

    @Override
    public long count(Count what) {
      return stats.sum(upstreamName, endpoint.plan().name(), what);
    }

    @Override
    public @Nullable CheckHistory checks() {
      return upstream.history(endpoint);
    }
  }
}
