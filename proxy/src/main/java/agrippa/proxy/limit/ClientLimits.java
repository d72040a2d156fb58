package agrippa.proxy.limit;

import agrippa.proxy.plan.PerClient;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a frontend's clients have used of what each of them may have, over all loops.
///
/// Connections are counted exactly; there are no more entries than connections, whose number the
/// frontend limits. Rates are exact for as many clients as [RateTable] has places for.
public final class ClientLimits {
  private static final long NANOS = 1_000_000;

  private final PerClient plan;
  private final RateTable rates;
  private final ConcurrentHashMap<Long, Integer> connections;

  private ClientLimits(
      PerClient plan, RateTable rates, ConcurrentHashMap<Long, Integer> connections) {
    this.plan = plan;
    this.rates = rates;
    this.connections = connections;
  }

  /// Limits as planned, or null if there are none. What clients have used under earlier ones still
  /// counts.
  public static @Nullable ClientLimits of(PerClient plan, @Nullable ClientLimits before) {
    if (plan.equals(PerClient.UNLIMITED)) {
      return null;
    }
    return before == null
        ? new ClientLimits(plan, new RateTable(), new ConcurrentHashMap<>())
        : new ClientLimits(plan, before.rates, before.connections);
  }

  /// Takes one of what the client may have in a while: a request, a connection or a flow.
  ///
  /// @param address in network order
  /// @param now milliseconds on a clock that never goes back
  /// @return 0, or after how many milliseconds there will be one
  public long take(byte[] address, long now) {
    PerClient.Rate rate = plan.rate();
    if (rate == null) {
      return 0;
    }
    long interval = rate.periodMillis() * NANOS / rate.count();
    long wait = rates.take(ClientKey.of(address), now * NANOS, interval, interval * rate.burst());
    return Math.ceilDiv(wait, NANOS);
  }

  /// Whether connections are limited; who enters then must leave.
  public boolean countsConnections() {
    return plan.connections() > 0;
  }

  /// Takes one of the client's places.
  ///
  /// @return whether there was one
  public boolean enter(byte[] address) {
    Long key = ClientKey.of(address);
    int now = Objects.requireNonNull(connections.merge(key, 1, Integer::sum));
    if (now > plan.connections()) {
      leave(address);
      return false;
    }
    return true;
  }

  /// Gives the place back.
  public void leave(byte[] address) {
    connections.computeIfPresent(ClientKey.of(address), (_, open) -> open == 1 ? null : open - 1);
  }
}
