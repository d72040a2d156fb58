package agrippa.cloud.network;

/// The kinds of things that a network service keeps.
enum Kind {
  NETWORK("network", "networks"),
  SUBNET("subnet", "subnets"),
  PORT("port", "ports"),
  FLOATING_IP("floatingip", "floatingips"),
  SECURITY_GROUP("security_group", "security_groups"),
  SECURITY_GROUP_RULE("security_group_rule", "security_group_rules");

  private final String singular;
  private final String plural;

  Kind(String singular, String plural) {
    this.singular = singular;
    this.plural = plural;
  }

  /// The key of one in JSON.
  String singular() {
    return singular;
  }

  /// The key of many in JSON.
  String plural() {
    return plural;
  }

  /// The last part of the collection's path.
  String path() {
    return plural.replace('_', '-');
  }
}
