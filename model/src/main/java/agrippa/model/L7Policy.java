package agrippa.model;

import java.util.List;

/// What a listener does with requests that all of its rules match. Its position is its rank in the
/// listener's list.
public record L7Policy(
    L7PolicyId id,
    Labels labels,
    boolean adminStateUp,
    L7Action action,
    List<L7Rule> rules,
    Lifecycle lifecycle) {
  /// Most rules of one policy.
  public static final int MAX_RULES = 50;

  public L7Policy {
    rules = List.copyOf(rules);
  }

  public L7Policy with(Lifecycle next) {
    return new L7Policy(id, labels, adminStateUp, action, rules, next);
  }

  public L7Policy withRules(List<L7Rule> next) {
    return new L7Policy(id, labels, adminStateUp, action, next, lifecycle);
  }
}
