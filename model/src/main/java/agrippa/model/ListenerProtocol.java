package agrippa.model;

/// What a listener speaks with clients.
public enum ListenerProtocol {
  TCP,
  HTTP,
  HTTPS,
  TERMINATED_HTTPS,
  UDP,
  SCTP,
  PROMETHEUS
}
