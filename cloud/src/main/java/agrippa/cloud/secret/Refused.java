package agrippa.cloud.secret;

/// A request that is answered with an error, as Barbican would.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  private Refused(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  static Refused bad(String message) {
    return new Refused(400, message);
  }

  static Refused unauthorized() {
    return new Refused(401, "The request you have made requires authentication.");
  }

  /// @param what such as `Secret`
  static Refused forbidden(String what) {
    return new Refused(
        403, what + " access not allowed - please review your user/project privileges");
  }

  static Refused tooLarge(String message) {
    return new Refused(413, message);
  }

  /// @param what such as `Secret`
  static Refused notFound(String what) {
    return new Refused(404, what + " not found.");
  }

  static Refused notAcceptable() {
    return new Refused(406, "Wrong payload content-type");
  }

  static Refused conflict(String message) {
    return new Refused(409, message);
  }

  static Refused unsupported(String type) {
    return new Refused(415, "Unsupported content type: " + type);
  }
}
