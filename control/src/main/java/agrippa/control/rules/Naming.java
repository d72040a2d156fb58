package agrippa.control.rules;

import agrippa.control.Attributes.Common;
import agrippa.model.Labels;
import java.util.List;

/// Attributes that all resources share.
final class Naming {
  private Naming() {}

  static Labels labels(Common given, Labels current) {
    return new Labels(
        given.name().over(current.name(), ""),
        given.description().over(current.description(), ""),
        tags(given, current.tags()));
  }

  /// A null leaves tags as they are.
  static List<String> tags(Common given, List<String> current) {
    return given.tags().over(current, current);
  }

  /// A null switches off, in a creation too.
  static boolean adminStateUp(Common given, boolean current) {
    return given.adminStateUp().over(current, false);
  }
}
