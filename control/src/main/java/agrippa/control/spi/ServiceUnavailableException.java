package agrippa.control.spi;

/// A service that the control plane needs does not answer; trying again later may help.
public final class ServiceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ServiceUnavailableException(String message) {
    super(message);
  }

  public ServiceUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
