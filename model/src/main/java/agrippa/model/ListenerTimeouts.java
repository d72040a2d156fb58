package agrippa.model;

/// All in milliseconds, 0 to 2,073,600,000 (24 days).
///
/// @param clientData longest silence of a client
/// @param memberConnect longest time to connect to a member
/// @param memberData longest silence of a member
/// @param tcpInspect wait for more of a client's first bytes
public record ListenerTimeouts(int clientData, int memberConnect, int memberData, int tcpInspect) {
  /// Octavia's defaults.
  public static final ListenerTimeouts DEFAULT = new ListenerTimeouts(50_000, 5_000, 50_000, 0);
}
