package agrippa.control.access;

import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Octavia's own rules: the internal ones, which tell roles from each other, and one for each
/// action.
final class DefaultRules {
  private static final String READ = "rule:load-balancer:read";
  private static final String READ_GLOBAL = "rule:load-balancer:read-global";
  private static final String WRITE = "rule:load-balancer:write";
  private static final String ADMIN = "rule:load-balancer:admin";
  private static final String READ_QUOTA = "rule:load-balancer:read-quota";
  private static final String READ_QUOTA_GLOBAL = "rule:load-balancer:read-quota-global";
  private static final String WRITE_QUOTA = "rule:load-balancer:write-quota";
  private static final String OWN = " and rule:load-balancer:owner";

  private DefaultRules() {}

  /// Texts of rules by their names.
  static Map<String, String> of(Roles roles) {
    Map<String, String> rules = new HashMap<>();
    rules.put("load-balancer:owner", "project_id:%(project_id)s");
    rules.put("service", "role:service");
    rules.putAll(who(roles));
    rules.put(
        "load-balancer:read",
        "rule:load-balancer:observer_and_owner or rule:load-balancer:global_observer"
            + " or rule:load-balancer:member_and_owner or rule:load-balancer:admin");
    rules.put(
        "load-balancer:read-global",
        "rule:load-balancer:global_observer or rule:load-balancer:admin");
    rules.put(
        "load-balancer:write", "rule:load-balancer:member_and_owner or rule:load-balancer:admin");
    rules.put("load-balancer:read-quota", READ + " or rule:load-balancer:quota-admin");
    rules.put(
        "load-balancer:read-quota-global", READ_GLOBAL + " or rule:load-balancer:quota-admin");
    rules.put(
        "load-balancer:write-quota", "rule:load-balancer:quota-admin or rule:load-balancer:admin");
    actions(rules);
    return rules;
  }

  private static Map<String, String> who(Roles roles) {
    return switch (roles) {
      case ALL ->
          who(
              "role:admin or role:load-balancer_admin",
              "role:admin or role:load-balancer_global_observer",
              "(role:member or role:load-balancer_member)" + OWN,
              "(role:reader or role:load-balancer_observer)" + OWN,
              "role:admin or role:load-balancer_quota_admin");
      case KEYSTONE ->
          who("role:admin", "role:admin", "role:member" + OWN, "role:reader" + OWN, "role:admin");
      case ADVANCED ->
          who(
              "role:admin or role:load-balancer_admin",
              "role:load-balancer_global_observer",
              "role:load-balancer_member" + OWN,
              "role:load-balancer_observer" + OWN,
              "role:load-balancer_quota_admin");
      case OWNER ->
          who(
              "role:admin or role:load-balancer_admin",
              "!",
              "rule:load-balancer:owner",
              "rule:load-balancer:owner",
              "!");
    };
  }

  private static Map<String, String> who(
      String admin, String globalObserver, String member, String observer, String quotaAdmin) {
    return Map.of(
        Check.Admin.RULE,
        admin,
        "load-balancer:admin",
        "is_admin:True or " + admin,
        "load-balancer:global_observer",
        globalObserver,
        "load-balancer:member_and_owner",
        member,
        "load-balancer:observer_and_owner",
        observer,
        "load-balancer:quota-admin",
        quotaAdmin);
  }

  private static void actions(Map<String, String> rules) {
    for (Subject subject : Subject.values()) {
      switch (subject) {
        case LOAD_BALANCER -> {
          ownedByProjects(rules, subject);
          put(rules, subject, READ, Verb.GET_STATS, Verb.GET_STATUS);
          put(rules, subject, WRITE, Verb.POST_VIP_SECURITY_GROUPS, Verb.PUT_VIP_SECURITY_GROUPS);
          put(rules, subject, ADMIN, Verb.PUT_FAILOVER);
        }
        case LISTENER -> {
          ownedByProjects(rules, subject);
          put(rules, subject, READ, Verb.GET_STATS);
        }
        case POOL, HEALTH_MONITOR, L7_POLICY -> ownedByProjects(rules, subject);
        case MEMBER -> {
          put(rules, subject, READ + " or rule:service", Verb.GET_ALL);
          put(rules, subject, READ, Verb.GET_ONE);
          put(rules, subject, WRITE, Verb.POST, Verb.PUT, Verb.DELETE);
        }
        case L7_RULE -> {
          put(rules, subject, READ, Verb.GET_ALL, Verb.GET_ONE);
          put(rules, subject, WRITE, Verb.POST, Verb.PUT, Verb.DELETE);
        }
        case QUOTA -> {
          put(rules, subject, READ_QUOTA, Verb.GET_ALL, Verb.GET_ONE, Verb.GET_DEFAULTS);
          put(rules, subject, READ_QUOTA_GLOBAL, Verb.GET_ALL_GLOBAL);
          put(rules, subject, WRITE_QUOTA, Verb.PUT, Verb.DELETE);
        }
        case PROVIDER -> put(rules, subject, READ, Verb.GET_ALL);
        case PROVIDER_FLAVOR, PROVIDER_AVAILABILITY_ZONE ->
            put(rules, subject, ADMIN, Verb.GET_ALL);
        case FLAVOR, AVAILABILITY_ZONE -> {
          put(rules, subject, READ, Verb.GET_ALL, Verb.GET_ONE);
          put(rules, subject, ADMIN, Verb.POST, Verb.PUT, Verb.DELETE);
        }
        case FLAVOR_PROFILE, AVAILABILITY_ZONE_PROFILE -> put(rules, subject, ADMIN, everything());
        case AMPHORA -> {
          put(rules, subject, ADMIN, Verb.GET_ALL, Verb.GET_ONE, Verb.GET_STATS, Verb.DELETE);
          put(rules, subject, ADMIN, Verb.PUT_CONFIG, Verb.PUT_FAILOVER);
        }
      }
    }
  }

  private static Verb[] everything() {
    return List.of(Verb.GET_ALL, Verb.GET_ONE, Verb.POST, Verb.PUT, Verb.DELETE)
        .toArray(Verb[]::new);
  }

  private static void ownedByProjects(Map<String, String> rules, Subject subject) {
    put(rules, subject, READ, Verb.GET_ALL, Verb.GET_ONE);
    put(rules, subject, READ_GLOBAL, Verb.GET_ALL_GLOBAL);
    put(rules, subject, WRITE, Verb.POST, Verb.PUT, Verb.DELETE);
  }

  private static void put(Map<String, String> rules, Subject subject, String rule, Verb... verbs) {
    for (Verb verb : verbs) {
      rules.put(subject.to(verb).rule(), rule);
    }
  }
}
