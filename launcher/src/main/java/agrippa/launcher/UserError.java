package agrippa.launcher;

/// Something that the user can mend: the message says what was wrong, where, and what to do.
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }

  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
