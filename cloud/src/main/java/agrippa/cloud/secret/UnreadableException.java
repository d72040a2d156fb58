package agrippa.cloud.secret;

/// Says what is wrong with some key material, and nothing of its content.
final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean bundle;

  /// @param bundle whether it is about a PKCS#12 bundle
  UnreadableException(boolean bundle, String message) {
    super(message);
    this.bundle = bundle;
  }

  boolean bundle() {
    return bundle;
  }
}
