package agrippa.proxy.plan;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything the proxy does for one owner: applied and removed as a unit.
///
/// @param name identifies the plan; applying another plan of the same name replaces it
/// @param frontends where clients arrive; names are unique within the plan
/// @param upstreams where requests go; names are unique within the plan, and every upstream that a
///     frontend or route names is present
/// @param namespace the file of the network namespace that all its sockets are in, such as
///     `/run/netns/NAME`, or null for the process's own: plans in different ones may have the same
///     addresses
public record ProxyPlan(
    String name, List<Frontend> frontends, List<Upstream> upstreams, @Nullable Path namespace) {
  /// A plan in the process's own namespace.
  public ProxyPlan(String name, List<Frontend> frontends, List<Upstream> upstreams) {
    this(name, frontends, upstreams, null);
  }

  public ProxyPlan {
    frontends = List.copyOf(frontends);
    upstreams = List.copyOf(upstreams);
  }
}
