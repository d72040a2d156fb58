package agrippa.control.access;

/// The sets of roles that Octavia ships rules for.
public enum Roles {
  /// Keystone's `reader`, `member` and `admin`, and Octavia's `load-balancer_*` beside them:
  /// Octavia without `enforce_new_defaults`.
  ALL,

  /// Keystone's only: Octavia's present default.
  KEYSTONE,

  /// Octavia's only, with `admin`: its advanced policy file.
  ADVANCED,

  /// Whoever has any role in a project may do everything there; admins everywhere.
  OWNER
}
