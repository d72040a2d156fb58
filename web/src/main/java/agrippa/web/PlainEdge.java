package agrippa.web;

/// The edge of a site without a format of its own for errors: a sentence of text.
public final class PlainEdge implements Site.Edge {
  @Override
  public Reply notFound(Request request) {
    return Reply.text(404, "Nothing is here.");
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return Reply.text(405, "Use " + allow + ".");
  }

  @Override
  public Reply tooLarge(Request request) {
    return Reply.text(413, "The request body is too large.");
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return Reply.text(500, "An unexpected error occurred; it is logged as " + request.id());
  }
}
