package agrippa.cloud.network;

/// The kinds of things that a network service keeps.
enum Kind {
  NETWORK("network", "networks"),
  SUBNET("subnet", "subnets"),
  PORT("port", "ports"),
  ROUTER("router", "routers"),
  FLOATING_IP("floatingip", "floatingips"),
  SECURITY_GROUP("security_group", "security_groups"),
  SECURITY_GROUP_RULE("security_group_rule", "security_group_rules"),
  SUBNET_POOL("subnetpool", "subnetpools"),
  QOS_POLICY("policy", "policies", "qos/policies");

  private final String singular;
  private final String plural;
  private final String path;

  Kind(String singular, String plural) {
    this(singular, plural, plural.replace('_', '-'));
  }

  Kind(String singular, String plural, String path) {
    this.singular = singular;
    this.plural = plural;
    this.path = path;
  }

  /// The key of one in JSON.
  String singular() {
    return singular;
  }

  /// The key of many in JSON.
  String plural() {
    return plural;
  }

  /// The collection's path below the version.
  String path() {
    return path;
  }
}
