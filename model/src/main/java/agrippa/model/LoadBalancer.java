package agrippa.model;

import java.util.List;

/// The root of a tree: its VIP, and who owns it.
///
/// @param provider as it was asked for, aliases included
/// @param placement the flavor and availability zone that it was asked for with
/// @param additionalVips on the same network, one per subnet
/// @param failovers how often its data plane was ordered to be built anew
public record LoadBalancer(
    LoadBalancerId id,
    ProjectId project,
    Labels labels,
    boolean adminStateUp,
    Vip vip,
    List<Vip.Additional> additionalVips,
    String provider,
    Placement placement,
    int failovers,
    Lifecycle lifecycle) {
  public LoadBalancer {
    additionalVips = List.copyOf(additionalVips);
  }

  public LoadBalancer with(Lifecycle next) {
    return with(failovers, next);
  }

  /// Has the data plane built anew.
  public LoadBalancer failedOver() {
    return with(failovers + 1, lifecycle);
  }

  private LoadBalancer with(int nextFailovers, Lifecycle next) {
    return new LoadBalancer(
        id,
        project,
        labels,
        adminStateUp,
        vip,
        additionalVips,
        provider,
        placement,
        nextFailovers,
        next);
  }
}
