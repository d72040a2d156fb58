package agrippa.model;

import java.util.UUID;

/// Names an L7 policy.
public record L7PolicyId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
