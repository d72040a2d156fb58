package agrippa.model;

/// How something fares at work.
public enum OperatingStatus {
  ONLINE,
  OFFLINE,
  DEGRADED,
  ERROR,
  DRAINING,
  NO_MONITOR
}
