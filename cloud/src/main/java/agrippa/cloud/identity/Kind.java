package agrippa.cloud.identity;

/// The kinds of things that an identity service keeps.
enum Kind {
  DOMAIN("domain", "domains"),
  PROJECT("project", "projects"),
  USER("user", "users"),
  GROUP("group", "groups"),
  ROLE("role", "roles"),
  REGION("region", "regions"),
  SERVICE("service", "services"),
  ENDPOINT("endpoint", "endpoints"),
  APPLICATION_CREDENTIAL("application_credential", "application_credentials");

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

  /// The key of many in JSON, and the last part of the collection's path.
  String plural() {
    return plural;
  }

  String collection() {
    return "identity." + plural;
  }
}
