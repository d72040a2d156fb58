package agrippa.control.access;

import agrippa.control.access.Check.Attribute;
import agrippa.control.access.Check.Operand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Reads a rule in oslo.policy's language: `not` binds closest, then `and`, then `or`.
final class CheckParser {
  /// Deeper ones are nobody's intention.
  private static final int DEEPEST = 50;

  private final List<String> words;
  private int next;
  private int depth;

  private CheckParser(List<String> words) {
    this.words = words;
  }

  /// @throws PolicyException if the text is no rule, saying why
  static Check parse(String text) {
    List<String> words = words(text);
    if (words.isEmpty()) {
      return new Check.Always();
    }
    var parser = new CheckParser(words);
    Check check = parser.any();
    if (parser.next < words.size()) {
      throw new PolicyException("'" + words.get(parser.next) + "' is not expected there");
    }
    return check;
  }

  /// Words, with the parentheses around them as words of their own; those of `%(name)s` belong to
  /// the word.
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : Arrays.stream(text.split("\\s+")).filter(it -> !it.isEmpty()).toList()) {
      int from = 0;
      while (from < word.length() && word.charAt(from) == '(') {
        words.add("(");
        from++;
      }
      String rest = word.substring(from);
      String core = withoutClosing(rest);
      if (!core.isEmpty()) {
        words.add(core);
      }
      for (int i = core.length(); i < rest.length(); i++) {
        words.add(")");
      }
    }
    return words;
  }

  private static String withoutClosing(String word) {
    int end = word.length();
    while (end > 0 && word.charAt(end - 1) == ')') {
      end--;
    }
    return word.substring(0, end);
  }

  private Check any() {
    if (++depth > DEEPEST) {
      throw new PolicyException("it is nested too deep");
    }
    List<Check> parts = new ArrayList<>(List.of(all()));
    while (take("or")) {
      parts.add(all());
    }
    depth--;
    return parts.size() == 1 ? parts.getFirst() : new Check.Any(List.copyOf(parts));
  }

  private Check all() {
    List<Check> parts = new ArrayList<>(List.of(one()));
    while (take("and")) {
      parts.add(one());
    }
    return parts.size() == 1 ? parts.getFirst() : new Check.All(List.copyOf(parts));
  }

  private Check one() {
    boolean negated = false;
    while (take("not")) {
      negated = !negated;
    }
    Check check = take("(") ? inParentheses() : atom();
    return negated ? new Check.Not(check) : check;
  }

  private Check inParentheses() {
    Check inside = any();
    if (!take(")")) {
      throw new PolicyException("a ')' is missing");
    }
    return inside;
  }

  private boolean take(String word) {
    boolean there = next < words.size() && words.get(next).equalsIgnoreCase(word);
    next += there ? 1 : 0;
    return there;
  }

  private Check atom() {
    if (next == words.size()) {
      throw new PolicyException("it ends too early");
    }
    String word = words.get(next++);
    if (word.equals("@")) {
      return new Check.Always();
    }
    if (word.equals("!")) {
      return new Check.Never();
    }
    int colon = word.indexOf(':');
    if (colon <= 0 || colon == word.length() - 1) {
      throw new PolicyException(
          "'" + word + "' is no check: use role:NAME, rule:NAME, or left:right");
    }
    return pair(word.substring(0, colon), word.substring(colon + 1));
  }

  private static Check pair(String left, String right) {
    return switch (left) {
      case "role" -> new Check.Role(right);
      case "rule" -> new Check.Rule(right);
      case "is_admin" -> new Check.Admin(truth(right));
      case "http", "https" -> throw new PolicyException("checks by HTTP are not done");
      default -> new Check.Same(left(left), right(right));
    };
  }

  private static boolean truth(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new PolicyException("'is_admin:" + word + "' is neither True nor False");
    };
  }

  private static Operand left(String word) {
    if (word.length() > 1 && (word.startsWith("'") || word.startsWith("\""))) {
      return new Operand.Text(unquoted(word));
    }
    return switch (word) {
      case "user_id" -> new Operand.Of(Attribute.CALLERS_USER);
      case "project_id", "tenant", "tenant_id" -> new Operand.Of(Attribute.CALLERS_PROJECT);
      case "system_scope" -> new Operand.Of(Attribute.CALLERS_SYSTEM_SCOPE);
      default ->
          throw new PolicyException(
              "of a caller only user_id, project_id, system_scope, role and is_admin are known, not '"
                  + word
                  + "'");
    };
  }

  private static Operand right(String word) {
    return switch (word) {
      case "%(project_id)s", "%(tenant_id)s" -> new Operand.Of(Attribute.TARGETS_PROJECT);
      default -> {
        if (word.startsWith("%(")) {
          throw new PolicyException("of a target only %(project_id)s is known, not '" + word + "'");
        }
        yield new Operand.Text(unquoted(word));
      }
    };
  }

  private static String unquoted(String word) {
    char first = word.charAt(0);
    if (first != '\'' && first != '"') {
      return word;
    }
    if (word.length() < 2 || word.charAt(word.length() - 1) != first) {
      throw new PolicyException("a quote is missing at the end of " + word);
    }
    return word.substring(1, word.length() - 1);
  }
}
