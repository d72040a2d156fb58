package agrippa.control.spi;

import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.LoadBalancerTree;
import agrippa.model.MemberId;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.Shelf;
import agrippa.model.Statistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Something that moves packets for load balancers.
public interface Provider {
  /// Says what of a tree it does not take. Pure.
  ///
  /// @param before what it is to take the place of, or null for a new one
  /// @return nothing if all is well
  Optional<Objection> vet(LoadBalancerTree tree, @Nullable LoadBalancerTree before);

  /// What it understands of profiles. Pure.
  List<Capability> capabilities(Shelf shelf);

  /// Makes the world match the tree, from whatever it is now. Idempotent, may block.
  ///
  /// @param settings of its flavor and availability zone
  Outcome converge(LoadBalancerTree tree, ProfileSettings settings);

  /// Removes every trace of a load balancer. Idempotent, may block.
  void remove(LoadBalancerId id);

  /// How a load balancer fares now; nothing if it was never converged here.
  Optional<Observation> observe(LoadBalancerId id);

  /// Calls a listener when an observation may have changed in more than its statistics.
  void onChange(Consumer<LoadBalancerId> listener);

  /// What became of converging.
  sealed interface Outcome {
    /// @param failedListeners those that could not be served, with the reason; the rest is in place
    record Converged(Map<ListenerId, String> failedListeners) implements Outcome {}

    /// Nothing is certain; it will be tried again.
    record Failed(String reason) implements Outcome {}
  }

  /// How a load balancer fares.
  ///
  /// @param listeners of those in place
  /// @param pools of those that a listener in place uses
  /// @param members of those in `pools`
  record Observation(
      Map<ListenerId, ListenerState> listeners,
      Set<PoolId> pools,
      Map<MemberId, OperatingStatus> members) {}

  /// @param full whether the connection limit is reached
  record ListenerState(boolean full, Statistics statistics) {}
}
