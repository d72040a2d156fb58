package agrippa.cloud.identity;

import java.time.Duration;

/// A request that is answered with an error, as Keystone would.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final Duration retryAfter;

  private Refused(int status, String message) {
    this(status, message, Duration.ZERO);
  }

  private Refused(int status, String message, Duration retryAfter) {
    super(message, null, false, false);
    this.status = status;
    this.retryAfter = retryAfter;
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

  /// There were too many wrong passwords.
  ///
  /// @param wait until the next one is looked at
  static Refused tooMany(Duration wait) {
    return new Refused(429, "Too many failed logins. Wait before the next one.", wait);
  }

  /// When it makes sense to try again, in whole seconds; 0 if that makes no difference.
  long retryAfterSeconds() {
    return retryAfter.plusNanos(999_999_999).toSeconds();
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
