package agrippa.cloud.fabric;

/// The kernel, or a tool that speaks to it, refused.
public final class FabricException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public FabricException(String message) {
    super(message);
  }

  FabricException(String message, Throwable cause) {
    super(message, cause);
  }
}
