package agrippa.proxy.kernel;

import agrippa.proxy.kernel.Service.Server;
import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Upstream.Algorithm;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

/// Short words for services.
final class Services {
  private Services() {}

  static InetSocketAddress at(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  static Server server(String name, int last, int weight) {
    return new Server(name, at("10.0.1." + last, 8080), weight, false, true, true);
  }

  static Server down(Server it) {
    return new Server(it.name(), it.address(), it.weight(), it.backup(), it.enabled(), false);
  }

  static Server backup(Server it) {
    return new Server(it.name(), it.address(), it.weight(), true, it.enabled(), it.usable());
  }

  static Service service(Algorithm algorithm, Server... servers) {
    return new Service(
        "web",
        false,
        List.of(at("10.0.0.1", 80)),
        List.of(),
        algorithm,
        null,
        50,
        "pool",
        List.of(servers));
  }

  static Service allowing(Service it, String... networks) {
    return new Service(
        it.name(),
        it.udp(),
        it.at(),
        Stream.of(networks).map(Cidr::parse).toList(),
        it.algorithm(),
        it.sticky(),
        it.idleSeconds(),
        it.upstream(),
        it.servers());
  }

  static Service sticky(Service it, Service.Sticky sticky) {
    return new Service(
        it.name(),
        it.udp(),
        it.at(),
        it.allowed(),
        it.algorithm(),
        sticky,
        it.idleSeconds(),
        it.upstream(),
        it.servers());
  }

  static Service named(String name, Service it) {
    return new Service(
        name,
        it.udp(),
        it.at(),
        it.allowed(),
        it.algorithm(),
        it.sticky(),
        it.idleSeconds(),
        it.upstream(),
        it.servers());
  }
}
