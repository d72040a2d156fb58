package agrippa.model;

/// What a pool's members speak.
public enum PoolProtocol {
  TCP,
  HTTP,
  HTTPS,
  PROXY,
  PROXYV2,
  UDP,
  SCTP
}
