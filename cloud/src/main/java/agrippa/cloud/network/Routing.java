package agrippa.cloud.network;

import java.net.InetAddress;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which router leads where.
final class Routing {
  private Routing() {}

  /// The router that connects a subnet with an external network.
  static Optional<Router> between(NetworkState state, UUID external, UUID subnet) {
    return state
        .routers()
        .filter(it -> it.gateway() != null && it.gateway().network().equals(external))
        .filter(
            router ->
                RouterPorts.of(state, router.id())
                    .filter(it -> !RouterPorts.isOutside(it))
                    .flatMap(it -> it.fixedIps().stream())
                    .anyMatch(it -> it.subnet().equals(subnet)))
        .findFirst();
  }

  /// The id of the router that a floating IP is served by, or null.
  static @Nullable UUID router(NetworkState state, FloatingIp it) {
    UUID subnet = targetSubnet(state, it);
    return subnet == null
        ? null
        : between(state, it.network(), subnet).map(Router::id).orElse(null);
  }

  /// The subnet that a floating IP leads to, or null.
  static @Nullable UUID targetSubnet(NetworkState state, FloatingIp it) {
    FloatingIp.Target target = it.target();
    return target == null
        ? null
        : state
            .port(target.port())
            .flatMap(port -> subnet(port, target.fixedAddress()))
            .orElse(null);
  }

  static Optional<UUID> subnet(Port port, InetAddress address) {
    return port.fixedIps().stream()
        .filter(ip -> ip.address().equals(address))
        .map(Port.FixedIp::subnet)
        .findFirst();
  }
}
