package agrippa.acceptance.differential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The differences that are meant, and why. The table is `explanations.txt`: groups that begin with
/// a line `why`, and then lines of four regular expressions between ` || `: the request (a
/// part of it), where the answers differ, what Octavia says, what Agrippa says (the whole of each).
public final class Explanations {
  private final List<Explanation> explanations = new ArrayList<>();
  private final Set<Explanation> used = new LinkedHashSet<>();

  private record Explanation(
      String line, String why, Pattern request, Pattern where, Pattern octavia, Pattern agrippa) {
    boolean explains(Difference difference) {
      return where.matcher(difference.where()).matches()
          && request.matcher(difference.request()).find()
          && octavia.matcher(difference.octavia()).matches()
          && agrippa.matcher(difference.agrippa()).matches();
    }
  }

  /// Reads the table.
  public Explanations() {
    String why = "";
    for (String line : Corpus.lines("explanations.txt")) {
      if (line.startsWith("why ")) {
        why = line.substring(4).strip();
        continue;
      }
      String[] parts = line.split("\\s+\\|\\|\\s+", -1);
      if (parts.length != 4 || why.isEmpty()) {
        throw new IllegalArgumentException("not an explanation: " + line);
      }
      explanations.add(
          new Explanation(
              line, why, regex(parts[0]), regex(parts[1]), regex(parts[2]), regex(parts[3])));
    }
  }

  private static Pattern regex(String text) {
    return Pattern.compile(text, Pattern.DOTALL);
  }

  /// Whether a difference is meant. Every line that says so counts as used.
  public boolean explain(Difference difference) {
    List<Explanation> reasons =
        explanations.stream().filter(it -> it.explains(difference)).toList();
    used.addAll(reasons);
    return !reasons.isEmpty();
  }

  /// Lines that explained nothing.
  public List<String> stale() {
    return explanations.stream().filter(it -> !used.contains(it)).map(Explanation::line).toList();
  }

  /// Every reason once.
  public Set<String> reasons() {
    Set<String> reasons = new LinkedHashSet<>();
    explanations.forEach(it -> reasons.add(it.why()));
    return reasons;
  }
}
