package agrippa.cloud.network;

import static java.util.Locale.ROOT;

import agrippa.cloud.fabric.FabricPlan;
import agrippa.cloud.fabric.FabricPlan.Bridge;
import agrippa.cloud.fabric.FabricPlan.Guard;
import agrippa.cloud.fabric.FabricPlan.Host;
import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.FabricPlan.Namespace;
import agrippa.cloud.fabric.FabricPlan.Prefix;
import agrippa.cloud.fabric.FabricPlan.Route;
import agrippa.cloud.fabric.FabricPlan.Source;
import agrippa.cloud.network.Port.AddressPair;
import agrippa.cloud.network.Port.FixedIp;
import agrippa.cloud.network.Port.Holder;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the kernel shall hold for the networks of a state: a bridge for each, and a namespace for
/// each server, router and load balancer that is plugged in somewhere. Pure.
final class FabricPlanner {
  private final NetworkState state;
  private final Map<UUID, Subnet> subnets;
  private final Map<UUID, Network> networks;

  private FabricPlanner(NetworkState state) {
    this.state = state;
    this.subnets = state.subnets().collect(Collectors.toMap(Resource::id, it -> it));
    this.networks = state.networks().collect(Collectors.toMap(Resource::id, it -> it));
  }

  /// The name of a server's namespace.
  static String server(UUID id) {
    return "server-" + id;
  }

  /// The name of a load balancer's namespace.
  static String loadBalancer(UUID id) {
    return "lb-" + id;
  }

  /// @param hostInterface what interfaces of this machine into external networks are called, by
  ///     their number, or null for none
  static FabricPlan plan(NetworkState state, @Nullable IntFunction<String> hostInterface) {
    FabricPlanner planner = new FabricPlanner(state);
    return new FabricPlan(
        state.networks().map(it -> new Bridge(bridge(it.id()), it.mtu())).toList(),
        planner.namespaces(),
        hostInterface == null ? Host.NOTHING : new HostPlanner(state, hostInterface).plan());
  }

  static String bridge(UUID network) {
    return device("b", network);
  }

  /// Devices have names of at most 15 letters.
  static String device(String letter, UUID id) {
    return letter + id.toString().replace("-", "").substring(0, 11);
  }

  private List<Namespace> namespaces() {
    SequencedMap<String, List<Port>> servers = new LinkedHashMap<>();
    SequencedMap<String, List<Port>> balancers = new LinkedHashMap<>();
    SequencedMap<String, List<Port>> routers = new LinkedHashMap<>();
    state
        .ports()
        .forEach(
            it -> {
              switch (it.holder()) {
                case Holder.Server(var server, _) -> put(servers, server(server), it);
                case Holder.Vip vip -> put(balancers, loadBalancer(vip.loadBalancer().value()), it);
                case Holder.Router(var router) -> put(routers, "router-" + router, it);
                case Holder.Leg(var balancer) -> put(balancers, loadBalancer(balancer.value()), it);
                case null -> {}
              }
            });
    List<Namespace> namespaces = new ArrayList<>();
    servers.forEach((name, ports) -> namespaces.add(server(name, ports)));
    balancers.forEach((name, ports) -> namespaces.add(balancer(name, ports)));
    routers.forEach((name, ports) -> namespaces.add(router(name, ports)));
    return namespaces;
  }

  private static void put(SequencedMap<String, List<Port>> all, String name, Port port) {
    all.computeIfAbsent(name, any -> new ArrayList<>()).add(port);
  }

  // Servers.

