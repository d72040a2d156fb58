package agrippa.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The address that clients of a load balancer use.
///
/// @param address IPv4 or IPv6, in its canonical text form
/// @param port of the network service that holds the address
/// @param ownPort whether the port was made for this load balancer and goes with it
/// @param qosPolicy limits its traffic, or null
/// @param securityGroups of the user's choice
public record Vip(
    String address,
    PortId port,
    boolean ownPort,
    SubnetId subnet,
    NetworkId network,
    @Nullable QosPolicyId qosPolicy,
    List<SecurityGroupId> securityGroups) {
  public Vip {
    securityGroups = List.copyOf(securityGroups);
  }

  /// A further address on the same port.
  public record Additional(SubnetId subnet, String address) {}
}
