package agrippa.launcher.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// One thing to type.
///
/// @param story what it is about; empty if it goes on with what was before
/// @param command for the shell
/// @param wanted what its output must contain; nothing means any
/// @param patience how long it is typed again until it does; zero for once
record Step(String story, String command, List<Pattern> wanted, Duration patience) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  Step {
    wanted = List.copyOf(wanted);
  }

  /// Reads a script. `# ` begins a story, `$ ` a command, `~ ` one that is typed until its
  /// output is as wanted, `? ` a pattern that its output must contain. Anything else goes on
  /// with the command of the line before.
  static List<Step> read(String script) {
    List<Step> steps = new ArrayList<>();
    StringBuilder story = new StringBuilder();
    for (String line : script.lines().toList()) {
      String rest = line.length() < 2 ? "" : line.substring(2);
      switch (line.isEmpty() ? ' ' : line.charAt(0)) {
        case '#' -> story.append(story.isEmpty() ? "" : "\n").append(rest);
        case '$', '~' -> {
          boolean again = line.charAt(0) == '~';
          steps.add(new Step(story.toString(), rest, List.of(), again ? PATIENCE : Duration.ZERO));
          story.setLength(0);
        }
        case '?' -> steps.add(steps.removeLast().wanting(rest));
        case ' ' -> {
          if (!line.isBlank()) {
            steps.add(steps.removeLast().followedBy(line));
          }
        }
        default -> throw new IllegalArgumentException("a line begins with #, $, ~ or ?: " + line);
      }
    }
    return steps;
  }

  private Step wanting(String pattern) {
    List<Pattern> all = new ArrayList<>(wanted);
    try {
      all.add(Pattern.compile(pattern, Pattern.MULTILINE));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("no pattern: " + pattern, e);
    }
    return new Step(story, command, all, patience);
  }

  private Step followedBy(String line) {
    return new Step(story, command + "\n" + line, wanted, patience);
  }

  /// What of it an output does not contain.
  List<String> missingIn(String output) {
    return wanted.stream().filter(it -> !it.matcher(output).find()).map(Pattern::pattern).toList();
  }
}
