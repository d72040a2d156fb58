package agrippa.acceptance.differential;

import java.util.List;
import java.util.Locale;

/// Who sends a request. Those with roles have them in a project of the scenario.
public enum Actor {
  /// The cloud's own admin, in the project of that name.
  ADMIN,
  MEMBER("member", "load-balancer_member"),
  /// As MEMBER, in another project.
  STRANGER("member", "load-balancer_member"),
  OBSERVER("reader", "load-balancer_observer"),
  GLOBAL_OBSERVER("reader", "load-balancer_global_observer"),
  QUOTA_ADMIN("load-balancer_quota_admin"),
  LB_ADMIN("load-balancer_admin"),
  PLAIN_MEMBER("member"),
  PLAIN_READER("reader"),
  /// With a role that no policy names.
  OUTSIDER("differential"),
  /// Without a token.
  NOBODY,
  /// With a token that nobody handed out.
  FORGER;

  private final List<String> roles;

  Actor(String... roles) {
    this.roles = List.of(roles);
  }

  List<String> roles() {
    return roles;
  }

  /// As requests name it.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Actor of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
