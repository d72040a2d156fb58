package agrippa.cloud.network;

import agrippa.model.LoadBalancerId;
import agrippa.model.SubnetId;
import agrippa.model.Vip;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where load balancers' traffic runs.
interface Paths {
  /// Makes sure that a load balancer has its network namespace, with a way to each of the subnets.
  ///
  /// @return its file, or nothing for this process's own
  Optional<Path> connect(LoadBalancerId id, Set<SubnetId> members);

  /// Where a VIP is served.
  ///
  /// @param addresses the VIP's
  List<InetAddress> listenAddresses(Vip vip, Stream<String> addresses);

  /// Where an address of a member is reached.
  ///
  /// @param subnet the member's, or null for the VIP's network
  InetAddress reach(InetAddress address, @Nullable SubnetId subnet, Vip vip);

  /// The networks that clients of a network are seen in.
  List<Cidr> arrivals(Cidr cidr, Vip vip);
}
