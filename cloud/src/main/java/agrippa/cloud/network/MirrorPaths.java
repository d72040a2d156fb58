package agrippa.cloud.network;

import agrippa.model.LoadBalancerId;
import agrippa.model.ProjectId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything is in this machine's own namespace, at images of the networks' addresses.
final class MirrorPaths implements Paths {
  private final NetworkRecords records;

  MirrorPaths(NetworkRecords records) {
    this.records = records;
  }

  @Override
  public Optional<Path> connect(LoadBalancerId id, Set<SubnetId> members) {
    return Optional.empty();
  }

  /// At the images of its addresses, and of floating IPs that lead there.
  @Override
  public List<InetAddress> listenAddresses(Vip vip, Stream<String> addresses) {
    Set<InetAddress> fixed =
        addresses.map(Addresses::of).collect(Collectors.toCollection(LinkedHashSet::new));
    Stream<InetAddress> floating =
        records.state().floatingIpsTo(vip.port().value()).stream()
            .filter(it -> it.target() != null && fixed.contains(it.target().fixedAddress()))
            .map(FloatingIp::address);
    return Stream.concat(fixed.stream(), floating).map(Mirror::image).distinct().toList();
  }

  /// At its image if it is of an embedded network, else as it is.
  @Override
  public InetAddress reach(InetAddress address, @Nullable SubnetId subnet, Vip vip) {
    return reachable(records.state(), subnet, vip).anyMatch(it -> it.cidr().contains(address))
        ? Mirror.image(address)
        : address;
  }

  /// Itself, and the images of what it has in common with embedded networks.
  @Override
  public List<Cidr> arrivals(Cidr cidr, Vip vip) {
    Stream<Cidr> images =
        reachable(records.state(), null, vip)
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
