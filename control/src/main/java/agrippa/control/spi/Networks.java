package agrippa.control.spi;

import agrippa.control.Caller;
import agrippa.model.LoadBalancerId;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The network service as load balancers need it. Look-ups show what the caller may see. All
/// methods may block; failures to reach the service are [ServiceUnavailableException].
public interface Networks {
  Optional<Network> network(Caller caller, NetworkId id);

  Optional<Subnet> subnet(Caller caller, SubnetId id);

  Optional<Port> port(Caller caller, PortId id);

  boolean securityGroupExists(Caller caller, SecurityGroupId id);

  /// Whether the service knows QoS policies at all.
  boolean supportsQos();

  boolean qosPolicyExists(Caller caller, QosPolicyId id);

  /// Takes the addresses of a VIP: on the given port, or on a new one named `octavia-lb-<id>` with
  /// device `lb-<id>` and device owner `Octavia`. Idempotent for the same load balancer.
  VipClaim claimVip(LoadBalancerId id, ProjectId project, VipWish wish);

  /// Gives a VIP back: removes a port of its own, frees a user's. Idempotent.
  void releaseVip(LoadBalancerId id, Vip vip);

  /// Makes the port's security groups and QoS policy those of the VIP.
  void updateVip(LoadBalancerId id, Vip vip);

  /// Load balancers that hold VIP ports, so that ports left over by a crash are found.
  Set<LoadBalancerId> claims();

  /// Removes every port that was made for this load balancer. Idempotent.
  void releaseClaims(LoadBalancerId id);

  /// Makes sure that the data plane can serve a load balancer, with a way to each of these subnets.
  /// Idempotent; gives up ways that are no longer asked for.
  ///
  /// @param members the subnets of its members
  /// @return the network namespace that its sockets are in, as the file that stands for it, such
  ///     as `/run/netns/NAME`; nothing for the process's own
  default Optional<String> connect(LoadBalancerId id, Set<SubnetId> members) {
    return Optional.empty();
  }

  /// Where the data plane listens for a VIP: its addresses, and floating IPs that lead to it.
  List<InetAddress> listenAddresses(Vip vip, List<Vip.Additional> additional);

  /// Where the data plane reaches an address that members have.
  ///
  /// @param subnet the member's, or null for the VIP's network
  InetAddress reach(String address, @Nullable SubnetId subnet, Vip vip);

  /// From which networks, as the data plane sees them, clients of a network arrive.
  ///
  /// @param cidr such as `10.10.10.0/24`
  default List<String> arrivals(String cidr, Vip vip) {
    return List.of(cidr);
  }

  /// Calls a listener when what [#listenAddresses] says for a port may have changed.
  void onChange(Consumer<PortId> listener);

  /// A network.
  ///
  /// @param subnets its subnets, in the service's order
  record Network(NetworkId id, List<Subnet> subnets) {}

  /// A subnet.
  ///
  /// @param cidr such as `10.10.10.0/24`
  /// @param ipVersion 4 or 6
  /// @param freeAddresses how many can still be allocated
  record Subnet(SubnetId id, NetworkId network, String cidr, int ipVersion, long freeAddresses) {}

  /// A port.
  ///
  /// @param deviceId who uses it, empty if nobody
  record Port(
      PortId id,
      NetworkId network,
      String deviceId,
      List<FixedIp> fixedIps,
      @Nullable QosPolicyId qosPolicy) {}

  record FixedIp(SubnetId subnet, String address) {}

  /// What a VIP shall be. Network and subnet are decided.
  ///
  /// @param port a user's port that holds the address, or null to make one
  /// @param address wanted, or null for any
  record VipWish(
      NetworkId network,
      SubnetId subnet,
      @Nullable PortId port,
      @Nullable String address,
      List<WishedAddress> additional,
      @Nullable QosPolicyId qosPolicy,
      List<SecurityGroupId> securityGroups) {}

  record WishedAddress(SubnetId subnet, @Nullable String address) {}

  /// What became of a claim.
  sealed interface VipClaim {
    record Claimed(Vip vip, List<Vip.Additional> additional) implements VipClaim {}

    /// @param detail in the network service's words
    record AddressInUse(String detail) implements VipClaim {}

    /// @param detail in the network service's words
    record Failed(String detail) implements VipClaim {}
  }
}
