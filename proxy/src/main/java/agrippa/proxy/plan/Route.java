package agrippa.proxy.plan;

import java.util.List;

/// What happens to requests that match.
///
/// @param name identifies the route within its frontend
/// @param matches all must hold
/// @param action what is done then
public record Route(String name, List<Match> matches, Action action) {
  public Route {
    matches = List.copyOf(matches);
  }

  /// What is done with a request.
  public sealed interface Action {
    /// Sends it to an upstream of the same plan.
    record Forward(String upstream) implements Action {}

    /// Answers with a redirect to this location.
    record Redirect(String location, int status) implements Action {}

    /// Answers with a redirect to this prefix followed by the request's path and query.
    record RedirectPrefix(String prefix, int status) implements Action {}

    /// Answers 403.
    record Reject() implements Action {}

    /// Answers with this.
    ///
    /// @param contentType of the body, visible ASCII and blanks
    /// @param body empty for none; not sent with a status that has none (204, 205, 304)
    record Respond(int status, String contentType, String body) implements Action {}

    /// Answers GET and HEAD with a page about the plan at work, which a
    /// [agrippa.proxy.Reporter] writes; other methods with 405.
    ///
    /// @param contentType the page's `Content-Type`
    record Report(String contentType) implements Action {}
  }
}
