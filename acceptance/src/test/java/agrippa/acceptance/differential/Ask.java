package agrippa.acceptance.differential;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request of a scenario, with `$names` where earlier answers' ids go.
///
/// @param hasty the next request does not wait until the cloud has finished what this one began
/// @param path below `/v2.0/lbaas/`, or from Octavia's root if it begins with a slash
/// @param body none if empty
/// @param name what its answer's resource is called from then on; null if nothing
public record Ask(
    boolean hasty,
    Actor actor,
    String method,
    String path,
    Map<String, String> headers,
    String body,
    @Nullable String name) {
  private static final Pattern LINE =
      Pattern.compile(
          "(hasty )?(?:([a-z-]+) )?([A-Z]+) (\\S+)((?: \\[[\\w-]+:[^]]*])*)(?: (.*?))?(?: => (\\w+))?");
  private static final Pattern HEADER = Pattern.compile("\\[([\\w-]+): ?([^]]*)]");

  /// @param actor who sends it if the line does not say
  static Ask parse(String line, Actor actor) {
    Matcher match = LINE.matcher(line);
    if (!match.matches()) {
      throw new IllegalArgumentException("not a request: " + line);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    Matcher header = HEADER.matcher(match.group(5));
    while (header.find()) {
      headers.put(header.group(1), header.group(2));
    }
    return new Ask(
        match.group(1) != null,
        match.group(2) == null ? actor : Actor.of(match.group(2)),
        match.group(3),
        match.group(4),
        headers,
        match.group(6) == null ? "" : match.group(6),
        match.group(7));
  }

  /// As one line, which names it in recordings and reports.
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(hasty ? "hasty " : "");
    text.append(actor.word()).append(' ').append(method).append(' ').append(path);
    headers.forEach((name, value) -> text.append(" [%s: %s]".formatted(name, value)));
    text.append(body.isEmpty() ? "" : " " + body);
    text.append(name == null ? "" : " => " + name);
    return text.toString();
  }
}
