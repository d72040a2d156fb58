package agrippa.proxy;

import agrippa.proxy.plan.ProxyPlan;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Serves any number of plans in one process. Calls come from any thread and may block for some
/// milliseconds, never on a peer.
public final class ProxyServer implements AutoCloseable {
  private ProxyServer(ProxySettings settings) {}

  /// @param clock dates what reports tell
  /// @param random spreads health checks; used by one thread at a time
  public static ProxyServer start(
      ProxySettings settings, InstantSource clock, RandomGenerator random) {
    return new ProxyServer(settings);
  }

  /// Makes the world match the plan: binds what is new, swaps snapshots, drains what is gone.
  /// Applying the same plan again changes nothing but tries again what failed. Hitless: a change
  /// never drops or delays a connection that it does not concern.
  public ApplyResult apply(ProxyPlan plan) {
    throw new UnsupportedOperationException(plan.name());
  }

  /// Drains everything of the plan of this name; nothing happens if there is none.
  public void remove(String planName) {
    throw new UnsupportedOperationException(planName);
  }

  /// What the plan of this name is doing; empty if there is none.
  public Optional<ProxyReport> observe(String planName) {
    return Optional.empty();
  }

  /// Calls the listener with a plan's name each time that an endpoint of it went up or down; never
  /// on an event loop.
  public void onHealthChange(Consumer<String> listener) {}

  /// Ends everything at once.
  @Override
  public void close() {}
}
