package agrippa.model;

/// What quotas count.
public enum Countable {
  LOAD_BALANCER,
  LISTENER,
  POOL,
  MEMBER,
  HEALTH_MONITOR,
  L7_POLICY,
  L7_RULE
}
