package agrippa.model;

/// Whether the world matches what was asked for.
public enum ProvisioningStatus {
  ACTIVE,
  PENDING_CREATE,
  PENDING_UPDATE,
  PENDING_DELETE,
  ERROR;

  /// Whether the control plane is still at work on it.
  public boolean pending() {
    return switch (this) {
      case PENDING_CREATE, PENDING_UPDATE, PENDING_DELETE -> true;
      case ACTIVE, ERROR -> false;
    };
  }
}
