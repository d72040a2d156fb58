package agrippa.model;

/// How a member's health is tried; `TLS_HELLO` and `UDP_CONNECT` are written with a hyphen on the
/// wire.
public enum MonitorType {
  HTTP,
  HTTPS,
  PING,
  TCP,
  TLS_HELLO,
  UDP_CONNECT,
  SCTP;

  /// Octavia's spelling.
  public String wireName() {
    return name().replace('_', '-');
  }
}
