package agrippa.cloud.network;

import agrippa.model.ProjectId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// A change to the network state while it is being made up. Nothing of it is stored or seen by
/// others before it is finished; it vanishes if making it up fails.
final class Draft {
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final List<Step> steps = new ArrayList<>();
  private NetworkState state;

  Draft(NetworkState state, InstantSource clock, Supplier<UUID> ids) {
    this.state = state;
    this.clock = clock;
    this.ids = ids;
  }

  /// What is written for a change.
  sealed interface Step {
    record Put(Resource resource) implements Step {}

    record Remove(Resource resource) implements Step {}
  }

  /// With what was changed so far.
  NetworkState state() {
    return state;
  }

  List<Step> steps() {
    return steps;
  }

  /// The beginning of something new.
  Meta meta(ProjectId project, String name, String description) {
    Instant now = now();
    return new Meta(ids.get(), project, name, description, List.of(), now, now, 1);
  }

  void add(Resource resource) {
    put(resource);
  }

  /// Replaces what was changed, one revision on.
  <R extends Resource> R change(R resource) {
    Resource next = resource.with(resource.meta().changed(now()));
    put(next);
    @SuppressWarnings("unchecked") // Every resource's `with` returns its own type.
    R same = (R) next;
    return same;
  }

  private void put(Resource resource) {
    state = state.with(resource);
    steps.add(new Step.Put(resource));
  }

  void remove(Resource resource) {
    state = state.without(resource);
    steps.add(new Step.Remove(resource));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }
}
