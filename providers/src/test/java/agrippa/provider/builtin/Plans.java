package agrippa.provider.builtin;

import agrippa.model.LoadBalancerTree;
import agrippa.proxy.plan.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Plans compiled for tests, and what is known of the world then.
final class Plans {
  private Plans() {}

  /// Serves 10.x.y.z at 127.x.y.z, as the mirror network does.
  static Facts facts(int connectionLimit) {
    return facts(connectionLimit, Map.of());
  }

  static Facts facts(int connectionLimit, Map<String, String> flavor) {
    return new Facts(
        null,
        List.of(InetAddress.ofLiteral("127.10.10.150")),
        (address, _) -> InetAddress.ofLiteral(address.replaceFirst("^10\\.", "127.")),
        cidr -> List.of(Cidr.parse(cidr), Cidr.parse(cidr.replaceFirst("^10\\.", "127."))),
        Map.of(),
        Map.of(),
        connectionLimit,
        flavor,
        Observing.NOTHING);
  }

  static String compiled(LoadBalancerTree tree, String... names) {
    return compiled(tree, Integer.MAX_VALUE, names);
  }

  static String compiled(LoadBalancerTree tree, int connectionLimit, String... names) {
    return PlanText.of(PlanCompiler.compile(tree, facts(connectionLimit), Set.of()), names);
  }

  static Facts observed(int oneIn, Map<String, String> flavor) {
    var some = facts(Integer.MAX_VALUE);
    return new Facts(
        null,
        some.listenAddresses(),
        some.reach(),
        some.arrivals(),
        Map.of(),
        Map.of(),
        some.connectionLimit(),
        flavor,
        new Observing(oneIn, false));
  }
}
