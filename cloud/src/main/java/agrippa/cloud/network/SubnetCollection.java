package agrippa.cloud.network;

import agrippa.cloud.network.Subnet.HostRoute;
import agrippa.control.Caller;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Subnets.
final class SubnetCollection implements Collection<Subnet> {
  /// Wider networks than this would have several addresses at one place of the mirror.
  private static final int SHORTEST_IPV4_PREFIX = 8;

  private static final List<String> IPV6_MODES =
      List.of("dhcpv6-stateful", "dhcpv6-stateless", "slaac");

  @Override
  public Kind kind() {
    return Kind.SUBNET;
  }

  @Override
  public Subnet create(Draft draft, Caller caller, Form form) {
    Meta meta = draft.meta(Access.owner(caller, form), "", "");
    Network network = Access.network(caller, draft.state(), form.fixedId("network_id"));
    if (!Access.changes(caller, draft.state(), network)) {
      throw Fault.forbidden("create_subnet");
    }
    SubnetPool pool = SubnetAllocation.pool(draft.state(), caller, form);
    Cidr cidr =
        pool == null ? cidr(form) : SubnetAllocation.cut(draft.state(), pool, meta.project(), form);
    mustBeUsable(cidr);
    mustNotOverlap(draft.state(), network, cidr);
    mustHaveTheSamePool(draft.state(), network, cidr, pool);
    Subnet plain =
        new Subnet(
            meta,
            network.id(),
            pool == null ? null : pool.id(),
            cidr,
            form.address("gateway_ip", firstHost(cidr)),
            List.of(),
            true,
            List.of(),
            List.of(),
            List.of(),
            mode(form, "ipv6_address_mode", cidr),
            mode(form, "ipv6_ra_mode", cidr));
    Subnet subnet =
        filled(
            form.has("allocation_pools") ? plain : with(plain, hosts(cidr, plain.gateway())), form);
    draft.add(subnet);
    return subnet;
  }

  static Cidr cidr(Form form) {
    form.required("cidr");
    String text = form.word("cidr");
    Cidr cidr =
        Cidr.parse(text).orElseThrow(() -> Fault.senseless(text + " is not in a CIDR format"));
    form.required("ip_version");
    if (!List.of("4", "6").contains(form.word("ip_version"))) {
      throw Fault.invalid("ip_version", form.word("ip_version") + " is not in valid_values.");
    }
    if (form.number("ip_version", 4, 4, 6) != cidr.version()) {
      throw Fault.senseless(
          "cidr '%s' does not match the ip_version '%d'".formatted(cidr, 10 - cidr.version()));
    }
    return cidr;
  }

  /// So that addresses of one network come from one address space.
  private static void mustHaveTheSamePool(
      NetworkState state, Network network, Cidr cidr, @Nullable SubnetPool pool) {
    UUID id = pool == null ? null : pool.id();
    boolean others =
        state.subnetsOf(network.id()).stream()
            .filter(it -> it.cidr().version() == cidr.version())
            .anyMatch(it -> !Objects.equals(it.subnetPool(), id));
    if (others) {
      throw Fault.badRequest(
          "NetworkSubnetPoolAffinityError",
          "Subnets hosted on the same network must be allocated from the same subnet pool.");
    }
  }

  private static @Nullable String mode(Form form, String name, Cidr cidr) {
    form.fixed(name);
    if (!form.has(name)) {
      return null;
    }
    if (cidr.version() == 4) {
      throw Fault.senseless(name + " is not valid when ip_version is 4");
    }
    return form.choice(name, "", IPV6_MODES);
  }

  private static void mustBeUsable(Cidr cidr) {
    if (cidr.version() == 4 && cidr.prefixLength() < SHORTEST_IPV4_PREFIX) {
      throw Fault.senseless(
          "networks wider than /%d cannot be mirrored on this machine"
              .formatted(SHORTEST_IPV4_PREFIX));
    }
    if (cidr.network().isMulticastAddress()) {
      throw Fault.senseless("Multicast IP subnet is not supported if enable_dhcp is True");
    }
    if (cidr.network().isLoopbackAddress()) {
      throw Fault.senseless("Loopback IP subnet is not supported if enable_dhcp is True");
    }
  }

  private static void mustNotOverlap(NetworkState state, Network network, Cidr cidr) {
    if (state.subnetsOf(network.id()).stream().anyMatch(it -> it.cidr().overlaps(cidr))) {
      throw Fault.senseless(
          "Requested subnet with cidr: %s for network: %s overlaps with another subnet"
              .formatted(cidr, network.id()));
    }
  }

  @Override
  public Subnet update(Draft draft, Caller caller, Subnet before, Form form) {
    for (String name :
        List.of(
            "network_id",
            "subnetpool_id",
            "cidr",
            "ip_version",
            "ipv6_ra_mode",
            "ipv6_address_mode")) {
      form.fixed(name);
    }
    form.project();
    Subnet after = filled(before, form);
    mustNotLoseItsGateway(draft.state(), before, after);
    return draft.change(after);
  }

  private static void mustNotLoseItsGateway(NetworkState state, Subnet before, Subnet after) {
    InetAddress gateway = before.gateway();
    if (gateway == null || gateway.equals(after.gateway())) {
      return;
    }
    Port.FixedIp held = new Port.FixedIp(before.id(), gateway);
    state
        .ports()
        .filter(it -> it.holder() instanceof Port.Holder.Router)
        .filter(it -> it.fixedIps().contains(held))
        .findFirst()
        .ifPresent(
            it -> {
              throw Fault.conflict(
                  "GatewayIpInUse",
                  "Current gateway ip %s already in use by port %s. Unable to update."
                      .formatted(Addresses.text(gateway), it.id()));
            });
  }

