package agrippa.proxy.plan;

import org.jspecify.annotations.Nullable;

/// The most that one client may have of a frontend. An IPv6 network of 64 bits counts as one
/// client.
///
/// @param rate of requests (HTTP), of new connections (TCP) or of new flows (UDP), or null for any.
///     More requests are answered with 429 (RFC 6585), more connections closed, more flows dropped
/// @param connections most at a time, or 0 for any (TCP and HTTP). On more, HTTP is answered with
///     429; TCP is closed
public record PerClient(@Nullable Rate rate, int connections) {
  public static final PerClient UNLIMITED = new PerClient(null, 0);

  /// A token bucket.
  ///
  /// @param count so many tokens come in each period
  /// @param burst so many can be saved up
  public record Rate(int count, long periodMillis, int burst) {
    public Rate {
      if (count < 1 || periodMillis < 1 || burst < 1) {
        throw new IllegalArgumentException("must be positive: " + count + ", " + burst);
      }
    }
  }
}
