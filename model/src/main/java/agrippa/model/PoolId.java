package agrippa.model;

import java.util.UUID;

/// Names a pool.
public record PoolId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
