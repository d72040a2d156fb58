package agrippa.cloud.network;

import agrippa.cloud.network.SubnetPool.Lengths;
import agrippa.model.ProjectId;
import java.net.InetAddress;
import java.util.List;

/// What is there for everybody from the first start: an external network `public`, and, where
/// networks are real, IPv6 prefixes that lead there. Addresses are those that are kept for
/// documentation (RFC 5737, RFC 3849). Names are DevStack's, which suites of tests look for.
final class PublicNetwork {
  private static final int PREFIX_LENGTH = 64;

  private PublicNetwork() {}

  /// @param operator the project that owns all of it
  static void make(Draft draft, ProjectId operator) {
    Network network =
        new Network(
            draft.meta(operator, "public", "Where floating IPs come from"),
            true,
            true,
            true,
            true,
            true,
            1_500);
    draft.add(network);
    draft.add(subnet(draft, network, "public-subnet", "203.0.113.0/24"));
    // The images of IPv6 addresses are IPv4 addresses, of which there is enough room already.
    if (draft.state().space() == AddressSpace.NETWORK) {
      draft.add(subnet(draft, network, "ipv6-public-subnet", "2001:db8::/64"));
      draft.add(pool(draft, operator));
    }
  }

  /// The first address is the gateway's, all others are free.
  private static Subnet subnet(Draft draft, Network network, String name, String prefix) {
    Cidr cidr = Cidr.of(prefix);
    InetAddress gateway = SubnetCollection.firstHost(cidr);
    return new Subnet(
        draft.meta(network.project(), name, ""),
        network.id(),
        null,
        cidr,
        gateway,
        SubnetCollection.hosts(cidr, gateway),
        false,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  private static SubnetPool pool(Draft draft, ProjectId operator) {
    return new SubnetPool(
        draft.meta(operator, "shared-default-subnetpool-v6", "What routers of `public` lead to"),
        true,
        true,
        List.of(Cidr.of("2001:db8:1::/48")),
        new Lengths(PREFIX_LENGTH, 128, PREFIX_LENGTH),
        null);
  }
}
