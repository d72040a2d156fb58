package agrippa.cloud.network;

import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where load balancers' traffic runs on this machine.
final class MirrorPaths {
  private MirrorPaths() {}

  /// Where a VIP is served: at the images of its addresses, and of floating IPs that lead there.
  static List<InetAddress> listenAddresses(
      NetworkState state, PortId port, Stream<String> addresses) {
    Set<InetAddress> fixed =
        addresses.map(Addresses::of).collect(Collectors.toCollection(LinkedHashSet::new));
    Stream<InetAddress> floating =
        state.floatingIpsTo(port.value()).stream()
            .filter(it -> it.target() != null && fixed.contains(it.target().fixedAddress()))
            .map(FloatingIp::address);
    return Stream.concat(fixed.stream(), floating).map(Mirror::image).distinct().toList();
  }

  /// Where an address is reached: at its image if it is of an embedded network, else as it is.
  static InetAddress reach(
      NetworkState state, InetAddress address, @Nullable SubnetId subnet, Vip vip) {
    return reachable(state, subnet, vip).anyMatch(it -> it.cidr().contains(address))
        ? Mirror.image(address)
        : address;
  }

  /// The networks that clients of a network are seen in: itself, and the images of what it has in
  /// common with embedded networks.
  static List<Cidr> arrivals(NetworkState state, Cidr cidr, Vip vip) {
    Stream<Cidr> images =
        reachable(state, null, vip)
            .map(Subnet::cidr)
            .filter(cidr::overlaps)
            .map(it -> Mirror.image(it.prefixLength() > cidr.prefixLength() ? it : cidr));
    return Stream.concat(Stream.of(cidr), images).distinct().toList();
  }

  /// The subnets that a load balancer can reach: its project's and everybody's, its VIP's, and its
  /// member's. Networks of others must not change what an address means to it.
  private static Stream<Subnet> reachable(NetworkState state, @Nullable SubnetId member, Vip vip) {
    Optional<ProjectId> project = state.port(vip.port().value()).map(Resource::project);
    return state
        .subnets()
        .filter(
            it -> {
              Network network = state.networkOf(it);
              return network.shared()
                  || network.external()
                  || Optional.of(network.project()).equals(project)
                  || network.id().equals(vip.network().value())
                  || (member != null && member.value().equals(it.id()));
            });
  }
}
