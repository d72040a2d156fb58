package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.control.spi.ServiceUnavailableException;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Routes.Handler;
import agrippa.web.Site;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// The face of Barbican v1: every route on one page.
final class BarbicanApi implements Site.Edge {
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(406, "Not Acceptable"),
          Map.entry(409, "Conflict"),
          Map.entry(413, "Request Entity Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(503, "Service Unavailable"));

  private final Identity identity;
  private final Supplier<String> publicUrl;
  private final SecretResource secrets;
  private final ContainerResource containers;

  BarbicanApi(
      SecretStore store,
      Identity identity,
      InstantSource clock,
      Supplier<UUID> ids,
      Supplier<String> publicUrl) {
    this.identity = identity;
    this.publicUrl = publicUrl;
    this.secrets = new SecretResource(store, clock, ids, publicUrl);
    this.containers = new ContainerResource(store, clock, ids, publicUrl);
  }

  Site site(String prefix) {
    Routes routes =
        new Routes()
            .get("/", it -> versions(300))
            .get("/v1", it -> versions(200))
            .get("/v1/secrets", known(secrets::list))
            .post("/v1/secrets", known(secrets::create))
            .get("/v1/secrets/{id}", known(secrets::show))
            .put("/v1/secrets/{id}", known(secrets::store))
            .delete("/v1/secrets/{id}", known(secrets::delete))
            .get("/v1/secrets/{id}/payload", known(secrets::payload))
            .get("/v1/secrets/{id}/acl", known(secrets::acl))
            .put("/v1/secrets/{id}/acl", known(secrets::changeAcl))
            .patch("/v1/secrets/{id}/acl", known(secrets::changeAcl))
            .delete("/v1/secrets/{id}/acl", known(secrets::resetAcl))
            .get("/v1/secrets/{id}/consumers", known(secrets::consumers))
            .post("/v1/secrets/{id}/consumers", known(secrets::addConsumer))
            .delete("/v1/secrets/{id}/consumers", known(secrets::removeConsumer))
            .get("/v1/containers", known(containers::list))
            .post("/v1/containers", known(containers::create))
            .get("/v1/containers/{id}", known(containers::show))
            .delete("/v1/containers/{id}", known(containers::delete))
            .get("/v1/containers/{id}/acl", known(containers::acl))
            .put("/v1/containers/{id}/acl", known(containers::changeAcl))
            .patch("/v1/containers/{id}/acl", known(containers::changeAcl))
            .delete("/v1/containers/{id}/acl", known(containers::resetAcl))
            .get("/v1/containers/{id}/consumers", known(containers::consumers))
            .post("/v1/containers/{id}/consumers", known(containers::addConsumer))
            .delete("/v1/containers/{id}/consumers", known(containers::removeConsumer));
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
      Reply reply = error(e.status(), String.valueOf(e.getMessage()));
      return e.status() == 401
          ? reply.with("WWW-Authenticate", "Keystone uri=\"" + identity.publicUrl() + "\"")
          : reply;
    } catch (ServiceUnavailableException e) {
      return error(503, "The identity service cannot be asked now.");
    }
  }

  private static Reply error(int status, String description) {
    return Reply.json(
        status,
        Json.object()
            .put("code", status)
            .put("title", TITLES.getOrDefault(status, "Error"))
            .put("description", description));
  }

  /// Without a token, as clients ask for it before they have one.
  private Reply versions(int status) {
    ObjectNode version =
        Json.object()
            .put("id", "v1")
            .put("status", "CURRENT")
            .put("min_version", "1.0")
            .put("max_version", "1.1")
            .put("updated", "2021-02-10T00:00:00Z");
    version
        .putArray("links")
        .addObject()
        .put("rel", "self")
        .put("href", publicUrl.get() + EmbeddedSecrets.PREFIX + "/v1/");
    ObjectNode body = Json.object();
    body.putArray("versions").add(version);
    return Reply.json(status, body);
  }

  @Override
  public Reply notFound(Request request) {
    return error(404, "Not Found. Sorry, there is nothing at this address.");
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return error(405, "Method Not Allowed").with("Allow", allow);
  }

  @Override
  public Reply tooLarge(Request request) {
    return error(413, "Provided information too large to process");
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return error(500, "The server could not answer; its log tells why (" + request.id() + ").");
  }
}
