package agrippa.cloud.network;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// The IP protocols that rules of security groups are about: IANA's numbers, under the names that
/// Neutron takes.
final class Protocols {
  static final int ICMP = 1;
  static final int ICMP_V6 = 58;

  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("hopopt", 0),
          Map.entry("ip", 0),
          Map.entry("icmp", ICMP),
          Map.entry("igmp", 2),
          Map.entry("ipip", 4),
          Map.entry("tcp", 6),
          Map.entry("egp", 8),
          Map.entry("udp", 17),
          Map.entry("dccp", 33),
          Map.entry("ipv6-encap", 41),
          Map.entry("ipv6-route", 43),
          Map.entry("ipv6-frag", 44),
          Map.entry("rsvp", 46),
          Map.entry("gre", 47),
          Map.entry("esp", 50),
          Map.entry("ah", 51),
          Map.entry("ipv6-icmp", ICMP_V6),
          Map.entry("icmpv6", ICMP_V6),
          Map.entry("ipv6-nonxt", 59),
          Map.entry("ipv6-opts", 60),
          Map.entry("ospf", 89),
          Map.entry("vrrp", 112),
          Map.entry("pgm", 113),
          Map.entry("sctp", 132),
          Map.entry("udplite", 136));

  private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);
  private static final Set<Integer> OF_IPV6 = Set.of(41, 43, 44, ICMP_V6, 59, 60);

  private Protocols() {}

  /// The number of a protocol that is named, or written as its number; empty if there is no such
  /// one.
  static OptionalInt number(String protocol) {
    Integer known = NUMBERS.get(protocol.toLowerCase(Locale.ROOT));
    if (known != null) {
      return OptionalInt.of(known);
    }
    boolean number = protocol.matches("\\d{1,3}") && Integer.parseInt(protocol) <= 255;
    return number ? OptionalInt.of(Integer.parseInt(protocol)) : OptionalInt.empty();
  }

  static boolean hasPorts(int number) {
    return WITH_PORTS.contains(number);
  }

  static boolean isIcmp(int number) {
    return number == ICMP || number == ICMP_V6;
  }

  /// Whether it means nothing in IPv4.
  static boolean isOfIpv6(int number) {
    return OF_IPV6.contains(number);
  }
}
