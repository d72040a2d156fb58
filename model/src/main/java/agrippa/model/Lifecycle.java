package agrippa.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When something was made and how it stands.
///
/// @param createdAt to the second
/// @param updatedAt of the last accepted update, or null before the first
/// @param provisioning written only by accepting a change and by settling it
/// @param operating written only by accepting a change, by settling it and by the roll-up of
///     observations
public record Lifecycle(
    Instant createdAt,
    @Nullable Instant updatedAt,
    ProvisioningStatus provisioning,
    OperatingStatus operating) {

  public Lifecycle with(ProvisioningStatus status) {
    return status == provisioning ? this : new Lifecycle(createdAt, updatedAt, status, operating);
  }

  public Lifecycle with(OperatingStatus status) {
    return status == operating ? this : new Lifecycle(createdAt, updatedAt, provisioning, status);
  }

  public Lifecycle updated(Instant at) {
    return new Lifecycle(createdAt, at, provisioning, operating);
  }
}
