package agrippa.model;

import java.util.UUID;

/// Names a port of the network service.
public record PortId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
