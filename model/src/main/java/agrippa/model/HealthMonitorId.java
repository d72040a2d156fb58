package agrippa.model;

import java.util.UUID;

/// Names a health monitor.
public record HealthMonitorId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
