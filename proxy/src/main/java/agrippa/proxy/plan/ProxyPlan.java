package agrippa.proxy.plan;

import java.util.List;

/// Everything the proxy does for one owner: applied and removed as a unit.
///
/// @param name identifies the plan; applying another plan of the same name replaces it
/// @param frontends where clients arrive; names are unique within the plan
/// @param upstreams where requests go; names are unique within the plan, and every upstream that a
///     frontend or route names is present
public record ProxyPlan(String name, List<Frontend> frontends, List<Upstream> upstreams) {
  public ProxyPlan {
    frontends = List.copyOf(frontends);
    upstreams = List.copyOf(upstreams);
  }
}
