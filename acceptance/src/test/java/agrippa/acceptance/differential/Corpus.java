package agrippa.acceptance.differential;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What is asked of both sides: scenarios, each a text file with one request a line. Lines that are
/// indented go on the line above; `as X` says who sends what follows; `#` begins a comment.
public final class Corpus {
  private Corpus() {}

  /// Requests that depend on each other, in projects of their own.
  public record Scenario(String name, List<Ask> asks) {
    /// What recordings call its requests.
    public List<String> requests() {
      return asks.stream().map(it -> name + ": " + it.text()).toList();
    }
  }

  /// All scenarios, in the order of `scenarios.txt`.
  public static List<Scenario> scenarios() {
    return lines("scenarios.txt").stream().map(Corpus::scenario).toList();
  }

  private static Scenario scenario(String name) {
    List<Ask> asks = new ArrayList<>();
    Actor actor = Actor.MEMBER;
    for (String line : lines(name + ".txt")) {
      if (line.startsWith("as ")) {
        actor = Actor.of(line.substring(3));
      } else {
        asks.add(Ask.parse(line, actor));
      }
    }
    return new Scenario(name, List.copyOf(asks));
  }

  /// A resource's lines, without comments and with indented lines joined to those above.
  static List<String> lines(String resource) {
    List<String> lines = new ArrayList<>();
    for (String line : text(resource).lines().map(String::stripTrailing).toList()) {
      if (line.startsWith(" ")) {
        lines.add(lines.removeLast() + " " + line.strip());
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        lines.add(line);
      }
    }
    return lines;
  }

  private static String text(String resource) {
    try (InputStream in = Corpus.class.getResourceAsStream("/differential/" + resource)) {
      if (in == null) {
        throw new IllegalStateException("there is no differential/" + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
