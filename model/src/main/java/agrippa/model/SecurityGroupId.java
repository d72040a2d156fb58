package agrippa.model;

import java.util.UUID;

/// Names a security group of the network service.
public record SecurityGroupId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
