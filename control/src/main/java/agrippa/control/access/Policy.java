package agrippa.control.access;

import agrippa.control.Caller;
import agrippa.control.access.Check.Question;
import agrippa.model.ProjectId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who may do what. Immutable; every rule that it names exists, and none leads back to itself.
public final class Policy {
  private final Map<String, Check> rules;

  private Policy(Map<String, Check> rules) {
    this.rules = Map.copyOf(rules);
  }

  /// @param roles the sets of roles that are understood
  /// @param own an operator's rules, by their names; each replaces the one of that name
  /// @throws PolicyException if one of them cannot be used
  public static Policy of(Roles roles, Map<String, String> own) {
    Map<String, Check> rules = new HashMap<>();
    DefaultRules.of(roles).forEach((name, text) -> rules.put(name, CheckParser.parse(text)));
    own.forEach(
        (name, text) -> {
          if (name.startsWith(Action.PREFIX) && !rules.containsKey(name)) {
            throw new PolicyException("there is nothing that rule '" + name + "' could decide");
          }
          rules.put(name, parsed(name, text));
        });
    rules.keySet().forEach(name -> requireEnd(rules, name, new ArrayDeque<>()));
    return new Policy(rules);
  }

  private static Check parsed(String name, String text) {
    try {
      return CheckParser.parse(text);
    } catch (PolicyException e) {
      throw new PolicyException("rule '" + name + "': " + e.getMessage());
    }
  }

  /// Follows a rule to the ones it names.
  private static void requireEnd(Map<String, Check> rules, String name, Deque<String> path) {
    if (path.contains(name)) {
      throw new PolicyException("rule '" + name + "' leads back to itself");
    }
    Check check = rules.get(name);
    if (check == null) {
      throw new PolicyException("rule '" + path.peek() + "' names '" + name + "', which is none");
    }
    path.push(name);
    named(check).forEach(it -> requireEnd(rules, it, path));
    path.pop();
  }

  private static List<String> named(Check check) {
    return switch (check) {
      case Check.Rule(String name) -> List.of(name);
      case Check.Admin ignored -> List.of(Check.Admin.RULE);
      case Check.Not(Check part) -> named(part);
      case Check.All(List<Check> parts) -> named(parts);
      case Check.Any(List<Check> parts) -> named(parts);
      case Check.Always ignored -> List.of();
      case Check.Never ignored -> List.of();
      case Check.Role ignored -> List.of();
      case Check.Same ignored -> List.of();
    };
  }

  private static List<String> named(List<Check> parts) {
    return parts.stream().map(Policy::named).flatMap(Collection::stream).toList();
  }

  /// @param target owner of what is acted on; the caller's project for what nobody owns; null for
  ///     things of all projects
  public boolean allows(Caller caller, Action action, @Nullable ProjectId target) {
    return holds(action.rule(), new Question(caller, target, this::holds));
  }

  private boolean holds(String rule, Question question) {
    Check check = rules.get(rule);
    return check != null && check.holds(question);
  }
}
