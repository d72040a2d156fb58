package agrippa.cloud.network;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;

/// What subnets tell machines, and how: DHCP, IPv6 modes, name servers, routes.
final class SubnetOptions {
  private static final int MOST_DNS_SERVERS = 5;
  private static final int MOST_ROUTES = 20;

  /// The identifier of an interface that makes its own address is half of it.
  private static final int AUTOMATIC_PREFIX = 64;

  private SubnetOptions() {}

  /// @throws Fault if they make no sense together
  static void check(Subnet subnet) {
    checkDhcp(subnet);
    checkModes(subnet);
    Set<InetAddress> seen = new HashSet<>();
    for (InetAddress it : subnet.dnsServers()) {
      if (!seen.add(it)) {
        throw Fault.invalid(
            "dns_nameservers", "Duplicate nameserver '" + Addresses.text(it) + "'.");
      }
    }
    if (subnet.dnsServers().size() > MOST_DNS_SERVERS) {
      throw tooMany("DNSNameServersExhausted", "DNS nameservers", MOST_DNS_SERVERS);
    }
    if (subnet.hostRoutes().size() > MOST_ROUTES) {
      throw tooMany("HostRoutesExhausted", "host routes", MOST_ROUTES);
    }
  }

  private static void checkDhcp(Subnet subnet) {
    int most = subnet.cidr().version() == 4 ? 30 : 126;
    if (subnet.dhcp() && subnet.cidr().prefixLength() > most) {
      throw Fault.senseless(
          "Subnet has a prefix length that is incompatible with DHCP service enabled");
    }
  }

  private static void checkModes(Subnet subnet) {
    String address = subnet.ipv6AddressMode();
    String router = subnet.ipv6RaMode();
    if (address == null && router == null) {
      return;
    }
    if (!subnet.dhcp()) {
      throw Fault.senseless(
          "ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False");
    }
    if (address != null && router != null && !address.equals(router)) {
      throw Fault.senseless(
          "ipv6_ra_mode set to '%s' with ipv6_address_mode set to '%s' is not valid. If both attributes are set, they must be the same value"
              .formatted(router, address));
    }
    if (subnet.automatic() && subnet.cidr().prefixLength() != AUTOMATIC_PREFIX) {
      throw Fault.senseless(
          "Invalid CIDR %s for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64"
              .formatted(subnet.cidr()));
    }
  }

  private static Fault tooMany(String type, String what, int most) {
    return Fault.badRequest(
        type,
        "Unable to complete operation for new subnet. The number of %s exceeds the limit %d."
            .formatted(what, most));
  }
}
