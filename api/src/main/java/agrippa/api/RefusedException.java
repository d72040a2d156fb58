package agrippa.api;

import agrippa.control.Refusal;

/// Ends a request with a refusal, from wherever it turned out.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Refusal why;

  RefusedException(Refusal why) {
    super(why.toString(), null, false, false);
    this.why = why;
  }

  Refusal why() {
    return why;
  }
}
