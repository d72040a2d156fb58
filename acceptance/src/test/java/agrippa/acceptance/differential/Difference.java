package agrippa.acceptance.differential;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// One thing in which two answers to a request differ.
///
/// @param where `answer` if the codes differ, and then all of it; else a header's name or where in
///     the body, such as `listener.tags[0]`
public record Difference(String request, String where, String octavia, String agrippa) {
  static final String ABSENT = "absent";

  /// All of them.
  public static List<Difference> between(Exchange octavia, Exchange agrippa) {
    Answer wanted = octavia.answer();
    Answer got = agrippa.answer();
    Collector collector = new Collector(octavia.request(), new ArrayList<>());
    if (wanted.status() != got.status()) {
      collector.add("answer", wanted.text(), got.text());
      return collector.found;
    }
    Set<String> headers = new TreeSet<>(wanted.headers().keySet());
    headers.addAll(got.headers().keySet());
    for (String name : headers) {
      collector.texts(
          "header " + name,
          wanted.headers().getOrDefault(name, ABSENT),
          got.headers().getOrDefault(name, ABSENT));
    }
    collector.nodes(
        "", Order.of(wanted.body(), octavia.request()), Order.of(got.body(), octavia.request()));
    return collector.found;
  }

  private record Collector(String request, List<Difference> found) {
    void add(String where, String octavia, String agrippa) {
      found.add(new Difference(request, where, octavia, agrippa));
    }

    void texts(String where, String octavia, String agrippa) {
      if (!octavia.equals(agrippa)) {
        add(where, octavia, agrippa);
      }
    }

    void nodes(String where, JsonNode octavia, JsonNode agrippa) {
      if (octavia.isObject() && agrippa.isObject()) {
        objects(where, octavia, agrippa);
      } else if (octavia.isArray() && agrippa.isArray()) {
        for (int i = 0; i < Math.max(octavia.size(), agrippa.size()); i++) {
          nodes(where + "[" + i + "]", octavia.path(i), agrippa.path(i));
        }
      } else if (!octavia.equals(agrippa)) {
        texts(where.isEmpty() ? "body" : where, text(octavia), text(agrippa));
      }
    }

    private void objects(String where, JsonNode octavia, JsonNode agrippa) {
      Set<String> names = new LinkedHashSet<>(octavia.propertyNames());
      names.addAll(agrippa.propertyNames());
      for (String name : names) {
        JsonNode wanted = octavia.has(name) ? octavia.get(name) : MissingNode.getInstance();
        JsonNode got = agrippa.has(name) ? agrippa.get(name) : MissingNode.getInstance();
        nodes(where.isEmpty() ? name : where + "." + name, wanted, got);
      }
    }

    private static String text(JsonNode node) {
      return node.isMissingNode() ? ABSENT : node.isString() ? node.stringValue() : node.toString();
    }
  }

  @Override
  public String toString() {
    return "%s%n    %s%n    octavia: %s%n    agrippa: %s"
        .formatted(request, where, octavia, agrippa);
  }
}
