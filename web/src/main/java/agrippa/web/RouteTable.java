package agrippa.web;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the route of a path in a tree of its segments.
final class RouteTable {
  private final Node root = new Node();

  RouteTable(Routes routes) {
    for (Routes.Route route : routes.all()) {
      Node node = root;
      for (String segment : Text.segments(route.template())) {
        node = node.child(segment);
      }
      if (node.byMethod.put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes for " + route.method() + " " + route.template());
      }
    }
  }

  /// What a table knows about a method and a path.
  sealed interface Match {
    /// @param parameters of the template
    record Found(Routes.Route route, Map<String, String> parameters) implements Match {}

    /// @param allow the methods that there are, for the header of that name
    record OtherMethods(String allow) implements Match {}

    record Nothing() implements Match {}
  }

  Match match(String method, List<String> segments) {
    List<Node> nodes = new ArrayList<>();
    collect(root, segments, 0, nodes);
    for (Node node : nodes) {
      Routes.Route route = node.byMethod.get(method);
      if (route != null) {
        return new Match.Found(route, parameters(route.template(), segments));
      }
    }
    String allow =
        nodes.stream()
            .flatMap(it -> it.byMethod.keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(", "));
    return allow.isEmpty() ? new Match.Nothing() : new Match.OtherMethods(allow);
  }

  /// All nodes that the segments lead to, the most literal first.
  private static void collect(Node node, List<String> segments, int at, List<Node> found) {
    if (at == segments.size()) {
      found.add(node);
      return;
    }
    Node literal = node.literals.get(segments.get(at));
    if (literal != null) {
      collect(literal, segments, at + 1, found);
    }
    if (node.parameter != null) {
      collect(node.parameter, segments, at + 1, found);
    }
  }

  private static Map<String, String> parameters(String template, List<String> segments) {
    Map<String, String> parameters = new LinkedHashMap<>();
    List<String> names = Text.segments(template);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).startsWith("{")) {
        parameters.put(names.get(i).substring(1, names.get(i).length() - 1), segments.get(i));
      }
    }
    return parameters;
  }

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node parameter;
    final Map<String, Routes.Route> byMethod = new HashMap<>();

    Node child(String segment) {
      if (!segment.startsWith("{")) {
        return literals.computeIfAbsent(segment, any -> new Node());
      }
      if (parameter == null) {
        parameter = new Node();
      }
      return parameter;
    }
  }
}
