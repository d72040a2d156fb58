package agrippa.control.rules;

import agrippa.control.Refusal;
import agrippa.control.spi.Networks.VipClaim.Claimed;
import agrippa.control.spi.Networks.VipWish;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.ProjectId;
import java.util.function.Function;

/// What to do for a new load balancer.
public sealed interface Plan {
  /// Nothing.
  record Refuse(Refusal why) implements Plan {}

  /// Claim a VIP; then this is the tree, of generation 0.
  record Claim(
      LoadBalancerId id,
      ProjectId project,
      String provider,
      VipWish wish,
      Function<Claimed, LoadBalancerTree> tree)
      implements Plan {}
}
