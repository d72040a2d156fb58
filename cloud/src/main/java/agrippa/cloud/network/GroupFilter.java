package agrippa.cloud.network;

import agrippa.cloud.network.Port.FixedIp;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Security groups in the language of nft, as the content of a table of family `inet`. They are
/// enforced in the namespace of whoever is plugged in, who has no right to change them: only there
/// the kernel tracks connections for whatever addresses tenants chose.
final class GroupFilter {
  /// By IANA's numbers, under the names that Neutron takes.
  private static final Map<String, Integer> PROTOCOLS =
      Map.ofEntries(
          Map.entry("icmp", 1),
          Map.entry("igmp", 2),
          Map.entry("ipip", 4),
          Map.entry("ipv6-encap", 41),
          Map.entry("tcp", 6),
          Map.entry("egp", 8),
          Map.entry("udp", 17),
          Map.entry("dccp", 33),
          Map.entry("ipv6-route", 43),
          Map.entry("ipv6-frag", 44),
          Map.entry("rsvp", 46),
          Map.entry("gre", 47),
          Map.entry("esp", 50),
          Map.entry("ah", 51),
          Map.entry("ipv6-icmp", 58),
          Map.entry("icmpv6", 58),
          Map.entry("ipv6-nonxt", 59),
          Map.entry("ipv6-opts", 60),
          Map.entry("ospf", 89),
          Map.entry("vrrp", 112),
          Map.entry("pgm", 113),
          Map.entry("sctp", 132),
          Map.entry("udplite", 136));

  private static final int ICMP = 1;
  private static final int ICMP_V6 = 58;

  private final NetworkState state;
  private final Set<UUID> remotes = new TreeSet<>();

  private GroupFilter(NetworkState state) {
    this.state = state;
  }

  /// @param ports those that are filtered, by the name of their interface
  /// @return the content of the table, empty if nothing is filtered
  static String of(NetworkState state, SequencedMap<String, Port> ports) {
    return ports.isEmpty() ? "" : new GroupFilter(state).table(ports);
  }

  private String table(SequencedMap<String, Port> ports) {
    StringBuilder chains = new StringBuilder();
    ports.forEach(
        (device, port) -> {
          chains.append(chain(device + "-in", port, true));
          chains.append(chain(device + "-out", port, false));
        });
    String inward =
        ports.keySet().stream()
            .map(it -> "    iifname \"" + it + "\" jump " + it + "-in\n")
            .collect(Collectors.joining());
    String outward =
        ports.keySet().stream()
            .map(it -> "    oifname \"" + it + "\" jump " + it + "-out\n")
            .collect(Collectors.joining());
    String devices =
        ports.keySet().stream()
            .map(it -> '"' + it + '"')
            .collect(Collectors.joining(", ", "{ ", " }"));
    String known =
        "    ct state established,related accept\n"
            + "    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit,"
            + " nd-router-advert, mld-listener-query, mld-listener-report, mld2-listener-report }"
            + " accept\n";
    return sets()
        + chains
        + "  chain input {\n    type filter hook input priority filter; policy accept;\n"
        + "    iifname != "
        + devices
        + " accept\n"
        + known
        + inward
        + "    drop\n  }\n"
        + "  chain output {\n    type filter hook output priority filter; policy accept;\n"
        + "    oifname != "
        + devices
        + " accept\n"
        + known
        + outward
        + "    drop\n  }\n";
  }

  private String chain(String name, Port port, boolean ingress) {
    StringBuilder text = new StringBuilder("  chain " + name + " {\n");
    for (UUID group : port.securityGroups()) {
      state.rulesOf(group).stream()
          .filter(it -> it.ingress() == ingress)
          .map(this::rule)
          .filter(it -> !it.isEmpty())
          .distinct()
          .forEach(it -> text.append("    ").append(it).append(" accept\n"));
    }
    return text.append("  }\n").toString();
  }

  /// What a rule lets through; empty if it can never apply.
  private String rule(SecurityGroupRule rule) {
    List<String> words = new ArrayList<>();
    boolean ipv4 = rule.version() == 4;
    words.add("meta nfproto " + (ipv4 ? "ipv4" : "ipv6"));
    String side = (ipv4 ? "ip " : "ip6 ") + (rule.ingress() ? "saddr " : "daddr ");
    Cidr prefix = rule.remotePrefix();
    if (prefix != null) {
      if (prefix.version() != rule.version()) {
        return "";
      }
      words.add(side + prefix);
    }
    UUID remote = rule.remoteGroup();
    if (remote != null) {
      remotes.add(remote);
      words.add(side + "@" + set(remote, ipv4));
    }
    String protocol = rule.protocol();
    if (protocol != null && !protocol.equals("any")) {
      words.add(protocol(number(protocol, ipv4), rule.from(), rule.to(), ipv4));
    }
    return String.join(" ", words);
  }

  private static int number(String protocol, boolean ipv4) {
    Integer known = PROTOCOLS.get(protocol.toLowerCase(Locale.ROOT));
    int number = known == null ? Integer.parseInt(protocol) : known;
    return number == ICMP && !ipv4 ? ICMP_V6 : number;
  }

  private static String protocol(
      int number, @Nullable Integer from, @Nullable Integer to, boolean ipv4) {
    String words = "meta l4proto " + number;
    if (from == null || number == 0) {
      return words;
    }
    if (number == ICMP || number == ICMP_V6) {
      String family = ipv4 ? "icmp" : "icmpv6";
      return words
          + " "
          + family
          + " type "
          + from
          + (to == null ? "" : " " + family + " code " + to);
    }
    return words + " th dport " + from + "-" + (to == null ? from : to);
  }

  // Remote groups.

  private static String set(UUID group, boolean ipv4) {
    return "g" + group.toString().replace("-", "") + (ipv4 ? "v4" : "v6");
  }

  private String sets() {
    StringBuilder text = new StringBuilder();
    for (UUID group : remotes) {
      for (int version : new int[] {4, 6}) {
        text.append(
            "  set %s { type %s; %s}\n"
                .formatted(
                    set(group, version == 4),
                    version == 4 ? "ipv4_addr" : "ipv6_addr",
                    elements(group, version)));
      }
    }
    return text.toString();
  }

  private String elements(UUID group, int version) {
    String addresses =
        state
            .ports()
            .filter(it -> it.securityGroups().contains(group))
            .flatMap(it -> it.fixedIps().stream())
            .map(FixedIp::address)
            .filter(it -> Addresses.version(it) == version)
            .map(InetAddress::getHostAddress)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    return addresses.isEmpty() ? "" : "elements = { " + addresses + " } ";
  }
}
