package agrippa.proxy;

import agrippa.proxy.stats.Counters;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a plan's proxy is doing.
///
/// @param frontends by name; those that do not serve are absent
/// @param upstreams by name
public record ProxyReport(
    Map<String, FrontendReport> frontends, Map<String, UpstreamReport> upstreams) {
  public ProxyReport {
    frontends = Map.copyOf(frontends);
    upstreams = Map.copyOf(upstreams);
  }

  /// @param counters since the frontend was first planned
  public record FrontendReport(FrontendState state, Counters counters) {}

  /// Whether a frontend takes connections.
  public enum FrontendState {
    OPEN,
    /// At its connection limit: clients wait.
    FULL
  }

  /// @param endpoints by name
  public record UpstreamReport(Map<String, EndpointReport> endpoints) {
    public UpstreamReport {
      endpoints = Map.copyOf(endpoints);
    }
  }

  /// @param active connections or requests under way
  /// @param check what the last check found, or null if none has ended yet
  public record EndpointReport(EndpointState state, int active, @Nullable CheckReport check) {}

  /// As much as is known of an endpoint.
  public enum EndpointState {
    UP,
    DOWN,
    /// Up with weight 0: no new clients.
    DRAIN,
    /// Disabled.
    MAINT,
    /// Nobody checks.
    NO_CHECK
  }

  /// @param passed whether it succeeded
  /// @param detail why it did or did not, for people
  /// @param at when it ended
  public record CheckReport(boolean passed, String detail, Instant at) {}
}
