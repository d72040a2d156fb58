package agrippa.model;

import java.util.UUID;

/// Names a QoS policy of the network service.
public record QosPolicyId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
