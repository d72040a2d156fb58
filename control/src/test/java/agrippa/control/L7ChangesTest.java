package agrippa.control;

import static agrippa.control.testing.Requests.policy;
import static agrippa.control.testing.Requests.rule;
import static agrippa.control.testing.Requests.ruleUpdate;
import static agrippa.model.L7Rule.CompareType.CONTAINS;
import static agrippa.model.L7Rule.CompareType.EQUAL_TO;
import static agrippa.model.L7Rule.CompareType.REGEX;
import static agrippa.model.L7Rule.CompareType.STARTS_WITH;
import static agrippa.model.ListenerProtocol.HTTP;
import static agrippa.model.ListenerProtocol.PROMETHEUS;
import static agrippa.model.ProvisioningStatus.PENDING_CREATE;
import static agrippa.model.ProvisioningStatus.PENDING_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import agrippa.control.Refusal.InvalidL7Policy;
import agrippa.control.Refusal.InvalidL7Rule;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7PolicyId;
import agrippa.model.L7Rule;
import agrippa.model.L7Rule.Type;
import agrippa.model.L7RuleId;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancerId;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.PoolProtocol;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class L7ChangesTest {
  private final Rig rig = new Rig();
  private final LoadBalancerId loadBalancer = rig.newLoadBalancer();
  private final ListenerId listener = rig.newListener(loadBalancer, HTTP, 80);
  private final PoolId pool = rig.newPool(loadBalancer, PoolProtocol.HTTP);

  private Change create(Object... namesAndValues) {
    return new Change.CreateL7Policy(listener, policy(namesAndValues));
  }

  private Change update(L7PolicyId id, Object... namesAndValues) {
    return new Change.UpdateL7Policy(id, policy(namesAndValues));
  }

  private L7Policy policyOf(L7PolicyId id) {
    return rig.plane.inventory().treeOf(id).orElseThrow().policy(id).orElseThrow();
  }

  @Nested
  class Policies {
    @Test
    void needTheTargetOfTheirAction() {
      assertThat(rig.refused(create("action", "REDIRECT_TO_URL")))
          .isEqualTo(new InvalidL7Policy("redirect_url must not be None"));
      assertThat(rig.refused(create("action", "REDIRECT_PREFIX", "redirectUrl", "http://a")))
          .isEqualTo(new InvalidL7Policy("redirect_prefix must not be None"));
      assertThat(rig.refused(create("action", "REDIRECT_TO_POOL")))
          .isEqualTo(new InvalidL7Policy("redirect_pool_id or redirect_pool must not be None"));
    }

    @Test
    void needAPoolThatFits() {
      var nobody = new PoolId(UUID.randomUUID());
      assertThat(rig.refused(create("action", "REDIRECT_TO_POOL", "redirectPool", nobody)))
          .isEqualTo(new Refusal.NotFound(Kind.POOL, nobody.toString()));
      var tcp = rig.newPool(loadBalancer, PoolProtocol.TCP);
      assertThat(rig.refused(create("action", "REDIRECT_TO_POOL", "redirectPool", tcp)))
          .isEqualTo(
              new Refusal.Invalid(
                  "The pool protocol 'TCP' is invalid while the listener protocol is 'HTTP'."));
      var metrics = rig.newListener(loadBalancer, PROMETHEUS, 9);
      assertThat(rig.refused(new Change.CreateL7Policy(metrics, policy("action", "REJECT"))))
          .isEqualTo(new Refusal.PrometheusHasNoChildren());
    }

    @Test
    void redirectWith302UnlessToldOtherwise() {
      var id = rig.newPolicy(listener, "action", "REDIRECT_TO_URL", "redirectUrl", "http://a");
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToUrl("http://a", 302));
      rig.done(update(id, "redirectHttpCode", 308));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToUrl("http://a", 308));
      rig.done(update(id, "name", "x"));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToUrl("http://a", 308));
      rig.done(update(id, "redirectHttpCode", null));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToUrl("http://a", 302));
    }

    @Test
    void takeTheActionOfTheirNewTarget() {
      var id = rig.newPolicy(listener, "action", "REJECT");
      rig.done(update(id, "redirectPool", pool));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToPool(pool));
      rig.done(update(id, "redirectUrl", "http://a"));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToUrl("http://a", 302));
      rig.done(update(id, "redirectPrefix", "http://b", "redirectHttpCode", 301));
      assertThat(policyOf(id).action()).isEqualTo(new L7Action.ToPrefix("http://b", 301));
      assertThat(rig.refused(update(id, "redirectPool", pool, "redirectUrl", "http://a")))
          .isEqualTo(
              new InvalidL7Policy(
                  "Cannot specify redirect_pool_id and redirect_url or redirect_prefix at the same"
                      + " time"));
      assertThat(rig.refused(update(id, "action", "REDIRECT_TO_POOL")))
          .isEqualTo(new InvalidL7Policy("redirect_pool_id or redirect_pool must not be None"));
      assertThat(rig.refused(update(id))).isEqualTo(new InvalidL7Policy("Invalid update options"));
    }

    @Test
    void haveTheirRankAsPosition() {
      var first = rig.newPolicy(listener, "action", "REJECT");
      var second = rig.newPolicy(listener, "action", "REJECT", "position", 100);
      var third = rig.newPolicy(listener, "action", "REJECT", "position", 1);
      assertOrder(third, first, second);
      rig.done(update(third, "position", 2));
      assertOrder(first, third, second);
      rig.done(update(first, "position", 99));
      assertOrder(third, second, first);
      rig.done(new Change.DeleteL7Policy(second));
      assertOrder(third, first);
    }

    private void assertOrder(L7PolicyId... ids) {
      assertThat(rig.listener(listener).policies()).extracting(L7Policy::id).containsExactly(ids);
    }

    @Test
    void makeTheirListenerPending() {
      var id = new L7PolicyId(rig.accepted(create("action", "REJECT")));
      assertThat(policyOf(id).lifecycle().provisioning()).isEqualTo(PENDING_CREATE);
      assertThat(rig.listener(listener).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
      rig.tasks.settle();
      assertThat(policyOf(id).lifecycle().operating()).isEqualTo(OperatingStatus.ONLINE);
      rig.done(update(id, "adminStateUp", false));
      assertThat(policyOf(id).lifecycle().operating()).isEqualTo(OperatingStatus.OFFLINE);
    }
  }

  @Nested
  class Rules {
    private final L7PolicyId policy = rig.newPolicy(listener, "action", "REJECT");

    private void refused(Attributes.OfL7Rule rule, String detail) {
      assertThat(rig.refused(new Change.CreateL7Rule(policy, rule)))
          .isEqualTo(new InvalidL7Rule(detail));
    }

    private void accepted(Attributes.OfL7Rule rule) {
      rig.newRule(policy, rule);
    }

    @Test
    void haveSyntax() {
      refused(
          rule(Type.PATH, EQUAL_TO, "value", ""), "Invalid L7 Rule: L7 rule type requires a value");
      refused(rule(Type.PATH, EQUAL_TO, "value", "a b"), "Invalid characters in comparison value");
      accepted(rule(Type.PATH, EQUAL_TO, "value", "\"a b\""));
      refused(rule(Type.PATH, REGEX, "value", "("), "Unable to parse regular expression: (");
      accepted(rule(Type.HOST_NAME, REGEX, "value", "a b|c"));
      refused(
          rule(Type.FILE_TYPE, CONTAINS, "value", "jpg"),
          "Invalid L7 Rule: invalid comparison type for rule type");
      accepted(rule(Type.FILE_TYPE, EQUAL_TO, "value", "jpg"));
      refused(
          rule(Type.HEADER, EQUAL_TO, "value", "x"),
          "Invalid L7 Rule: L7 rule type requires a key");
      refused(rule(Type.HEADER, EQUAL_TO, "key", "a:b", "value", "x"), "Invalid characters in key");
      refused(
          rule(Type.HEADER, EQUAL_TO, "key", "a", "value", "x y"),
          "Invalid characters in header value");
      refused(
          rule(Type.COOKIE, EQUAL_TO, "key", "a", "value", "x;y"),
          "Invalid characters in cookie value");
      accepted(rule(Type.COOKIE, STARTS_WITH, "key", "a", "value", "x@y"));
    }

    @Test
    void ofTlsHaveSyntaxToo() {
      refused(
          rule(Type.SSL_CONN_HAS_CERT, EQUAL_TO, "key", "k", "value", "true"),
          "Invalid L7 Rule: L7rule type SSL_CONN_HAS_CERT does not use the \"key\" field.");
      refused(
          rule(Type.SSL_CONN_HAS_CERT, EQUAL_TO, "value", "false"),
          "Invalid L7 Rule: L7rule value false is not a boolean True string.");
      refused(
          rule(Type.SSL_CONN_HAS_CERT, REGEX, "value", "true"),
          "Invalid L7 Rule: L7rule type SSL_CONN_HAS_CERT only supports the EQUAL_TO compare"
              + " type.");
      accepted(rule(Type.SSL_CONN_HAS_CERT, EQUAL_TO, "value", "TRUE"));
      refused(
          rule(Type.SSL_VERIFY_RESULT, EQUAL_TO, "value", "-1"),
          "Invalid L7 Rule: L7rule type SSL_VERIFY_RESULT needs a int value, which is >= 0");
      accepted(rule(Type.SSL_VERIFY_RESULT, EQUAL_TO, "value", "0"));
      refused(
          rule(Type.SSL_DN_FIELD, EQUAL_TO, "value", "x"),
          "Invalid L7 Rule: L7rule type SSL_DN_FIELD needs to specify a key and a value.");
      refused(
          rule(Type.SSL_DN_FIELD, EQUAL_TO, "key", "1a", "value", "x"),
          "Invalid L7 Rule: Invalid L7rule distinguished name field.");
      accepted(rule(Type.SSL_DN_FIELD, EQUAL_TO, "key", "CN", "value", "x y"));
    }

    @Test
    void areCheckedTogetherWithWhatIsStored() {
      var id = rig.newRule(policy, rule(Type.HEADER, EQUAL_TO, "key", "a", "value", "x"));
      assertThat(
              rig.refused(
                  new Change.UpdateL7Rule(policy, id, ruleUpdate("type", Type.SSL_VERIFY_RESULT))))
          .isInstanceOf(InvalidL7Rule.class);
      rig.done(new Change.UpdateL7Rule(policy, id, ruleUpdate("type", Type.PATH, "invert", true)));
      var stored = policyOf(policy).rules().getFirst();
      assertThat(stored.key()).isNull();
      assertThat(stored.value()).isEqualTo("x");
      assertThat(stored.invert()).isTrue();
      rig.done(new Change.UpdateL7Rule(policy, id, ruleUpdate("invert", null)));
      assertThat(policyOf(policy).rules().getFirst().invert()).isFalse();
    }

    @Test
    void areFiftyAtMost() {
      for (int i = 0; i < 50; i++) {
        accepted(rule(Type.PATH, EQUAL_TO, "value", "/" + i));
      }
      assertThat(
              rig.refused(
                  new Change.CreateL7Rule(policy, rule(Type.PATH, EQUAL_TO, "value", "/50"))))
          .isEqualTo(new Refusal.TooManyRules(policy.toString()));
    }

    @Test
    void makeTheirPolicyPending() {
      var id =
          new L7RuleId(
              rig.accepted(
                  new Change.CreateL7Rule(policy, rule(Type.PATH, EQUAL_TO, "value", "/"))));
      assertThat(policyOf(policy).lifecycle().provisioning()).isEqualTo(PENDING_UPDATE);
      assertThat(rig.refused(new Change.DeleteL7Rule(policy, id)))
          .isEqualTo(new Refusal.Immutable(Kind.L7_POLICY, policy.toString()));
      rig.tasks.settle();
      rig.done(new Change.DeleteL7Rule(policy, id));
      assertThat(policyOf(policy).rules()).extracting(L7Rule::id).isEmpty();
      assertThat(rig.refused(new Change.DeleteL7Rule(policy, id)))
          .isEqualTo(new Refusal.NotFound(Kind.L7_RULE, id.toString()));
    }
  }
}
