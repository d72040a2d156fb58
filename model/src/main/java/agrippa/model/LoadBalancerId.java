package agrippa.model;

import java.util.UUID;

/// Names a load balancer.
public record LoadBalancerId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
