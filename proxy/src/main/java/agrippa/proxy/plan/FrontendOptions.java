package agrippa.proxy.plan;

import org.jspecify.annotations.Nullable;

/// What most frontends leave as it is.
///
/// @param tunnelIdle longest silence of both sides once they speak a protocol of their own: after
///     an upgrade of HTTP, and in TCP mode; milliseconds, or null: as in [Frontend.Timeouts]
public record FrontendOptions(@Nullable Long tunnelIdle) {
  /// As HAProxy would be set up by Octavia.
  public static final FrontendOptions DEFAULT = new FrontendOptions(null);

  public FrontendOptions withTunnelIdle(@Nullable Long next) {
    return new FrontendOptions(next);
  }
}
