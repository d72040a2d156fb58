package agrippa.control.reconcile;

import static agrippa.model.OperatingStatus.DEGRADED;
import static agrippa.model.OperatingStatus.ERROR;
import static agrippa.model.OperatingStatus.NO_MONITOR;
import static agrippa.model.OperatingStatus.OFFLINE;
import static agrippa.model.OperatingStatus.ONLINE;

import agrippa.control.spi.Provider.Observation;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.ProvisioningStatus;
import java.util.List;

/// What operating statuses follow from how the data plane fares: (tree, observation) → tree.
/// Members first, then pools, listeners and the load balancer, as Octavia's health manager does it.
public final class StatusRollup {
  private StatusRollup() {}

  /// The tree with the statuses that an observation means; the same object if none changes.
  public static LoadBalancerTree rollUp(LoadBalancerTree tree, Observation observation) {
    var pools = tree.pools().stream().map(it -> pool(it, observation)).toList();
    var listeners = tree.listeners().stream().map(it -> listener(it, tree, observation)).toList();
    var loadBalancer = tree.loadBalancer();
    var status = loadBalancer.adminStateUp() ? worst(listeners, pools) : OFFLINE;
    var next =
        tree.with(loadBalancer.with(loadBalancer.lifecycle().with(status)))
            .withListeners(listeners)
            .withPools(pools);
    return next.equals(tree) ? tree : next;
  }

  private static Pool pool(Pool pool, Observation observation) {
    var members = pool.members().stream().map(it -> member(it, observation)).toList();
    var status = observation.pools().contains(pool.id()) ? fares(members) : OFFLINE;
    return pool.withMembers(members).with(pool.lifecycle().with(status));
  }

  private static Member member(Member member, Observation observation) {
    var reported = observation.members().get(member.id());
    if (reported != null) {
      return member.with(member.lifecycle().with(reported));
    }
    // Nobody looks after the members of a pool that is not in use.
    boolean kept = member.adminStateUp() && member.lifecycle().operating() == NO_MONITOR;
    return member.with(member.lifecycle().with(kept ? NO_MONITOR : OFFLINE));
  }

  /// A pool without members is up, as an empty HAProxy backend is; one whose usable members weigh
  /// nothing is down.
  private static OperatingStatus fares(List<Member> members) {
    if (!members.isEmpty() && members.stream().noneMatch(StatusRollup::usable)) {
      return ERROR;
    }
    return members.stream().anyMatch(it -> it.lifecycle().operating() == ERROR) ? DEGRADED : ONLINE;
  }

  private static boolean usable(Member member) {
    return switch (member.lifecycle().operating()) {
      case ONLINE, NO_MONITOR -> member.weight() > 0;
      case OFFLINE, DEGRADED, ERROR, DRAINING -> false;
    };
  }

  private static Listener listener(
      Listener listener, LoadBalancerTree tree, Observation observation) {
    var state = observation.listeners().get(listener.id());
    if (state != null) {
      return listener.with(listener.lifecycle().with(state.full() ? DEGRADED : ONLINE));
    }
    var loadBalancer = tree.loadBalancer();
    boolean expected =
        listener.adminStateUp()
            && loadBalancer.adminStateUp()
            && loadBalancer.lifecycle().provisioning() == ProvisioningStatus.ACTIVE;
    return listener.with(listener.lifecycle().with(expected ? ERROR : OFFLINE));
  }

  private static OperatingStatus worst(List<Listener> listeners, List<Pool> pools) {
    if (pools.stream().anyMatch(it -> it.lifecycle().operating() == ERROR)) {
      return ERROR;
    }
    boolean degraded =
        pools.stream().anyMatch(it -> it.lifecycle().operating() == DEGRADED)
            || listeners.stream().anyMatch(it -> troubled(it.lifecycle().operating()));
    return degraded ? DEGRADED : ONLINE;
  }

  private static boolean troubled(OperatingStatus listener) {
    return listener == DEGRADED || listener == ERROR;
  }
}
