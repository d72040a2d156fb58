package agrippa.model;

import java.util.UUID;

/// Names a listener.
public record ListenerId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
