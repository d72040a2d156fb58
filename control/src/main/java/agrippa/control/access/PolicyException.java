package agrippa.control.access;

/// Rules that cannot be used; the message says which and why.
public final class PolicyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PolicyException(String message) {
    super(message);
  }
}
