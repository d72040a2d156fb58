package agrippa.control.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import agrippa.control.Caller;
import agrippa.control.access.Action.Subject;
import agrippa.control.access.Action.Verb;
import agrippa.model.ProjectId;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final ProjectId OWN = new ProjectId("p1");
  private static final ProjectId FOREIGN = new ProjectId("p2");
  private static final Action ACTION = Subject.POOL.to(Verb.PUT);

  private static Caller caller(String... roles) {
    return new Caller("ann", OWN, Set.of(roles), "token");
  }

  private static boolean allows(Policy policy, String roles, Action action, ProjectId target) {
    return policy.allows(caller(roles.split("\\+")), action, target);
  }

  /// One line for each role: what it may in its own project (show, change), in a foreign one (show,
  /// change), list everywhere, fail over, read its own quota, change it, and read profiles.
  @ParameterizedTest
  @CsvSource({
    "ALL,       admin,                         yyyyyyyyy",
    "ALL,       load-balancer_admin,           yyyyyyyyy",
    "ALL,       member,                        yy----y--",
    "ALL,       load-balancer_member,          yy----y--",
    "ALL,       reader,                        y-----y--",
    "ALL,       load-balancer_observer,        y-----y--",
    "ALL,       load-balancer_global_observer, y-y-y-y--",
    "ALL,       load-balancer_quota_admin,     ------yy-",
    "ALL,       whatever,                      ---------",
    "KEYSTONE,  admin,                         yyyyyyyyy",
    "KEYSTONE,  member,                        yy----y--",
    "KEYSTONE,  reader,                        y-----y--",
    "KEYSTONE,  load-balancer_admin,           ---------",
    "KEYSTONE,  load-balancer_member,          ---------",
    "KEYSTONE,  load-balancer_global_observer, ---------",
    "ADVANCED,  admin,                         yyyyyyyyy",
    "ADVANCED,  load-balancer_admin,           yyyyyyyyy",
    "ADVANCED,  load-balancer_member+member,   yy----y--",
    "ADVANCED,  load-balancer_observer+reader, y-----y--",
    "ADVANCED,  member,                        ---------",
    "ADVANCED,  reader,                        ---------",
    "OWNER,     whatever,                      yy----y--",
    "OWNER,     admin,                         yyyyyyyyy",
  })
  void rolesMayWhatOctaviaSays(Roles roles, String held, String expected) {
    Policy policy = Policy.of(roles, Map.of());
    StringBuilder may = new StringBuilder();
    for (ProjectId target : new ProjectId[] {OWN, FOREIGN}) {
      may.append(allows(policy, held, Subject.POOL.to(Verb.GET_ONE), target) ? 'y' : '-');
      may.append(allows(policy, held, Subject.L7_RULE.to(Verb.PUT), target) ? 'y' : '-');
    }
    Action listAll = Subject.LISTENER.to(Verb.GET_ALL_GLOBAL);
    may.append(policy.allows(caller(held.split("\\+")), listAll, null) ? 'y' : '-');
    may.append(allows(policy, held, Subject.LOAD_BALANCER.to(Verb.PUT_FAILOVER), OWN) ? 'y' : '-');
    may.append(allows(policy, held, Subject.QUOTA.to(Verb.GET_ONE), OWN) ? 'y' : '-');
    may.append(allows(policy, held, Subject.QUOTA.to(Verb.PUT), OWN) ? 'y' : '-');
    may.append(allows(policy, held, Subject.FLAVOR_PROFILE.to(Verb.GET_ALL), OWN) ? 'y' : '-');
    assertThat(may).hasToString(expected);
  }

  @Test
  void aServiceMayListMembersOnly() {
    Policy policy = Policy.of(Roles.KEYSTONE, Map.of());
    assertThat(allows(policy, "service", Subject.MEMBER.to(Verb.GET_ALL), FOREIGN)).isTrue();
    assertThat(allows(policy, "service", Subject.MEMBER.to(Verb.GET_ONE), FOREIGN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "                                              | true",
        "@                                             | true",
        "!                                             | false",
        "role:A                                        | true",
        "ROLE:a                                        | ",
        "role:a and role:c                             | false",
        "role:a AND role:b                             | true",
        "role:c or role:a and role:b                   | true",
        "role:a or role:b and role:c                   | true",
        "(role:a or role:b) and role:c                 | false",
        "not role:c                                    | true",
        "not (role:a and role:b)                       | false",
        "not not role:a                                | true",
        "not role:a or role:b                          | true",
        "((role:a))                                    | true",
        "project_id:%(project_id)s                     | true",
        "tenant:%(tenant_id)s                          | true",
        "(role:a and project_id:%(project_id)s)        | true",
        "user_id:ann                                   | true",
        "user_id:'bob'                                 | false",
        "system_scope:all                              | false",
        "'p1':%(project_id)s                           | true",
        "is_admin:True                                 | false",
        "is_admin:False                                | true",
        "rule:load-balancer:owner                      | true",
        "(role:a                                       | ",
        "role:a)                                       | ",
        "role:a role:b                                 | ",
        "and role:a                                    | ",
        "role:a or                                     | ",
        "role:                                         | ",
        ":a                                            | ",
        "anyone                                        | ",
        "is_admin:perhaps                              | ",
        "domain_id:%(domain_id)s                       | ",
        "user_id:%(user_id)s                           | ",
        "user_id:'ann                                  | ",
        "http://example.org/                           | ",
        "rule:absent                                   | ",
        "rule:os_load-balancer_api:pool:put            | ",
      })
  void rulesAreReadAsOsloDoes(String rule, Boolean expected) {
    Map<String, String> own = Map.of(ACTION.rule(), rule == null ? "" : rule);
    if (expected == null) {
      assertThatThrownBy(() -> Policy.of(Roles.ALL, own))
          .isInstanceOf(PolicyException.class)
          .hasMessageContaining(ACTION.rule());
    } else {
      Policy policy = Policy.of(Roles.ALL, own);
      assertThat(policy.allows(caller("a", "b"), ACTION, OWN)).isEqualTo(expected);
    }
  }

  @Test
  void theSystemIsAScopeToo() {
    Policy policy = Policy.of(Roles.ALL, Map.of(ACTION.rule(), "role:a and system_scope:all"));
    Caller system = new Caller("ann", null, true, Set.of("a"), "token");
    assertThat(policy.allows(system, ACTION, OWN)).isTrue();
    assertThat(policy.allows(caller("a"), ACTION, OWN)).isFalse();
  }

  @Test
  void whatNobodyHasEqualsNothing() {
    Policy policy = Policy.of(Roles.ALL, Map.of(ACTION.rule(), "project_id:%(project_id)s"));
    Caller unscoped = new Caller("ann", null, Set.of("a"), "token");
    assertThat(policy.allows(unscoped, ACTION, null)).isFalse();
  }

  @Test
  void deepNestingIsRefused() {
    String deep = "(".repeat(10_000) + "@" + ")".repeat(10_000);
    assertThatThrownBy(() -> Policy.of(Roles.ALL, Map.of("deep", deep)))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("too deep");
  }

  @Test
  void everyActionHasItsRule() {
    Policy policy = Policy.of(Roles.ALL, Map.of());
    assertThat(policy.allows(caller("admin"), Subject.AMPHORA.to(Verb.PUT_CONFIG), OWN)).isTrue();
    assertThat(DefaultRules.of(Roles.ALL).keySet())
        .filteredOn(it -> it.startsWith(Action.PREFIX))
        .hasSize(81);
  }
}
