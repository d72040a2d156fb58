package agrippa.provider.builtin;

import agrippa.model.Labels;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.LoadBalancerTree;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import agrippa.provider.builtin.BalancingExtensions.Hashing;
import agrippa.provider.builtin.BalancingExtensions.RetryOn;
import agrippa.proxy.plan.Balancing;
import agrippa.proxy.plan.Retries;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What extensions say about how work is shared among members.
final class BalancingTags {
  /// In percent.
  private static final int USUAL_BUDGET = 20;

  private BalancingTags() {}

  static Balancing of(Extended asked) {
    return Balancing.DEFAULT
        .withConsistent(
            asked.get(BalancingExtensions.HASH).orElse(Hashing.STANDARD) == Hashing.MAGLEV)
        .withDrain(asked.get(BalancingExtensions.DRAIN_TIMEOUT).orElse(null))
        .withSlowStart(asked.get(BalancingExtensions.SLOW_START).orElse(null))
        .withEjection(asked.get(BalancingExtensions.OUTLIER).orElse(null))
        .withRetries(retries(asked));
  }

  /// Who says anything has a budget, too: more tries for more reasons could be an outage's fuel.
  private static Retries retries(Extended asked) {
    Optional<Integer> most = asked.get(BalancingExtensions.RETRIES);
    Optional<RetryOn> on = asked.get(BalancingExtensions.RETRY_ON);
    Optional<Integer> budget = asked.get(BalancingExtensions.RETRY_BUDGET);
    Retries usual = Retries.DEFAULT;
    if (most.isEmpty() && on.isEmpty() && budget.isEmpty()) {
      return usual;
    }
    return new Retries(
        most.orElse(usual.most()),
        on.map(RetryOn::unreached).orElse(usual.unreached()),
        on.map(RetryOn::unanswered).orElse(usual.unanswered()),
        on.map(RetryOn::statuses).orElse(usual.statuses()),
        budget.orElse(USUAL_BUDGET));
  }

  /// The first tag of a pool that could have no effect there. What a load balancer or a flavor says
  /// is for those pools that it fits.
  ///
  /// @param before what the tree is to take the place of, or null for a new one
  static Optional<String> complaint(LoadBalancerTree tree, @Nullable LoadBalancerTree before) {
    return Stream.concat(
            tree.pools().stream().map(BalancingTags::complaint),
            tree.listeners().stream().map(it -> complaint(tree, before, it)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> complaint(
      LoadBalancerTree tree, @Nullable LoadBalancerTree before, Listener listener) {
    Set<PoolId> named = shares(listener).keySet();
    if (named.isEmpty()) {
      return Optional.empty();
    }
    if (Set.of(ListenerProtocol.UDP, ListenerProtocol.SCTP, ListenerProtocol.PROMETHEUS)
        .contains(listener.protocol())) {
      return Optional.of(
          "Tag 'agrippa:split': %s listeners cannot be split.".formatted(listener.protocol()));
    }
    return tree.pools().stream()
        .filter(it -> named.contains(it.id()) && !fits(listener.protocol(), it.protocol()))
        .map(
            it ->
                "Tag 'agrippa:split': pool %s has protocol %s, which %s listeners cannot use."
                    .formatted(it.id(), it.protocol(), listener.protocol()))
        .findFirst()
        .or(() -> unknown(tree, before, listener));
  }

  /// A pool may be deleted although a tag names it, and counts as absent then. Whoever begins to
  /// name one that is not there made a mistake.
  private static Optional<String> unknown(
      LoadBalancerTree tree, @Nullable LoadBalancerTree before, Listener listener) {
    Set<PoolId> known =
        before == null
            ? Set.of()
            : before.listener(listener.id()).map(it -> shares(it).keySet()).orElse(Set.of());
    return shares(listener).keySet().stream()
        .filter(it -> tree.pool(it).isEmpty() && !known.contains(it))
        .map("Tag 'agrippa:split': the load balancer has no pool %s."::formatted)
        .findFirst();
  }

  /// As pools and listeners go together in Octavia.
  private static boolean fits(ListenerProtocol listener, PoolProtocol pool) {
    return switch (listener) {
      case TCP -> pool != PoolProtocol.UDP && pool != PoolProtocol.SCTP;
      case HTTP, TERMINATED_HTTPS ->
          Set.of(PoolProtocol.HTTP, PoolProtocol.PROXY, PoolProtocol.PROXYV2).contains(pool);
      case HTTPS ->
          Set.of(PoolProtocol.HTTPS, PoolProtocol.TCP, PoolProtocol.PROXY, PoolProtocol.PROXYV2)
              .contains(pool);
      case UDP, SCTP, PROMETHEUS -> false;
    };
  }

  /// Which pools share what a listener's default pool would get, if any do.
  static Map<PoolId, Integer> shares(Listener listener) {
    return own(listener.labels()).get(BalancingExtensions.SPLIT).orElse(Map.of());
  }

  /// The service that a pool's health monitor asks a server of gRPC for; empty for the server.
  static Optional<String> grpcService(Pool pool) {
    return own(pool.labels()).get(BalancingExtensions.CHECK);
  }

  private static Extended own(Labels labels) {
    return new Extended(labels.tags(), List.of(), Map.of());
  }

  private static Optional<String> complaint(Pool pool) {
    Extended own = own(pool.labels());
    if (own.get(BalancingExtensions.HASH).isPresent() && !hashes(pool)) {
      return Optional.of(
          "Tag 'agrippa:hash': only pools of the algorithms SOURCE_IP and SOURCE_IP_PORT hash.");
    }
    if (own.get(BalancingExtensions.SLOW_START).isPresent() && hashes(pool)) {
      return Optional.of(
          "Tag 'agrippa:slow_start': pools of the algorithms SOURCE_IP and SOURCE_IP_PORT keep"
              + " clients where they are.");
    }
    return pool.protocol() == PoolProtocol.UDP
        ? Stream.of(
                BalancingExtensions.CHECK,
                BalancingExtensions.RETRIES,
                BalancingExtensions.RETRY_BUDGET,
                BalancingExtensions.RETRY_ON)
            .filter(it -> own.get(it).isPresent())
            .map(it -> "Tag 'agrippa:%s': not for UDP pools.".formatted(it.key()))
            .findFirst()
        : Optional.empty();
  }

  private static boolean hashes(Pool pool) {
    return switch (pool.algorithm()) {
      case SOURCE_IP, SOURCE_IP_PORT -> true;
      case ROUND_ROBIN, LEAST_CONNECTIONS -> false;
    };
  }
}
