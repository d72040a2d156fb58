package agrippa.cloud.identity;

/// A request that is answered with an error, as Keystone would.
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

  static Refused forbidden(String action) {
    return new Refused(
        403, "You are not authorized to perform the requested action: " + action + ".");
  }

  static Refused notFound(Kind kind, String id) {
    return new Refused(
        404, "Could not find " + kind.singular().replace('_', ' ') + ": " + id + ".");
  }

  static Refused notFound(String what) {
    return new Refused(404, "Could not find " + what + ".");
  }

  static Refused conflict(Kind kind, String detail) {
    return new Refused(
        409, "Conflict occurred attempting to store " + kind.singular() + " - " + detail + ".");
  }
}
