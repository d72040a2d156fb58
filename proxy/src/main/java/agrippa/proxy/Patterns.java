package agrippa.proxy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// The regular expressions that plans may hold: RE2's, whose time is linear in the input whatever
/// the pattern, since patterns come from tenants.
public final class Patterns {
  private Patterns() {}

  /// Whether a frontend can match by this pattern.
  public static boolean isValid(String pattern) {
    try {
      Pattern.compile(pattern);
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }
}
