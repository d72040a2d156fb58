package agrippa.proxy.plan;

/// How work is shared among endpoints, beyond what every upstream says.
///
/// @param consistent whether [Upstream.Algorithm#SOURCE_IP] and [Upstream.Algorithm#SOURCE_IP_PORT]
///     move as few clients as can be when endpoints come and go
public record Balancing(boolean consistent) {
  /// As HAProxy would be set up by Octavia.
  public static final Balancing DEFAULT = new Balancing(false);

  public Balancing withConsistent(boolean next) {
    return new Balancing(next);
  }
}
