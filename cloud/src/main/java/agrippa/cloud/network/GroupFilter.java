package agrippa.cloud.network;

import agrippa.cloud.network.Port.FixedIp;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
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
  /// What rules of protocol 0 are about, as in iptables: all of them.
  private static final int ANY = 0;

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
        // Before anything is led elsewhere, as load balancers do: that is filtered too.
        + "  chain input {\n    type filter hook prerouting priority mangle; policy accept;\n"
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
    int number = protocol == null ? ANY : number(protocol, ipv4);
    if (number != ANY) {
      words.add(protocol(number, rule.from(), rule.to(), ipv4));
    }
    return String.join(" ", words);
  }

  private static int number(String protocol, boolean ipv4) {
    int number = Protocols.number(protocol).orElseThrow();
    return number == Protocols.ICMP && !ipv4 ? Protocols.ICMP_V6 : number;
  }

  private static String protocol(
      int number, @Nullable Integer from, @Nullable Integer to, boolean ipv4) {
    String words = "meta l4proto " + number;
    if (from == null) {
      return words;
    }
    if (Protocols.isIcmp(number)) {
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
