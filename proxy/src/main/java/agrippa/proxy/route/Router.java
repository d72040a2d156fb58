package agrippa.proxy.route;

import agrippa.proxy.http.RequestHead;
import agrippa.proxy.plan.Route;
import agrippa.proxy.transport.Buffer;
import agrippa.proxy.transport.TlsInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The routes of a frontend, compiled: they are tried in order, and the first whose conditions all
/// hold decides. Looks at bytes where they are; only regular expressions and certificates cost a
/// copy. Immutable.
public final class Router {
  private record Rule(Condition[] conditions, Route.Action action) {
    boolean holds(Buffer in, RequestHead head, @Nullable TlsInfo tls) {
      for (Condition condition : conditions) {
        if (!condition.holds(in, head, tls)) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Route> routes;
  private final Rule[] rules;

  private Router(List<Route> routes) {
    this.routes = routes;
    this.rules =
        routes.stream()
            .map(
                route ->
                    new Rule(
                        route.matches().stream().map(Condition::of).toArray(Condition[]::new),
                        route.action()))
            .toArray(Rule[]::new);
  }

  /// @throws IllegalArgumentException if a pattern or number is not valid
  public static Router compile(List<Route> routes) {
    return new Router(List.copyOf(routes));
  }

  /// What is done with a request.
  ///
  /// @param in holds the head
  /// @param tls of the client's connection, or null if it is plain
  /// @return null if no route takes it
  public Route.@Nullable Action route(Buffer in, RequestHead head, @Nullable TlsInfo tls) {
    for (Rule rule : rules) {
      if (rule.holds(in, head, tls)) {
        return rule.action();
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return "Router" + routes;
  }
}
