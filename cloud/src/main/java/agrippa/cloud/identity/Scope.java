package agrippa.cloud.identity;

/// What a token is good for.
sealed interface Scope {
  record Unscoped() implements Scope {}

  /// @param target where the token's roles are held
  record Scoped(Target target) implements Scope {}

  /// Something that roles are granted on.
  ///
  /// @param id of a project or domain; `all` for the system
  record Target(TargetKind kind, String id) {
    static final Target SYSTEM = new Target(TargetKind.SYSTEM, "all");

    static Target project(String id) {
      return new Target(TargetKind.PROJECT, id);
    }

    static Target domain(String id) {
      return new Target(TargetKind.DOMAIN, id);
    }
  }

  enum TargetKind {
    PROJECT,
    DOMAIN,
    SYSTEM
  }
}
