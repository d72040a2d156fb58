package agrippa.cloud.image;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Routes.Handler;
import agrippa.web.Site;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The face of Glance v2: every route on one page.
final class ImageApi implements Site.Edge {
  private static final int NEWEST = 9;

  private final Identity identity;
  private final ImageResource images;

  ImageApi(Identity identity, ImageResource images) {
    this.identity = identity;
    this.images = images;
  }

  Site site(String prefix) {
    Routes routes =
        new Routes()
            .get("/", it -> versions(300, it))
            .get("/versions", it -> versions(200, it))
            .get("/v2/images", known(images::list))
            .post("/v2/images", known(images::create))
            .get("/v2/images/{id}", known(images::show))
            .patch("/v2/images/{id}", known(images::change))
            .delete("/v2/images/{id}", known(images::delete))
            .putStream("/v2/images/{id}/file", known(images::upload))
            .get("/v2/images/{id}/file", known(images::download))
            .put("/v2/images/{id}/tags/{tag}", known(images::addTag))
            .delete("/v2/images/{id}/tags/{tag}", known(images::removeTag))
            .get("/v2/images/{id}/members", known(images::members))
            .get("/v2/schemas/image", known((_, _) -> Reply.json(200, ImagePatch.schema())))
            .get("/v2/schemas/images", known((_, _) -> Reply.json(200, imagesSchema())))
            .get("/v2/info/import", known((_, _) -> Reply.json(200, importMethods())));
    return new Site(prefix, routes, this::guarded, this);
  }

  /// Answers somebody who is known.
  @FunctionalInterface
  interface CallerHandler {
    Reply handle(Caller caller, Request request);
  }

  private Handler known(CallerHandler handler) {
    return request ->
        handler.handle(
            request
                .header("x-auth-token")
                .flatMap(identity::authenticate)
                .orElseThrow(Refused::unauthorized),
            request);
  }

  private Reply guarded(Request request, Handler next) {
    try {
      return next.handle(request);
    } catch (Refused e) {
      return e.status() == 401
          ? e.reply().with("WWW-Authenticate", "Keystone uri=\"" + identity.publicUrl() + "\"")
          : e.reply();
    } catch (ServiceUnavailableException e) {
      return Refused.page(503, "The identity service cannot be asked now.");
    }
  }

  /// Without a token, as clients ask for it before they have one.
  private static Reply versions(int status, Request request) {
    ObjectNode body = Json.object();
    ArrayNode versions = body.putArray("versions");
    for (int minor = NEWEST; minor >= 0; minor--) {
      ObjectNode version = versions.addObject().put("id", "v2." + minor);
      version.put("status", minor == NEWEST ? "CURRENT" : "SUPPORTED");
      version
          .putArray("links")
          .addObject()
          .put("rel", "self")
          .put("href", request.baseUrl() + "/v2/");
    }
    return Reply.json(status, body);
  }

  private static ObjectNode imagesSchema() {
    ObjectNode schema = Json.object().put("name", "images");
    ObjectNode attributes = schema.putObject("properties");
    attributes.putObject("images").put("type", "array").set("items", ImagePatch.schema());
    for (String name : new String[] {"first", "next", "schema"}) {
      attributes.putObject(name).put("type", "string");
    }
    ArrayNode links = schema.putArray("links");
    links.addObject().put("rel", "first").put("href", "{first}");
    links.addObject().put("rel", "next").put("href", "{next}");
    links.addObject().put("rel", "describedby").put("href", "{schema}");
    return schema;
  }

  private static ObjectNode importMethods() {
    ObjectNode body = Json.object();
    body.putObject("import-methods")
        .put("description", "Import methods available.")
        .put("type", "array")
        .putArray("value");
    return body;
  }

  @Override
  public Reply notFound(Request request) {
    return Refused.page(404, "The resource could not be found.");
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return Refused.page(
            405, "The method " + request.method() + " is not allowed for this resource.")
        .with("Allow", allow);
  }

  @Override
  public Reply tooLarge(Request request) {
    return Refused.page(413, "Request is too large.");
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return Refused.page(
        500, "The server could not answer; its log tells why (" + request.id() + ").");
  }
}
