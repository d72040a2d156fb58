package agrippa.control.rules;

import agrippa.control.Kind;
import agrippa.control.Refusal;

/// Ends a rule at its first failed check, so that checks read from top to bottom. Never leaves this
/// package: [Rules] turns it into a value.
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

  static RefusedException invalid(String detail) {
    return new RefusedException(new Refusal.Invalid(detail));
  }

  static RefusedException invalidOption(String value, String option) {
    return new RefusedException(new Refusal.InvalidOption(value, option));
  }

  static RefusedException notFound(Kind kind, Object id) {
    return new RefusedException(new Refusal.NotFound(kind, id.toString()));
  }

  static RefusedException unknownReference(Kind kind, Object id) {
    return new RefusedException(new Refusal.ReferenceNotFound(kind, id.toString()));
  }

  static RefusedException forbidden() {
    return new RefusedException(new Refusal.Forbidden());
  }
}
