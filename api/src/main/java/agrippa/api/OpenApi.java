package agrippa.api;

import agrippa.api.wire.JsonSchema;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The API's description in OpenAPI 3.1, made from the routes, and from what their requests are
/// read with and their answers written with.
final class OpenApi {
  /// Also `/openapi.json`, as every path may end so.
  static final String PATH = "/openapi";

  private static final String ABOUT =
      """
      Octavia's load balancing API, version 2.30, as Agrippa serves it.

      Collections are served below `/v2.0/lbaas` and three aliases of it. Every path may end in \
      `.json`, and in a slash. Requests are read as leniently as Octavia reads them: numbers and \
      flags may be given as text, ids without dashes, networks with host bits; what is described \
      here is the plain form. A parameter `fields` leaves out of an answer whatever it does not \
      name, required or not. What is no HTTP is refused with the status that HTTP has for it, an \
      unknown path with 404, an unknown method with 405, all as `FrameworkError`. An error of \
      Agrippa's own is a `Fault` with status 500.""";

  private final Routes routes;
  private volatile @Nullable ObjectNode document;

  /// @param routes all of the API; further ones may be added until the first request comes
  OpenApi(Routes routes) {
    this.routes = routes;
  }

  Operation operation() {
    return Operation.reading(
        "API",
        "Show the description of the API",
        JsonSchema.dictionary(JsonSchema.ANY),
        this::show);
  }

  private Reply show(Request request) {
    ObjectNode known = document;
    ObjectNode described = known == null ? describe(routes.all()) : known;
    document = described;
    // The server is where the client found it, proxies included.
    ObjectNode shown = Json.object().setAll(described);
    shown.putArray("servers").addObject().put("url", request.baseUrl());
    return Reply.json(200, shown);
  }

  private static ObjectNode describe(List<Routes.Route> routes) {
    ObjectNode schemas = Json.object();
    ObjectNode document = Json.object().put("openapi", "3.1.1");
    document
        .putObject("info")
        .put("title", "Agrippa")
        .put("version", "2.30")
        .put("description", ABOUT)
        .putObject("license")
        .put("name", "Apache License 2.0")
        .put("identifier", "Apache-2.0");
    document.set("paths", new OpenApiPaths(schemas).of(routes));
    ObjectNode components = document.putObject("components");
    components.set("schemas", schemas);
    components.set("responses", OpenApiErrors.responses(schemas));
    components
        .putObject("headers")
        .putObject(OpenApiPaths.REQUEST_ID)
        .put("description", "Names the request in the server's log.")
        .putObject("schema")
        .put("type", "string");
    components
        .putObject("securitySchemes")
        .putObject(OpenApiPaths.TOKEN)
        .put("type", "apiKey")
        .put("in", "header")
        .put("name", "X-Auth-Token")
        .put("description", "A token of the identity service.");
    return document;
  }
}
