package agrippa.cloud.network;

import agrippa.cloud.fabric.FabricPlan.Guard;
import agrippa.cloud.fabric.FabricPlan.Host;
import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.FabricPlan.Prefix;
import agrippa.cloud.fabric.FabricPlan.Route;
import agrippa.cloud.network.Port.FixedIp;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/// What this machine has of external networks: it is their gateway, and knows the way to what lies
/// behind routers where no address is translated. Pure.
final class HostPlanner {
  // As many as there are names for interfaces.
  private static final int MOST = 10;

  private final NetworkState state;
  private final IntFunction<String> name;

  /// @param name what interfaces of this machine are called, by their number
  HostPlanner(NetworkState state, IntFunction<String> name) {
    this.state = state;
    this.name = name;
  }

  Host plan() {
    Map<Network, Interface> interfaces = new LinkedHashMap<>();
    for (Network it : state.networks().filter(Network::external).limit(MOST).toList()) {
      Set<Prefix> addresses = gateways(it);
      if (!addresses.isEmpty()) {
        interfaces.put(it, inter(it, name.apply(interfaces.size()), addresses));
      }
    }
    Map<Prefix, Route> routes = new HashMap<>();
    interfaces.forEach((network, inter) -> routes(network, inter).forEach(routes::putIfAbsent));
    return new Host(List.copyOf(interfaces.values()), Set.copyOf(routes.values()));
  }

  private Set<Prefix> gateways(Network network) {
    Set<Prefix> addresses = new LinkedHashSet<>();
    for (Subnet subnet : state.subnetsOf(network.id())) {
      InetAddress gateway = subnet.gateway();
      if (gateway != null) {
        addresses.add(new Prefix(gateway, subnet.cidr().prefixLength()));
      }
    }
    return addresses;
  }

  private static Interface inter(Network it, String name, Set<Prefix> addresses) {
    return new Interface(
        name,
        FabricPlanner.device("h", it.id()),
        FabricPlanner.bridge(it.id()),
        mac(it),
        it.mtu(),
        true,
        addresses,
        new Guard.Open());
  }

  /// One of those that are nobody's (bit 1 of the first byte), the same each time.
  private static String mac(Network network) {
    String hex = network.id().toString().replace("-", "");
    return "02:%s:%s:%s:%s:%s"
        .formatted(
            hex.substring(0, 2),
            hex.substring(2, 4),
            hex.substring(4, 6),
            hex.substring(6, 8),
            hex.substring(8, 10));
  }

  // Routes. IPv4 needs none: who is outside asks for floating IPs, which routers have themselves.

  private Map<Prefix, Route> routes(Network external, Interface inter) {
    Map<Prefix, Route> routes = new HashMap<>();
    for (Router router : state.routers().filter(it -> leadsTo(it, external)).toList()) {
      outside(router)
          .ifPresent(
              via ->
                  inside(router)
                      .forEach(to -> routes.putIfAbsent(to, new Route(to, via, inter.name()))));
    }
    return routes;
  }

  private static boolean leadsTo(Router router, Network external) {
    Router.Gateway gateway = router.gateway();
    return router.adminStateUp() && gateway != null && gateway.network().equals(external.id());
  }

  private Optional<InetAddress> outside(Router router) {
    return RouterPorts.outside(state, router.id()).stream()
        .flatMap(port -> port.fixedIps().stream())
        .map(FixedIp::address)
        .filter(it -> Addresses.version(it) == 6)
        .findFirst();
  }

  private List<Prefix> inside(Router router) {
    return RouterPorts.of(state, router.id())
        .filter(it -> !RouterPorts.isOutside(it))
        .flatMap(port -> port.fixedIps().stream())
        .flatMap(ip -> state.subnet(ip.subnet()).stream())
        .filter(this::isRouted)
        .map(it -> new Prefix(it.cidr().network(), it.cidr().prefixLength()))
        .toList();
  }

  /// Only what the operator gave away, which nobody has twice. Prefixes that tenants chose
  /// themselves may be anybody's.
  private boolean isRouted(Subnet subnet) {
    return subnet.cidr().version() == 6
        && Optional.ofNullable(subnet.subnetPool())
            .flatMap(state::subnetPool)
            .filter(SubnetPool::shared)
            .isPresent();
  }
}
