package agrippa.control.rules;

import agrippa.control.Attributes.OfL7Rule;
import agrippa.control.Change.CreateL7Rule;
import agrippa.control.Change.UpdateL7Rule;
import agrippa.control.Kind;
import agrippa.control.Refusal;
import agrippa.model.Countable;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.L7RuleId;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// L7 rules.
final class L7RuleRules {
  private final Terms terms;

  L7RuleRules(Terms terms) {
    this.terms = terms;
  }

  LoadBalancerTree create(
      LoadBalancerTree tree, Listener listener, L7Policy policy, CreateL7Rule change, L7RuleId id) {
    var rule = build(id, change.attributes());
    requireRoom(policy.rules(), policy.id());
    terms.requireRoom(tree, Countable.L7_RULE, 1);
    requireMutable(tree, policy);
    return withRules(tree, listener, policy, Lists.plus(policy.rules(), rule));
  }

  /// The rules of a new policy.
  List<L7Rule> graph(List<OfL7Rule> wanted, Object policy) {
    var rules = new ArrayList<L7Rule>();
    for (var given : wanted) {
      var rule = build(new L7RuleId(terms.ids().get()), given);
      requireRoom(rules, policy);
      rules.add(rule);
    }
    return rules;
  }

  private static void requireRoom(List<L7Rule> rules, Object policy) {
    if (rules.size() >= L7Policy.MAX_RULES) {
      throw new RefusedException(new Refusal.TooManyRules(policy.toString()));
    }
  }

  private L7Rule build(L7RuleId id, OfL7Rule given) {
    var type = given.type().value();
    var compareType = given.compareType().value();
    if (type == null) {
      throw L7RuleSyntax.invalid("invalid rule type");
    }
    if (compareType == null) {
      throw L7RuleSyntax.invalid("invalid comparison type for rule type");
    }
    var key = given.key().value();
    var value = given.value().over("", "");
    new L7RuleSyntax(terms.regexIsValid()).require(type, compareType, key, value);
    return new L7Rule(
        id,
        Naming.tags(given.common(), List.of()),
        Naming.adminStateUp(given.common(), true),
        type,
        compareType,
        key,
        value,
        given.invert().over(false, false),
        Marks.created(terms.now()));
  }

  LoadBalancerTree update(
      LoadBalancerTree tree, Listener listener, L7Policy policy, L7Rule old, UpdateL7Rule change) {
    var given = change.attributes();
    var type = given.type().over(old.type(), old.type());
    var compareType = given.compareType().over(old.compareType(), old.compareType());
    var key = key(type, given.key().orNull(old.key()));
    var value = given.value().over(old.value(), "");
    new L7RuleSyntax(terms.regexIsValid()).require(type, compareType, key, value);
    requireMutable(tree, policy);
    var next =
        new L7Rule(
            old.id(),
            Naming.tags(given.common(), old.tags()),
            Naming.adminStateUp(given.common(), old.adminStateUp()),
            type,
            compareType,
            key,
            value,
            given.invert().over(old.invert(), false),
            Marks.updated(old.lifecycle(), terms.now()));
    return withRules(tree, listener, policy, mapped(policy, old, it -> next));
  }

  /// An update takes a key away where it means nothing.
  private static @Nullable String key(L7Rule.Type type, @Nullable String key) {
    return switch (type) {
      case HOST_NAME, PATH, FILE_TYPE -> null;
      case HEADER, COOKIE, SSL_CONN_HAS_CERT, SSL_VERIFY_RESULT, SSL_DN_FIELD -> key;
    };
  }

  LoadBalancerTree delete(LoadBalancerTree tree, Listener listener, L7Policy policy, L7Rule rule) {
    requireMutable(tree, policy);
    return withRules(
        tree, listener, policy, mapped(policy, rule, it -> it.with(Marks.deleted(it.lifecycle()))));
  }

  private static List<L7Rule> mapped(L7Policy policy, L7Rule rule, UnaryOperator<L7Rule> change) {
    return policy.rules().stream()
        .map(it -> it.id().equals(rule.id()) ? change.apply(it) : it)
        .toList();
  }

  private static void requireMutable(LoadBalancerTree tree, L7Policy policy) {
    Marks.require(policy.lifecycle(), Kind.L7_POLICY, policy.id());
    Marks.requireMutable(tree);
  }

  private static LoadBalancerTree withRules(
      LoadBalancerTree tree, Listener listener, L7Policy policy, List<L7Rule> rules) {
    return Marks.along(tree, listener, policy.id())
        .mapListener(
            listener.id(),
            it ->
                it.withPolicies(
                    it.policies().stream()
                        .map(one -> one.id().equals(policy.id()) ? one.withRules(rules) : one)
                        .toList()));
  }
}
