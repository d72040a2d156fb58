package agrippa.proxy.balance;

import agrippa.proxy.plan.Upstream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Chooses among the endpoints that were usable when it was made. Immutable: every change of plan
/// or health makes another one.
sealed interface Balancer permits RoundRobin, LeastConnections, Source {

  /// @param client hash of what the algorithm tells clients apart by
  /// @param turn number of this choice, counted over all loops and all balancers of the upstream
  /// @param avoid endpoint to take only if there is no other, or null
  /// @return null if there is no usable endpoint
  @Nullable LiveEndpoint choose(long client, long turn, @Nullable LiveEndpoint avoid);

  /// @param endpoints all of the upstream, in plan order, usable or not
  static Balancer of(Upstream plan, List<LiveEndpoint> endpoints) {
    List<LiveEndpoint> rotation = rotation(endpoints);
    return switch (plan.algorithm()) {
      case ROUND_ROBIN -> new RoundRobin(WeightedSequence.of(rotation, LiveEndpoint::share));
      case LEAST_CONNECTIONS -> new LeastConnections(rotation);
      case SOURCE_IP, SOURCE_IP_PORT ->
          plan.options().balancing().consistent()
              ? new Source(Maglev.table(home(endpoints)), Maglev.table(rotation))
              : new Source(evenly(home(endpoints)), evenly(rotation));
    };
  }

  private static WeightedSequence<LiveEndpoint> evenly(List<LiveEndpoint> endpoints) {
    return WeightedSequence.of(endpoints, e -> e.plan().weight());
  }

  /// The endpoints that share new work: the usable ones with a weight; backups, then all of them,
  /// only if there is no other; and those that are left out only if there is no backup either.
  private static List<LiveEndpoint> rotation(List<LiveEndpoint> endpoints) {
    List<LiveEndpoint> sound =
        endpoints.stream().filter(LiveEndpoint::sound).filter(e -> e.plan().weight() > 0).toList();
    List<LiveEndpoint> usable = sound.stream().filter(LiveEndpoint::usable).toList();
    List<LiveEndpoint> first = usable.stream().filter(e -> !e.plan().backup()).toList();
    if (!first.isEmpty()) {
      return first;
    }
    return usable.isEmpty() ? sound : usable;
  }

  /// The endpoints that would share the work if all were up.
  private static List<LiveEndpoint> home(List<LiveEndpoint> endpoints) {
    return endpoints.stream()
        .filter(e -> e.plan().enabled() && e.plan().weight() > 0 && !e.plan().backup())
        .toList();
  }
}