  private static Subnet filled(Subnet base, Form form) {
    Subnet subnet =
        new Subnet(
            base.meta()
                .labelled(
                    form.text("name", base.meta().name()),
                    form.text("description", base.meta().description())),
            base.network(),
            base.subnetPool(),
            base.cidr(),
            form.address("gateway_ip", base.gateway()),
            form.list("allocation_pools", base.pools(), SubnetCollection::pool),
            form.flag("enable_dhcp", base.dhcp()),
            form.list("dns_nameservers", base.dnsServers(), it -> Form.read("dns_nameservers", it)),
            form.list("host_routes", base.hostRoutes(), SubnetCollection::hostRoute),
            form.texts("service_types", base.serviceTypes()),
            base.ipv6AddressMode(),
            base.ipv6RaMode());
    form.end();
    check(subnet);
    return subnet;
  }

  private static AddressRange pool(JsonNode it) {
    InetAddress first = Form.read("allocation_pools", it.path("start"));
    InetAddress last = Form.read("allocation_pools", it.path("end"));
    AddressRange pool = new AddressRange(first, last);
    if (Addresses.version(first) != Addresses.version(last) || pool.size().signum() <= 0) {
      throw Fault.badRequest(
          "InvalidAllocationPool", "The allocation pool " + pool + " is not valid.");
    }
    return pool;
  }

  private static HostRoute hostRoute(JsonNode it) {
    return new HostRoute(
        Form.cidr("host_routes", it.path("destination")),
        Form.read("host_routes", it.path("nexthop")));
  }

  private static void check(Subnet subnet) {
    SubnetOptions.check(subnet);
    InetAddress gateway = subnet.gateway();
    if (gateway != null && !subnet.cidr().contains(gateway)) {
      throw Fault.senseless("Gateway is not valid on subnet");
    }
    List<AddressRange> pools = subnet.pools();
    for (int i = 0; i < pools.size(); i++) {
      AddressRange pool = pools.get(i);
      if (!subnet.cidr().contains(pool.first()) || !subnet.cidr().contains(pool.last())) {
        throw Fault.badRequest(
            "OutOfBoundsAllocationPool",
            "The allocation pool %s spans beyond the subnet cidr %s."
                .formatted(pool, subnet.cidr()));
      }
      if (gateway != null && pool.contains(gateway)) {
        throw Fault.conflict(
            "GatewayConflictWithAllocationPools",
            "Gateway ip %s conflicts with allocation pool %s."
                .formatted(Addresses.text(gateway), pool));
      }
      for (AddressRange other : pools.subList(0, i)) {
        if (pool.overlaps(other)) {
          throw Fault.conflict(
              "OverlappingAllocationPools",
              "Found overlapping allocation pools: %s %s for subnet %s."
                  .formatted(other, pool, subnet.cidr()));
        }
      }
    }
  }

  /// The gateway that a subnet has if nothing else is said.
  static @Nullable InetAddress firstHost(Cidr cidr) {
    BigInteger first = Addresses.number(cidr.first()).add(BigInteger.ONE);
    InetAddress host = Addresses.of(first, cidr.version());
    return cidr.contains(host) ? host : null;
  }

  /// All addresses that machines may have, but for the gateway's.
  static List<AddressRange> hosts(Cidr cidr, @Nullable InetAddress gateway) {
    BigInteger first = Addresses.number(cidr.first());
    BigInteger last = Addresses.number(cidr.last());
    if (last.subtract(first).compareTo(BigInteger.TWO) >= 0) {
      first = first.add(BigInteger.ONE);
      last = cidr.version() == 4 ? last.subtract(BigInteger.ONE) : last;
    }
    if (gateway == null) {
      return ranges(cidr, first, last).toList();
    }
    BigInteger kept = Addresses.number(gateway);
    return Stream.concat(
            ranges(cidr, first, last.min(kept.subtract(BigInteger.ONE))),
            ranges(cidr, first.max(kept.add(BigInteger.ONE)), last))
        .toList();
  }

  private static Stream<AddressRange> ranges(Cidr cidr, BigInteger first, BigInteger last) {
    return first.compareTo(last) > 0
        ? Stream.empty()
        : Stream.of(
            new AddressRange(
                Addresses.of(first, cidr.version()), Addresses.of(last, cidr.version())));
  }

  private static Subnet with(Subnet it, List<AddressRange> pools) {
    return new Subnet(
        it.meta(),
        it.network(),
        it.subnetPool(),
        it.cidr(),
        it.gateway(),
        pools,
        it.dhcp(),
        it.dnsServers(),
        it.hostRoutes(),
        it.serviceTypes(),
        it.ipv6AddressMode(),
        it.ipv6RaMode());
  }

  @Override
  public void delete(Draft draft, Caller caller, Subnet it) {
    if (inUse(draft.state(), it.id())) {
      throw Fault.conflict(
          "SubnetInUse",
          "Unable to complete operation on subnet %s: One or more ports have an IP allocation from this subnet."
              .formatted(it.id()));
    }
    draft.remove(it);
  }

  private static boolean inUse(NetworkState state, UUID subnet) {
    return state
            .ports()
            .flatMap(it -> it.fixedIps().stream())
            .anyMatch(it -> it.subnet().equals(subnet))
        || state.floatingIps().anyMatch(it -> it.subnet().equals(subnet));
  }

  @Override
  public ObjectNode show(NetworkState state, Caller caller, Subnet it) {
    return it.json();
  }
}
