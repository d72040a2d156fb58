package agrippa.proxy.route;

import agrippa.proxy.plan.Route;
import java.util.List;

/// The routes of a frontend, compiled.
public final class Router {
  private final List<Route> routes;

  private Router(List<Route> routes) {
    this.routes = routes;
  }

  /// @throws IllegalArgumentException if a pattern is not valid
  public static Router compile(List<Route> routes) {
    return new Router(List.copyOf(routes));
  }

  @Override
  public String toString() {
    return "Router" + routes;
  }
}
