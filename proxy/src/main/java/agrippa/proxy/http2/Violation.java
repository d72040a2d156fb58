package agrippa.proxy.http2;

/// A peer broke a rule that ends the whole connection (RFC 9113, section 5.4.1). Without a stack
/// trace: what matters is what the peer did.
final class Violation extends Exception {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  Violation(ErrorCode code, String what) {
    super(what, null, false, false);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }
}
