package agrippa.proxy;

import agrippa.proxy.ProxyReport.EndpointState;
import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.stats.CheckHistory;
import agrippa.proxy.stats.Count;
import agrippa.proxy.stats.Counters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a plan's proxy counts and knows. Which parts it has is as of one instant; each number is
/// read when it is asked for.
public interface PlanMeter {
  /// In no particular order.
  List<FrontendMeter> frontends();

  /// Something of which is counted.
  interface Meter {
    long count(Count what);
  }

  /// A frontend.
  interface FrontendMeter extends Meter {
    Frontend plan();

    /// Whether it listens anywhere.
    boolean serving();

    Counters counters();

    /// The most client connections that were ever open at a time.
    int peak();

    /// The upstreams that it uses.
    List<UpstreamMeter> upstreams();
  }

  /// What one frontend has to do with an upstream.
  interface UpstreamMeter extends Meter {
    String name();

    /// In the order of the plan.
    List<EndpointMeter> endpoints();
  }

  /// What one frontend has to do with an endpoint. State and checks are the same for all frontends.
  interface EndpointMeter extends Meter {
    Endpoint plan();

    EndpointState state();

    /// How much of its weight it counts with, in percent: less than 100 while it starts slowly.
    int warmthPercent();

    /// Whether it is left out for a while because what it was given failed.
    boolean ejected();

    /// What checks found, or null if nobody checks.
    @Nullable CheckHistory checks();
  }
}
