package agrippa.control;

/// Kinds of things that refusals speak of.
public enum Kind {
  LOAD_BALANCER,
  LISTENER,
  POOL,
  MEMBER,
  HEALTH_MONITOR,
  L7_POLICY,
  L7_RULE,
  NETWORK,
  SUBNET,
  PORT,
  QOS_POLICY,
  SECURITY_GROUP,
  QUOTAS,
  AMPHORA,
  AMPHORA_STATISTICS
}