  private Namespace server(String name, List<Port> ports) {
    List<Interface> interfaces = new ArrayList<>();
    SequencedMap<String, Port> filtered = new LinkedHashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      interfaces.add(inter(port, "eth" + i, port.adminStateUp(), guard(port)));
      if (port.portSecurity()) {
        filtered.put("eth" + i, port);
      }
    }
    return new Namespace(
        name, interfaces, routes(ports, interfaces), false, GroupFilter.of(state, filtered));
  }

  // Load balancers.

  private Namespace balancer(String name, List<Port> ports) {
    List<Port> vipFirst =
        Stream.concat(
                ports.stream().filter(it -> it.holder() instanceof Holder.Vip),
                ports.stream().filter(it -> it.holder() instanceof Holder.Leg))
            .toList();
    List<Interface> interfaces = new ArrayList<>();
    SequencedMap<String, Port> filtered = new LinkedHashMap<>();
    for (Port port : vipFirst) {
      boolean vip = port.holder() instanceof Holder.Vip;
      String device = vip ? "eth0" : device("m", port.id());
      // The port of a VIP is always down for Neutron, since Octavia plugs another one in.
      interfaces.add(inter(port, device, true, guard(port)));
      if (vip && !port.securityGroups().isEmpty()) {
        filtered.put(device, port);
      }
    }
    return new Namespace(
        name, interfaces, routes(vipFirst, interfaces), false, GroupFilter.of(state, filtered));
  }

  // Routers.

  private Namespace router(String name, List<Port> ports) {
    UUID id = UUID.fromString(name.substring("router-".length()));
    Router router = (Router) state.find(Kind.ROUTER, id).orElseThrow();
    List<FloatingIp> floating =
        state.floatingIps().filter(it -> id.equals(Routing.router(state, it))).toList();
    List<Interface> interfaces = new ArrayList<>();
    Set<Route> routes = new LinkedHashSet<>();
    String filter = "";
    for (Port port : ports) {
      boolean gateway = RouterPorts.isOutside(port);
      Interface plain =
          inter(
              port,
              device(gateway ? "g" : "r", port.id()),
              router.adminStateUp(),
              new Guard.Open());
      interfaces.add(
          gateway
              ? plain.with(floating.stream().map(it -> Prefix.host(it.address())).toList())
              : plain);
      if (gateway) {
        routes.addAll(routes(List.of(port), List.of(plain)));
        filter = RouterFilter.of(router, plain.name(), port, floating);
      }
    }
    router.routes().forEach(it -> extra(it, ports, interfaces).ifPresent(routes::add));
    return new Namespace(name, interfaces, routes, true, filter);
  }

  private Optional<Route> extra(
      Router.ExtraRoute it, List<Port> ports, List<Interface> interfaces) {
    Prefix to = new Prefix(it.destination().network(), it.destination().prefixLength());
    for (int i = 0; i < ports.size(); i++) {
      for (FixedIp ip : ports.get(i).fixedIps()) {
        if (subnet(ip.subnet()).cidr().contains(it.nextHop())) {
          return Optional.of(new Route(to, it.nextHop(), interfaces.get(i).name()));
        }
      }
    }
    return Optional.empty();
  }

  // What all have.

  private Interface inter(Port port, String name, boolean up, Guard guard) {
    return new Interface(
        name,
        device("p", port.id()),
        bridge(port.network()),
        port.mac(),
        network(port.network()).mtu(),
        up,
        port.fixedIps().stream().map(this::prefix).collect(Collectors.toSet()),
        guard);
  }

  private Network network(UUID id) {
    return Optional.ofNullable(networks.get(id)).orElseThrow();
  }

  private Subnet subnet(UUID id) {
    return Optional.ofNullable(subnets.get(id)).orElseThrow();
  }

  private Prefix prefix(FixedIp it) {
    return new Prefix(it.address(), subnet(it.subnet()).cidr().prefixLength());
  }

  /// Senders are who they say they are, unless the port's security is off.
  private static Guard guard(Port port) {
    if (!port.portSecurity()) {
      return new Guard.Open();
    }
    Set<AddressPair> pairs = new LinkedHashSet<>();
    pairs.add(own(port, linkLocal(port.mac())));
    // Asking whether an address is free comes from no address.
    pairs.add(own(port, InetAddress.ofLiteral("::")));
    port.fixedIps().forEach(it -> pairs.add(own(port, it.address())));
    port.addressPairs()
        .forEach(it -> pairs.add(new AddressPair(it.addresses(), it.mac().toLowerCase(ROOT))));
    // Elements of the kernel's sets must not overlap.
    return new Guard.Only(
        pairs.stream()
            .filter(it -> pairs.stream().noneMatch(other -> isWithin(it, other)))
            .map(
                it ->
                    new Source(
                        it.mac(),
                        new Prefix(it.addresses().network(), it.addresses().prefixLength())))
            .collect(Collectors.toSet()));
  }

  private static AddressPair own(Port port, InetAddress address) {
    return new AddressPair(new Cidr(address, address.getAddress().length * 8), port.mac());
  }

  private static boolean isWithin(AddressPair it, AddressPair other) {
    return !it.equals(other)
        && it.mac().equals(other.mac())
        && it.addresses().version() == other.addresses().version()
        && other.addresses().contains(it.addresses());
  }

  /// The address that an interface gives itself (RFC 4291, appendix A).
  static InetAddress linkLocal(String mac) {
    return Addresses.ofInterface(Cidr.of("fe80::/64"), mac);
  }

  /// By the gateways of the first subnets that have one, and what the subnets say besides.
  private Set<Route> routes(List<Port> ports, List<Interface> interfaces) {
    Map<Prefix, Route> routes = new HashMap<>();
    for (int i = 0; i < ports.size(); i++) {
      String device = interfaces.get(i).name();
      for (FixedIp it : ports.get(i).fixedIps()) {
        Subnet subnet = subnet(it.subnet());
        InetAddress gateway = subnet.gateway();
        if (gateway != null && !gateway.equals(it.address())) {
          Prefix all = FabricPlan.everything(subnet.cidr().version() == 4);
          routes.putIfAbsent(all, new Route(all, gateway, device));
        }
        for (Subnet.HostRoute each : subnet.hostRoutes()) {
          Cidr to = each.destination();
          if (to.version() == subnet.cidr().version() && subnet.cidr().contains(each.nextHop())) {
            Prefix prefix = new Prefix(to.network(), to.prefixLength());
            routes.putIfAbsent(prefix, new Route(prefix, each.nextHop(), device));
          }
        }
      }
    }
    return Set.copyOf(routes.values());
  }
}
