package agrippa.control;

import agrippa.model.HealthMonitorId;
import agrippa.model.L7PolicyId;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.PoolId;
import agrippa.model.Statistics;
import java.util.List;
import java.util.Optional;

/// What there is now: consistent trees, never half a change. Every accepted change is visible here
/// before its caller hears of it. Never blocks.
public interface Inventory {
  /// All trees, oldest load balancer first, equal times by id.
  List<LoadBalancerTree> all();

  Optional<LoadBalancerTree> tree(LoadBalancerId id);

  Optional<LoadBalancerTree> treeOf(ListenerId id);

  Optional<LoadBalancerTree> treeOf(PoolId id);

  Optional<LoadBalancerTree> treeOf(HealthMonitorId id);

  Optional<LoadBalancerTree> treeOf(L7PolicyId id);

  /// What a listener has carried so far; [Statistics#ZERO] if nothing is known.
  Statistics statistics(ListenerId id);
}
