package agrippa.web;

import java.util.ArrayList;
import java.util.List;

/// What answers which path: templates such as `/v2.0/lbaas/pools/{pool}/members`. The most literal
/// template wins.
public final class Routes {
  private final List<Route> routes = new ArrayList<>();

  public Routes get(String template, Handler handler) {
    return add("GET", template, handler);
  }

  public Routes post(String template, Handler handler) {
    return add("POST", template, handler);
  }

  public Routes put(String template, Handler handler) {
    return add("PUT", template, handler);
  }

  public Routes patch(String template, Handler handler) {
    return add("PATCH", template, handler);
  }

  public Routes delete(String template, Handler handler) {
    return add("DELETE", template, handler);
  }

  public Routes head(String template, Handler handler) {
    return add("HEAD", template, handler);
  }

  /// A route that reads the body itself, from [Request#content], however long it is.
  public Routes putStream(String template, Handler handler) {
    routes.add(new Route("PUT", template, handler, true));
    return this;
  }

  private Routes add(String method, String template, Handler handler) {
    routes.add(new Route(method, template, handler, false));
    return this;
  }

  public List<Route> all() {
    return List.copyOf(routes);
  }

  /// One line of the table.
  ///
  /// @param streams whether it takes the body as it comes in
  public record Route(String method, String template, Handler handler, boolean streams) {}

  /// Answers a request. May block.
  @FunctionalInterface
  public interface Handler {
    Reply handle(Request request);
  }
}
