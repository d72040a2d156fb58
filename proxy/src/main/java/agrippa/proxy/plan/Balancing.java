package agrippa.proxy.plan;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How work is shared among endpoints, beyond what every upstream says.
///
/// @param consistent whether [Upstream.Algorithm#SOURCE_IP] and [Upstream.Algorithm#SOURCE_IP_PORT]
///     move as few clients as can be when endpoints come and go
/// @param drain how long an endpoint that is removed, disabled or set to weight 0 keeps the
///     connections that it has, or null: as long as they last, but flows of datagrams leave one
///     that is removed or disabled at once
/// @param slowStart how long the share of an endpoint grows that just began to serve, or null: it
///     has all of it at once. Not for algorithms that keep clients at endpoints
/// @param ejection when endpoints are left out for a while, or null: never
/// @param retries when work that an endpoint failed at is given to another one
public record Balancing(
    boolean consistent,
    @Nullable Duration drain,
    @Nullable Duration slowStart,
    @Nullable Ejection ejection,
    Retries retries) {
  /// As HAProxy would be set up by Octavia.
  public static final Balancing DEFAULT = new Balancing(false, null, null, null, Retries.DEFAULT);

  /// When an endpoint is left out because what it was given failed. Half of the endpoints at most
  /// are, and the more often one is, the longer.
  ///
  /// @param failures so many in a row: connections that could not be made, requests without a
  ///     response, and responses of status 500 to 599
  /// @param time how long, at the first time
  public record Ejection(int failures, Duration time) {}

  public Balancing withConsistent(boolean next) {
    return new Balancing(next, drain, slowStart, ejection, retries);
  }

  public Balancing withDrain(@Nullable Duration next) {
    return new Balancing(consistent, next, slowStart, ejection, retries);
  }

  public Balancing withSlowStart(@Nullable Duration next) {
    return new Balancing(consistent, drain, next, ejection, retries);
  }

  public Balancing withEjection(@Nullable Ejection next) {
    return new Balancing(consistent, drain, slowStart, next, retries);
  }

  public Balancing withRetries(Retries next) {
    return new Balancing(consistent, drain, slowStart, ejection, next);
  }
}
