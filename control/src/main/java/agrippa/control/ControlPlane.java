package agrippa.control;

import agrippa.control.spi.Networks;
import agrippa.control.spi.Provider;
import agrippa.control.spi.Secrets;
import agrippa.control.spi.StateStore;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Decides about every change to load balancers, stores what it accepts, and has the world made to
/// match. Safe for use by many threads.
public final class ControlPlane implements AutoCloseable {
  /// Loads what is stored; nothing moves before [#start].
  ///
  /// @param regexIsValid whether the data plane can use a regular expression
  /// @param ids where the ids of new things come from
  public ControlPlane(
      StateStore store,
      Provider provider,
      Networks networks,
      Secrets secrets,
      Predicate<String> regexIsValid,
      InstantSource clock,
      Supplier<UUID> ids,
      ControlSettings settings) {}

  /// Restores the data plane of everything stored and finishes what is PENDING, in the background;
  /// keeps the world matching from then on.
  public void start() {}

  /// Decides about a change. A change that meets a load balancer at work waits for it for as long
  /// as `writeHold` says; an accepted one is stored before this returns and takes effect soon
  /// after.
  ///
  /// @throws agrippa.control.spi.ServiceUnavailableException if a service that must be asked does
  ///     not answer; nothing changed
  public Verdict submit(Caller caller, Change change) {
    throw new IllegalStateException("not started");
  }

  /// What there is now.
  public Inventory inventory() {
    throw new IllegalStateException("not started");
  }

  /// Stops the background work, waits for what is under way, and saves statistics. The data plane
  /// is left as it is.
  @Override
  public void close() {}
}
