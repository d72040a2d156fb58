package agrippa.control;

import agrippa.model.HealthMonitorId;
import agrippa.model.L7PolicyId;
import agrippa.model.L7RuleId;
import agrippa.model.ListenerId;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerId;
import agrippa.model.MemberId;
import agrippa.model.MonitorType;
import agrippa.model.NetworkId;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.SubnetId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that a caller wants changed. Its syntax is right; whether it may happen is decided
/// by the rules.
public sealed interface Change {

  /// A change to a load balancer that exists, or to a part of one.
  sealed interface ToTree extends Change {}

  // Load balancers.

  /// @param project who shall own it, or null for the caller's own project
  /// @param provider as asked for, or null for the default
  /// @param flavor as asked for, or null
  /// @param listeners created along with it
  /// @param pools created along with it, in addition to those defined inside listeners
  record CreateLoadBalancer(
      @Nullable ProjectId project,
      VipRequest vip,
      @Nullable String provider,
      @Nullable String flavor,
      @Nullable String availabilityZone,
      Attributes.OfLoadBalancer attributes,
      List<ListenerGraph> listeners,
      List<PoolGraph> pools)
      implements Change {}

  record UpdateLoadBalancer(LoadBalancerId id, Attributes.OfLoadBalancer attributes)
      implements ToTree {}

  record DeleteLoadBalancer(LoadBalancerId id, boolean cascade) implements ToTree {}

  /// Has a load balancer built anew; admins only. The way out of ERROR besides deleting.
  record FailOver(LoadBalancerId id) implements ToTree {}

  /// The same, asked for by way of the amphora that serves it: the load balancer must be ACTIVE.
  record FailOverAmphora(LoadBalancerId id) implements ToTree {}

  /// What a request says of the VIP.
  record VipRequest(
      @Nullable String address,
      @Nullable PortId port,
      @Nullable SubnetId subnet,
      @Nullable NetworkId network,
      List<AdditionalVip> additional) {}

  record AdditionalVip(SubnetId subnet, @Nullable String address) {}

  // Listeners.

  record CreateListener(
      LoadBalancerId loadBalancer,
      ListenerProtocol protocol,
      int protocolPort,
      Attributes.OfListener attributes)
      implements ToTree {}

  record UpdateListener(ListenerId id, Attributes.OfListener attributes) implements ToTree {}

  record DeleteListener(ListenerId id) implements ToTree {}

  // Pools.

  record CreatePool(
      @Nullable LoadBalancerId loadBalancer,
      @Nullable ListenerId listener,
      PoolProtocol protocol,
      Attributes.OfPool attributes)
      implements ToTree {}

  record UpdatePool(PoolId id, Attributes.OfPool attributes) implements ToTree {}

  record DeletePool(PoolId id) implements ToTree {}

  // Members.

  record CreateMember(PoolId pool, NewMember member) implements ToTree {}

  record UpdateMember(PoolId pool, MemberId id, Attributes.OfMember attributes) implements ToTree {}

  record DeleteMember(PoolId pool, MemberId id) implements ToTree {}

  /// Octavia's batch update: the listed members are created or updated, matched by address and
  /// port; others are removed unless `additiveOnly`.
  record ReplaceMembers(PoolId pool, List<NewMember> members, boolean additiveOnly)
      implements ToTree {}

  record NewMember(
      String address,
      int protocolPort,
      Patch<SubnetId> subnet,
      boolean requestSriov,
      Attributes.OfMember attributes) {}

  // Health monitors.

  record CreateHealthMonitor(PoolId pool, MonitorType type, Attributes.OfHealthMonitor attributes)
      implements ToTree {}

  record UpdateHealthMonitor(HealthMonitorId id, Attributes.OfHealthMonitor attributes)
      implements ToTree {}

  record DeleteHealthMonitor(HealthMonitorId id) implements ToTree {}

  // L7 policies and rules.

  record CreateL7Policy(ListenerId listener, Attributes.OfL7Policy attributes) implements ToTree {}

  record UpdateL7Policy(L7PolicyId id, Attributes.OfL7Policy attributes) implements ToTree {}

  record DeleteL7Policy(L7PolicyId id) implements ToTree {}

  record CreateL7Rule(L7PolicyId policy, Attributes.OfL7Rule attributes) implements ToTree {}

  record UpdateL7Rule(L7PolicyId policy, L7RuleId id, Attributes.OfL7Rule attributes)
      implements ToTree {}

  record DeleteL7Rule(L7PolicyId policy, L7RuleId id) implements ToTree {}

  // Parts of a fully populated load balancer.

  /// @param defaultPool a pool of this graph, by definition or by name, or null
  record ListenerGraph(
      ListenerProtocol protocol,
      int protocolPort,
      Attributes.OfListener attributes,
      @Nullable PoolGraph defaultPool,
      List<L7PolicyGraph> policies) {}

  /// A pool of a graph: with only a name it refers to the definition of that name.
  record PoolGraph(
      @Nullable PoolProtocol protocol,
      Attributes.OfPool attributes,
      List<NewMember> members,
      @Nullable HealthMonitorGraph monitor,
      boolean reference) {}

  record HealthMonitorGraph(MonitorType type, Attributes.OfHealthMonitor attributes) {}

  record L7PolicyGraph(
      Attributes.OfL7Policy attributes,
      @Nullable PoolGraph redirectPool,
      List<Attributes.OfL7Rule> rules) {}
}
