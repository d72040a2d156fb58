package agrippa.control.rules;

import static agrippa.control.rules.RefusedException.invalid;
import static agrippa.control.rules.RefusedException.unknownReference;

import agrippa.control.Attributes.OfLoadBalancer;
import agrippa.control.Change.AdditionalVip;
import agrippa.control.Change.VipRequest;
import agrippa.control.Kind;
import agrippa.control.Patch;
import agrippa.control.spi.Networks.FixedIp;
import agrippa.control.spi.Networks.Network;
import agrippa.control.spi.Networks.Port;
import agrippa.control.spi.Networks.Subnet;
import agrippa.control.spi.Networks.VipWish;
import agrippa.control.spi.Networks.WishedAddress;
import agrippa.model.NetworkId;
import agrippa.model.PortId;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where a new load balancer's VIP shall be: a port beats a network, a network beats a subnet.
final class VipRules {
  // A single data plane and the VIP itself.
  private static final int ADDRESSES_NEEDED = 2;

  private final World world;

  VipRules(World world) {
    this.world = world;
  }

  /// What to claim for a request.
  VipWish choose(VipRequest request, OfLoadBalancer attributes) {
    var place = place(request);
    var additional = additional(request.additional(), place);
    var groups = attributes.vipSecurityGroups().over(List.of(), List.of());
    requireSecurityGroups(groups);
    requireQos(attributes.vipQosPolicy());
    return new VipWish(
        place.network(),
        place.subnet(),
        request.port(),
        place.address(),
        additional,
        attributes.vipQosPolicy().orNull(place.portsQosPolicy()),
        groups);
  }

  void requireSecurityGroups(List<SecurityGroupId> groups) {
    for (var group : groups) {
      if (!world.securityGroupExists(group)) {
        throw unknownReference(Kind.SECURITY_GROUP, group);
      }
    }
  }

  void requireQos(Patch<QosPolicyId> policy) {
    if (!(policy instanceof Patch.Set<QosPolicyId>(var id))) {
      return;
    }
    if (!world.supportsQos()) {
      throw invalid("VIP QoS policy is not allowed in this deployment.");
    }
    if (!world.qosPolicyExists(id)) {
      throw unknownReference(Kind.QOS_POLICY, id);
    }
  }

  private Place place(VipRequest request) {
    var port = request.port();
    var network = request.network();
    var subnet = request.subnet();
    if (port != null) {
      return onPort(port, request);
    }
    if (network != null) {
      return onNetwork(network, request);
    }
    if (subnet != null) {
      return new Place(subnet(subnet).network(), subnet, request.address(), null);
    }
    throw invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
  }

  private Place onPort(PortId id, VipRequest request) {
    var port = world.port(id).orElseThrow(() -> unknownReference(Kind.PORT, id));
    if (!port.deviceId().isEmpty()) {
      throw invalid("Port %s is already used by device %s ".formatted(id, port.deviceId()));
    }
    var chosen = fixedIp(port, request);
    return new Place(port.network(), chosen.subnet(), chosen.address(), port.qosPolicy());
  }

  private FixedIp fixedIp(Port port, VipRequest request) {
    var subnet = request.subnet();
    var address = request.address();
    if (subnet != null) {
      subnet(subnet);
      return port.fixedIps().stream()
          .filter(it -> it.subnet().equals(subnet))
          .findFirst()
          .orElseThrow(
              () ->
                  invalid(
                      "No VIP address found on the specified VIP port within the specified"
                          + " subnet."));
    }
    if (address != null) {
      return port.fixedIps().stream()
          .filter(it -> Cidr.sameAddress(it.address(), address))
          .findFirst()
          .orElseThrow(() -> invalid("Specified VIP address not found on the specified VIP port."));
    }
    if (port.fixedIps().size() != 1) {
      throw invalid(
          "VIP port's subnet could not be determined. Please specify either a VIP subnet or"
              + " address.");
    }
    return port.fixedIps().getFirst();
  }

  private Place onNetwork(NetworkId id, VipRequest request) {
    var network = world.network(id).orElseThrow(() -> unknownReference(Kind.NETWORK, id));
    var subnet = request.subnet();
    var address = request.address();
    if (subnet != null) {
      if (network.subnets().stream().noneMatch(it -> it.id().equals(subnet))) {
        throw unknownReference(Kind.SUBNET, subnet);
      }
      return new Place(id, subnet, address, null);
    }
    var chosen = address != null ? holding(address, network) : roomy(network);
    return new Place(id, chosen.id(), address, null);
  }

  private static Subnet holding(String address, Network network) {
    return network.subnets().stream()
        .filter(it -> Cidr.parse(it.cidr()).filter(cidr -> cidr.contains(address)).isPresent())
        .findFirst()
        .orElseThrow(
            () -> invalid("Supplied network does not contain a subnet for VIP address specified."));
  }

  /// IPv4 is preferred.
  private static Subnet roomy(Network network) {
    if (network.subnets().isEmpty()) {
      throw invalid("Supplied network does not contain a subnet.");
    }
    var roomy =
        network.subnets().stream().filter(it -> it.freeAddresses() >= ADDRESSES_NEEDED).toList();
    return Stream.concat(roomy.stream().filter(it -> it.ipVersion() == 4), roomy.stream())
        .findFirst()
        .orElseThrow(
            () ->
                invalid("Subnet(s) in the supplied network do not contain enough available IPs."));
  }

  private List<WishedAddress> additional(List<AdditionalVip> wanted, Place place) {
    var taken = new HashSet<SubnetId>();
    taken.add(place.subnet());
    for (var one : wanted) {
      if (!taken.add(one.subnet())) {
        throw invalid("Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.");
      }
    }
    for (var one : wanted) {
      var subnet =
          world
              .subnet(one.subnet())
              .orElseThrow(() -> invalid("Subnet %s not found".formatted(one.subnet())));
      if (!subnet.network().equals(place.network())) {
        throw invalid("All VIP subnets must belong to the same network.");
      }
    }
    return wanted.stream().map(it -> new WishedAddress(it.subnet(), it.address())).toList();
  }

  private Subnet subnet(SubnetId id) {
    return world.subnet(id).orElseThrow(() -> unknownReference(Kind.SUBNET, id));
  }

  /// Where the VIP is.
  ///
  /// @param address as wished, or null for any
  /// @param portsQosPolicy what the user's port has already
  private record Place(
      NetworkId network,
      SubnetId subnet,
      @Nullable String address,
      @Nullable QosPolicyId portsQosPolicy) {}
}
