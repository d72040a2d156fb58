package agrippa.model;

import java.util.UUID;

/// Identifies a profile of flavors or availability zones.
public record ProfileId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
