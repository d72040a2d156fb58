package agrippa.proxy;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/// What became of a plan.
///
/// @param frontends by the frontend's name
public record ApplyResult(Map<String, Outcome> frontends) {
  public ApplyResult {
    frontends = Map.copyOf(frontends);
  }

  /// Whether every frontend serves.
  public boolean complete() {
    return frontends.values().stream().allMatch(Serving.class::isInstance);
  }

  /// What became of a frontend.
  public sealed interface Outcome {}

  /// It serves as planned.
  ///
  /// @param addresses where it listens, in the plan's order; a planned port 0 became a free port
  public record Serving(List<InetSocketAddress> addresses) implements Outcome {}

  /// It does not serve as planned, not all its addresses or not with these settings; what served
  /// before still does. The next apply tries again.
  ///
  /// @param reason for people, such as `127.0.0.1:80: address already in use`
  public record NotBound(String reason) implements Outcome {}
}
