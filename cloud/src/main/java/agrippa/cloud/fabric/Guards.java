package agrippa.cloud.fabric;

import agrippa.cloud.fabric.FabricPlan.Guard;
import agrippa.cloud.fabric.FabricPlan.Interface;
import agrippa.cloud.fabric.FabricPlan.Prefix;
import agrippa.cloud.fabric.FabricPlan.Source;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What may come out of an interface: frames from its own addresses. This is enforced at the
/// bridges, where nobody inside a namespace has a say.
final class Guards {
  private Guards() {}

  /// The content of the table of family `bridge`.
  static String of(FabricPlan plan) {
    List<Interface> all = plan.interfaces().toList();
    String open =
        all.stream()
            .filter(it -> it.guard() instanceof Guard.Open)
            .map(it -> '"' + it.outer() + '"')
            .collect(Collectors.joining(", "));
    return set("open", "ifname", open)
        + set("ipv4", "ifname . ether_addr . ipv4_addr", elements(all, Prefix::ipv4))
        + set("ipv6", "ifname . ether_addr . ipv6_addr", elements(all, it -> !it.ipv4()))
        + """
            chain senders {
              type filter hook prerouting priority filter; policy accept;
              iifname @open accept
              ether type arp iifname . arp saddr ether . arp saddr ip @ipv4 accept
              ether type ip iifname . ether saddr . ip saddr @ipv4 accept
              ether type ip6 iifname . ether saddr . ip6 saddr @ipv6 accept
              drop
            }
          """;
  }

  private static String set(String name, String type, String elements) {
    String flags = type.equals("ifname") ? "" : "flags interval; ";
    return "  set %s { type %s; %s%s}\n"
        .formatted(name, type, flags, elements.isEmpty() ? "" : "elements = { " + elements + " } ");
  }

  private static String elements(List<Interface> all, Predicate<Prefix> family) {
    return all.stream()
        .flatMap(
            it ->
                sources(it)
                    .filter(source -> family.test(source.addresses()))
                    .map(
                        source ->
                            "\"%s\" . %s . %s"
                                .formatted(it.outer(), source.mac(), source.addresses())))
        .collect(Collectors.joining(", "));
  }

  private static Stream<Source> sources(Interface it) {
    return switch (it.guard()) {
      case Guard.Open() -> Stream.empty();
      case Guard.Only(var sources) -> sources.stream();
    };
  }
}
