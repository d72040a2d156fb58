package agrippa.cloud.network;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a router does to addresses, in the language of nft, as the content of a table of family
/// `inet`.
final class RouterFilter {
  private RouterFilter() {}

  /// @param outside the name of the interface that leads outside
  /// @param gateway the port there
  /// @param floating the floating IPs that the router serves
  static String of(Router router, String outside, Port gateway, List<FloatingIp> floating) {
    Optional<String> own =
        gateway.fixedIps().stream()
            .map(Port.FixedIp::address)
            .filter(Inet4Address.class::isInstance)
            .map(Addresses::text)
            .findFirst();
    boolean snat = router.gateway() != null && router.gateway().snat();
    StringBuilder text = new StringBuilder();
    text.append(map("inward", floating, RouterFilter::outer, RouterFilter::inner));
    text.append(map("outward", floating, RouterFilter::inner, RouterFilter::outer));
    text.append(
        """
          chain prerouting {
            type nat hook prerouting priority dstnat; policy accept;
            dnat ip to ip daddr map @inward
          }
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            oifname "%1$s" snat ip to ip saddr map @outward
            iifname != "%1$s" oifname != "%1$s" ct status dnat masquerade
        """
            .formatted(outside));
    if (snat && own.isPresent()) {
      text.append(
          "    oifname \"%s\" meta nfproto ipv4 snat ip to %s\n".formatted(outside, own.get()));
    }
    text.append("  }\n");
    if (snat) {
      // Nobody outside reaches an inner address by knowing it.
      text.append(
          """
            chain forward {
              type filter hook forward priority filter; policy accept;
              iifname "%s" meta nfproto ipv4 ct state new ct status & dnat == 0 drop
            }
          """
              .formatted(outside));
    }
    return text.toString();
  }

  private static String map(
      String name,
      List<FloatingIp> floating,
      Function<FloatingIp, String> from,
      Function<FloatingIp, String> to) {
    String elements =
        floating.stream()
            .map(it -> from.apply(it) + " : " + to.apply(it))
            .sorted()
            .collect(Collectors.joining(", "));
    return "  map %s { type ipv4_addr : ipv4_addr; %s}\n"
        .formatted(name, elements.isEmpty() ? "" : "elements = { " + elements + " } ");
  }

  private static String outer(FloatingIp it) {
    return Addresses.text(it.address());
  }

  private static String inner(FloatingIp it) {
    FloatingIp.Target target = it.target();
    if (target == null) {
      throw new IllegalArgumentException("leads nowhere: " + it.id());
    }
    return Addresses.text(target.fixedAddress());
  }
}
