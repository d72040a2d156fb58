package agrippa.provider.builtin;

import agrippa.model.HealthMonitor;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MonitorType;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Refuses what the data plane could not do, in Octavia's words where Octavia refuses it too: what
/// the API accepts must happen.
final class Vetting {
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  // Why this machine does not speak SCTP, or nothing.
  private final Optional<String> sctpMissing;

  /// @param sctpMissing why this machine does not speak SCTP, for people, or nothing if it does
  Vetting(Optional<String> sctpMissing) {
    this.sctpMissing = sctpMissing;
  }

  /// The first reason why a tree cannot be served, if there is one.
  Optional<String> vet(LoadBalancerTree tree) {
    return Stream.concat(
            tree.listeners().stream()
                .map(it -> listener(it).or(() -> mixture(tree, it)).or(() -> proxied(it))),
            tree.pools().stream().map(this::pool))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<String> listener(Listener listener) {
    return switch (listener.protocol()) {
      case SCTP ->
          sctp(listener.protocol() + " protocol listeners").or(() -> withoutPolicies(listener));
      case TCP, HTTPS, UDP -> withoutPolicies(listener);
      case PROMETHEUS -> withoutPolicies(listener).or(() -> tls(listener));
      case HTTP -> headers(listener);
      case TERMINATED_HTTPS -> headers(listener).or(() -> tls(listener));
    };
  }

  private static Optional<String> mixture(LoadBalancerTree tree, Listener listener) {
    PoolId id = listener.defaultPool();
    return (id == null ? Optional.<Pool>empty() : tree.pool(id))
        .map(Pool::protocol)
        .filter(
            it ->
                (it == PoolProtocol.UDP) != (listener.protocol() == ListenerProtocol.UDP)
                    || (it == PoolProtocol.SCTP) != (listener.protocol() == ListenerProtocol.SCTP))
        .map(
            it ->
                "%s protocol listeners do not support %s protocol pools."
                    .formatted(listener.protocol(), it));
  }

  /// Metrics are asked for directly, and datagrams have no beginning to put a header at.
  private static Optional<String> proxied(Listener listener) {
    if (Extended.of(listener.labels()).all(Extensions.ACCEPT_PROXY).isEmpty()) {
      return Optional.empty();
    }
    return switch (listener.protocol()) {
      case TCP, HTTP, HTTPS, TERMINATED_HTTPS -> Optional.empty();
      case UDP, SCTP, PROMETHEUS ->
          Optional.of(
              "%s protocol listeners do not support the PROXY protocol."
                  .formatted(listener.protocol()));
    };
  }

  private Optional<String> sctp(String what) {
    return sctpMissing.map(it -> what + " are not supported on this machine: " + it + ".");
  }

  private static Optional<String> withoutPolicies(Listener listener) {
    return listener.policies().isEmpty()
        ? Optional.empty()
        : Optional.of(listener.protocol() + " protocol listeners do not support L7 policies");
  }

  private static Optional<String> headers(Listener listener) {
    return listener.insertHeaders().entrySet().stream()
        .filter(it -> it.getValue().equalsIgnoreCase("true"))
        .filter(it -> PlanCompiler.header(it.getKey()).isEmpty())
        .map(it -> "The " + it.getKey() + " header is not supported.")
        .findFirst();
  }

  private static Optional<String> tls(Listener listener) {
    return TlsMaterial.endsTls(listener) ? protocols(listener.tls().versions()) : Optional.empty();
  }

  private Optional<String> pool(Pool pool) {
    return switch (pool.protocol()) {
      case SCTP -> sctp(pool.protocol() + " protocol pools").or(() -> datagrams(pool));
      case UDP -> datagrams(pool);
      case TCP, HTTP, HTTPS, PROXY, PROXYV2 -> poolTls(pool);
    };
  }

  private Optional<String> datagrams(Pool pool) {
    HealthMonitor monitor = pool.monitor();
    if (monitor != null && monitor.type() == MonitorType.SCTP && sctpMissing.isPresent()) {
      return sctp("SCTP health monitors");
    }
    return pool.tls().enabled()
        ? Optional.of("TLS is not supported by %s protocol pools.".formatted(pool.protocol()))
        : Optional.empty();
  }

  private static Optional<String> poolTls(Pool pool) {
    return pool.tls().enabled()
        ? protocols(pool.tls().versions()).or(() -> toMembers(pool))
        : Optional.empty();
  }

  /// What is offered beside HTTP/1.1 is a choice that the member need not have; HTTP/2 alone is a
  /// demand, which only pools of HTTP can meet.
  private static Optional<String> toMembers(Pool pool) {
    return pool.tls().alpn() != null && TlsMaterial.spokenToMembers(pool).isEmpty()
        ? Optional.of("ALPN protocols without http/1.1 or http/1.0 are not supported.")
        : Optional.empty();
  }

  private static Optional<String> protocols(@Nullable List<String> versions) {
    return versions == null || VERSIONS.containsAll(versions)
        ? Optional.empty()
        : Optional.of(
            "TLS versions other than " + String.join(", ", VERSIONS) + " are not supported.");
  }
}
