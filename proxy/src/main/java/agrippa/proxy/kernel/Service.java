package agrippa.proxy.kernel;

import agrippa.proxy.plan.Cidr;
import agrippa.proxy.plan.Frontend;
import agrippa.proxy.plan.Upstream;
import agrippa.proxy.plan.Upstream.Algorithm;
import agrippa.proxy.plan.Upstream.Persistence;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A frontend as the kernel shall balance it, as things are at this moment.
///
/// @param name of the frontend
/// @param udp whether it takes datagrams, or connections
/// @param at where clients arrive
/// @param allowed client networks; empty means everybody
/// @param algorithm how a server is chosen
/// @param sticky how clients are kept at one, or null
/// @param idleSeconds longest silence; 0 for what the kernel has by itself
/// @param upstream name of the upstream
/// @param servers all of it, usable or not
public record Service(
    String name,
    boolean udp,
    List<InetSocketAddress> at,
    List<Cidr> allowed,
    Algorithm algorithm,
    @Nullable Sticky sticky,
    long idleSeconds,
    String upstream,
    List<Server> servers) {
  /// How long clients are remembered if nothing is said.
  private static final Duration DAY = Duration.ofDays(1);

  public Service {
    at = List.copyOf(at);
    allowed = List.copyOf(allowed);
    servers = List.copyOf(servers);
  }

  /// @param name unique within the upstream
  /// @param weight share of new work
  /// @param enabled whether it is meant to take any
  /// @param usable whether it can now
  public record Server(
      String name,
      InetSocketAddress address,
      int weight,
      boolean backup,
      boolean enabled,
      boolean usable) {}

  /// @param timeout how long a client is remembered after its last new connection
  /// @param granularity netmask of addresses that count as one client, or null
  public record Sticky(Duration timeout, @Nullable InetAddress granularity) {}

  /// One of a frontend that [Eligibility] has nothing against.
  ///
  /// @param bound where it listens
  /// @param usable whether an endpoint, by its name, may be given work now
  public static Service of(
      Frontend plan, List<InetSocketAddress> bound, Upstream upstream, Predicate<String> usable) {
    return new Service(
        plan.name(),
        plan.mode() == Frontend.Mode.UDP,
        bound,
        plan.allowed(),
        upstream.algorithm(),
        sticky(upstream.persistence()),
        idle(plan),
        upstream.name(),
        upstream.endpoints().stream()
            .map(
                it ->
                    new Server(
                        it.name(),
                        it.address(),
                        it.weight(),
                        it.backup(),
                        it.enabled(),
                        it.enabled() && usable.test(it.name())))
            .toList());
  }

  private static @Nullable Sticky sticky(@Nullable Persistence persistence) {
    return persistence instanceof Persistence.SourceIp(Duration timeout, InetAddress granularity)
        ? new Sticky(timeout == null ? DAY : timeout, granularity)
        : null;
  }

  /// The kernel sees packets, not who is waited for: the longer of both limits counts.
  private static long idle(Frontend plan) {
    Long tunnel = plan.options().tunnelIdle();
    Frontend.Timeouts usual = plan.timeouts();
    if (plan.mode() == Frontend.Mode.UDP) {
      return Math.ceilDiv(usual.clientIdle(), 1_000);
    }
    if (tunnel != null) {
      return Math.ceilDiv(tunnel, 1_000);
    }
    return usual.clientIdle() == 0 || usual.upstreamIdle() == 0
        ? 0
        : Math.ceilDiv(Math.max(usual.clientIdle(), usual.upstreamIdle()), 1_000);
  }

  boolean ipv4() {
    return at.getFirst().getAddress() instanceof Inet4Address;
  }
}
