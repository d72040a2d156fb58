package agrippa.model;

import java.util.UUID;

/// Names a subnet of the network service.
public record SubnetId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
