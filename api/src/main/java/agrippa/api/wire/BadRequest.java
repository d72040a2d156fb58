package agrippa.api.wire;

/// A request whose syntax is wrong, in the words that its sender sees.
public final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  public BadRequest(String faultstring) {
    this(400, faultstring);
  }

  /// @param status 4xx
  public BadRequest(int status, String faultstring) {
    super(faultstring, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /// What the answer's `faultstring` says.
  public String faultstring() {
    return String.valueOf(getMessage());
  }
}
