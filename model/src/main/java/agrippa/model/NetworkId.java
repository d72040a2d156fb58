package agrippa.model;

import java.util.UUID;

/// Names a network of the network service.
public record NetworkId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
