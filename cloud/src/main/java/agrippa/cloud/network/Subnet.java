package agrippa.cloud.network;

import java.net.InetAddress;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A range of addresses of a network.
///
/// @param subnetPool what it was cut from, or null
/// @param gateway kept free for a router, or null for none
/// @param pools where addresses are taken from that nobody asks for by name
record Subnet(
    Meta meta,
    UUID network,
    @Nullable UUID subnetPool,
    Cidr cidr,
    @Nullable InetAddress gateway,
    List<AddressRange> pools,
    boolean dhcp,
    List<InetAddress> dnsServers,
    List<HostRoute> hostRoutes,
    List<String> serviceTypes,
    @Nullable String ipv6AddressMode,
    @Nullable String ipv6RaMode)
    implements Resource {
  Subnet {
    pools = List.copyOf(pools);
    dnsServers = List.copyOf(dnsServers);
    hostRoutes = List.copyOf(hostRoutes);
    serviceTypes = List.copyOf(serviceTypes);
  }

  /// A route that machines of the subnet learn.
  record HostRoute(Cidr destination, InetAddress nextHop) {}

  /// Whether machines make their own addresses here, from their MAC addresses.
  boolean automatic() {
    return "slaac".equals(ipv6AddressMode) || "dhcpv6-stateless".equals(ipv6AddressMode);
  }

  @Override
  public Kind kind() {
    return Kind.SUBNET;
  }

  @Override
  public Subnet with(Meta next) {
    return new Subnet(
        next,
        network,
        subnetPool,
        cidr,
        gateway,
        pools,
        dhcp,
        dnsServers,
        hostRoutes,
        serviceTypes,
        ipv6AddressMode,
        ipv6RaMode);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("network_id", network.toString());
    json.put("ip_version", cidr.version());
    json.put("subnetpool_id", subnetPool == null ? null : subnetPool.toString());
    json.put("enable_dhcp", dhcp);
    json.put("ipv6_ra_mode", ipv6RaMode);
    json.put("ipv6_address_mode", ipv6AddressMode);
    json.put("gateway_ip", gateway == null ? null : Addresses.text(gateway));
    json.put("cidr", cidr.toString());
    ArrayNode ranges = json.putArray("allocation_pools");
    for (AddressRange it : pools) {
      ranges
          .addObject()
          .put("start", Addresses.text(it.first()))
          .put("end", Addresses.text(it.last()));
    }
    ArrayNode routes = json.putArray("host_routes");
    for (HostRoute it : hostRoutes) {
      routes
          .addObject()
          .put("destination", it.destination().toString())
          .put("nexthop", Addresses.text(it.nextHop()));
    }
    ArrayNode servers = json.putArray("dns_nameservers");
    dnsServers.forEach(it -> servers.add(Addresses.text(it)));
    ArrayNode types = json.putArray("service_types");
    serviceTypes.forEach(types::add);
    return json;
  }

  static Subnet of(Meta meta, JsonNode json) {
    return new Subnet(
        meta,
        Resource.uuid(json, "network_id"),
        Resource.optional(json, "subnetpool_id", UUID::fromString),
        Cidr.of(json.path("cidr").stringValue()),
        Resource.optional(json, "gateway_ip", Addresses::of),
        Resource.list(
            json,
            "allocation_pools",
            it ->
                new AddressRange(
                    Addresses.of(it.path("start").stringValue()),
                    Addresses.of(it.path("end").stringValue()))),
        json.path("enable_dhcp").booleanValue(),
        Resource.list(json, "dns_nameservers", it -> Addresses.of(it.stringValue())),
        Resource.list(
            json,
            "host_routes",
            it ->
                new HostRoute(
                    Cidr.of(it.path("destination").stringValue()),
                    Addresses.of(it.path("nexthop").stringValue()))),
        Resource.list(json, "service_types", JsonNode::stringValue),
        Resource.optional(json, "ipv6_address_mode", it -> it),
        Resource.optional(json, "ipv6_ra_mode", it -> it));
  }
}
