package agrippa.provider.builtin;

import agrippa.model.ListenerId;
import agrippa.model.PoolId;
import agrippa.model.SubnetId;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.TlsClient;
import agrippa.proxy.plan.TlsServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What must be known about the world to compile a tree.
///
/// @param namespace the file of the network namespace in which everything happens, or null for the
///     process's own
/// @param listenAddresses where its VIPs are served
/// @param reach where members' addresses are reached
/// @param arrivals from where clients of a network arrive
/// @param listenerTls of every listener that ends TLS and is to serve
/// @param poolTls of every pool that encrypts and is used by a listener that is to serve
/// @param connectionLimit the most that a listener may have, whatever its own limit
/// @param flavor what its flavor says of extensions, by their keys
/// @param observing what operators want to know
record Facts(
    @Nullable Path namespace,
    List<InetAddress> listenAddresses,
    Reach reach,
    Arrivals arrivals,
    Map<ListenerId, TlsServer> listenerTls,
    Map<PoolId, TlsClient> poolTls,
    int connectionLimit,
    Map<String, String> flavor,
    Observing observing) {
  Facts {
    flavor = Map.copyOf(flavor);
    listenAddresses = List.copyOf(listenAddresses);
    listenerTls = Map.copyOf(listenerTls);
    poolTls = Map.copyOf(poolTls);
  }

  /// Where the data plane reaches an address of a member.
  @FunctionalInterface
  interface Reach {
    InetAddress of(String address, @Nullable SubnetId subnet);
  }

  /// Which networks the clients of a network are seen in.
  @FunctionalInterface
  interface Arrivals {
    List<Cidr> of(String cidr);
  }
}
