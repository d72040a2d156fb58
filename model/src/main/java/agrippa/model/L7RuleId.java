package agrippa.model;

import java.util.UUID;

/// Names an L7 rule.
public record L7RuleId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
