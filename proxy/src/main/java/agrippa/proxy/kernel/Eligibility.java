package agrippa.proxy.kernel;

import agrippa.proxy.plan.Endpoint;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Frontend.Mode;
import agrippa.proxy.plan.FrontendOptions;
import agrippa.proxy.plan.ProxyPlan;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import agrippa.proxy.plan.Upstream.ProxyProtocol;
import agrippa.proxy.plan.UpstreamOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether the kernel can do all that a plan wants of a frontend. Pure.
public final class Eligibility {
  /// A limit as high as this is none: the kernel has limits of its own.
  static final int UNLIMITED = 50_000;

  /// Each of them is a chain of rules for each frontend.
  static final int MOST_ENDPOINTS = 1_000;

  private Eligibility() {}

  /// The first reason why a frontend that asks for the kernel has to be served by the proxy.
  public static Optional<String> objection(ProxyPlan plan, Frontend frontend) {
    if (plan.namespace() == null) {
      return Optional.of("it has no network namespace of its own");
    }
    return ofFrontend(frontend).or(() -> ofUpstream(plan, frontend));
  }

  private static Optional<String> ofFrontend(Frontend it) {
    if (it.mode() == Mode.HTTP || it.mode() == Mode.SCTP) {
      return Optional.of("it speaks " + it.mode());
    }
    if (it.tls() != null) {
      return Optional.of("it ends TLS");
    }
    if (it.connectionLimit() < UNLIMITED) {
      return Optional.of("it limits connections");
    }
    if (it.timeouts().inspect() > 0) {
      return Optional.of("it waits for the first byte");
    }
    if (!plain(it.options()).equals(FrontendOptions.DEFAULT)) {
      return Optional.of("it has an option that needs the proxy");
    }
    return addresses(it.binds().stream())
            .anyMatch(address -> address.isAnyLocalAddress() || address.isLinkLocalAddress())
        ? Optional.of("it has no certain address")
        : Optional.empty();
  }

  /// Without what the kernel can do.
  private static FrontendOptions plain(FrontendOptions options) {
    return options.withPath(FrontendOptions.Path.PROXY).withTunnelIdle(null);
  }

  private static Optional<String> ofUpstream(ProxyPlan plan, Frontend frontend) {
    return plan.upstreams().stream()
        .filter(it -> it.name().equals(frontend.defaultUpstream()))
        .findFirst()
        .map(it -> ofUpstream(it).or(() -> ofEndpoints(plan, frontend, it)))
        .orElse(Optional.of("it has no endpoints"));
  }

  private static Optional<String> ofUpstream(Upstream it) {
    if (it.algorithm() == Algorithm.LEAST_CONNECTIONS) {
      return Optional.of("least connections are counted by the proxy");
    }
    if (it.persistence() != null && !(it.persistence() instanceof Persistence.SourceIp)) {
      return Optional.of("persistence needs cookies");
    }
    if (it.tls() != null || it.proxyProtocol() != ProxyProtocol.NONE) {
      return Optional.of("endpoints are spoken to by the proxy");
    }
    // Of no meaning here.
    if (!it.options().withHttp2(false).equals(UpstreamOptions.DEFAULT)) {
      return Optional.of("its upstream has an option that needs the proxy");
    }
    return it.endpoints().isEmpty() || it.endpoints().size() > MOST_ENDPOINTS
        ? Optional.of("it has no endpoints, or more than " + MOST_ENDPOINTS)
        : Optional.empty();
  }

  /// Where the kernel leads a packet to must be elsewhere, and of the same family.
  private static Optional<String> ofEndpoints(ProxyPlan plan, Frontend frontend, Upstream it) {
    List<InetSocketAddress> to = it.endpoints().stream().map(Endpoint::address).toList();
    long families =
        addresses(Stream.concat(frontend.binds().stream(), to.stream()))
            .map(InetAddress::getClass)
            .distinct()
            .count();
    if (families != 1) {
      return Optional.of("it has addresses of both families");
    }
    Set<InetAddress> own =
        addresses(plan.frontends().stream().flatMap(each -> each.binds().stream()))
            .collect(Collectors.toSet());
    return addresses(to.stream())
            .anyMatch(
                address ->
                    address.isLoopbackAddress()
                        || address.isLinkLocalAddress()
                        || address.isMulticastAddress()
                        || address.isAnyLocalAddress()
                        || own.contains(address))
        ? Optional.of("an endpoint is not elsewhere")
        : Optional.empty();
  }

  private static Stream<InetAddress> addresses(Stream<InetSocketAddress> sockets) {
    return sockets.map(InetSocketAddress::getAddress);
  }
}
