package agrippa.web;

/// A service below a path of its own.
///
/// @param prefix such as `/load-balancer`; empty for the root
/// @param routes templates below the prefix
/// @param filter sees every request of the service before its route does: authentication, media
///     types
/// @param edge what is answered where no route is
public record Site(String prefix, Routes routes, Filter filter, Edge edge) {

  /// Stands before a service's routes.
  @FunctionalInterface
  public interface Filter {
    Reply handle(Request request, Routes.Handler next);
  }

  /// A service's own way to answer what its routes do not.
  public interface Edge {
    /// No template has this path.
    Reply notFound(Request request);

    /// Templates have this path, but for other methods.
    Reply methodNotAllowed(Request request, String allow);

    /// The body is longer than the server takes.
    Reply tooLarge(Request request);

    /// A handler threw; the error is logged already.
    Reply failed(Request request, Throwable error);
  }
}
