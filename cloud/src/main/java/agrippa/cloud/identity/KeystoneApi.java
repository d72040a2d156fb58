package agrippa.cloud.identity;

import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import agrippa.web.Routes;
import agrippa.web.Routes.Handler;
import agrippa.web.Site;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// The face of Keystone v3: every route on one page.
final class KeystoneApi implements Site.Edge {
  private static final Map<Integer, String> TITLES =
      Map.of(
          400, "Bad Request",
          401, "Unauthorized",
          403, "Forbidden",
          404, "Not Found",
          405, "Method Not Allowed",
          409, "Conflict",
          413, "Request Entity Too Large",
          429, "Too Many Requests",
          500, "Internal Server Error");

  private final Authenticator authenticator;
  private final TokenResource tokens;
  private final EntityResource entities;
  private final GrantResource grants;
  private final CredentialResource credentials;
  private final Supplier<String> publicUrl;

  KeystoneApi(
      Directory directory,
      Tokens tokens,
      Authenticator authenticator,
      Passwords passwords,
      SecureRandom random,
      InstantSource clock,
      Ids ids,
      Supplier<String> publicUrl) {
    this.authenticator = authenticator;
    this.publicUrl = publicUrl;
    this.tokens = new TokenResource(directory, tokens, authenticator, publicUrl);
    this.entities = new EntityResource(directory, tokens, passwords, ids, publicUrl);
    this.grants = new GrantResource(directory);
    this.credentials = new CredentialResource(directory, tokens, passwords, random, clock, ids);
  }

  Site site(String prefix) {
    Routes routes =
        new Routes()
            .get("/", it -> versions(it, 300))
            .get("/v3", this::version)
            .post("/v3/auth/tokens", tokens::issue)
            .get("/v3/auth/tokens", known(tokens::show))
            .head("/v3/auth/tokens", known(tokens::show))
            .delete("/v3/auth/tokens", known(tokens::revoke))
            .get("/v3/auth/catalog", known(tokens::catalog))
            .get("/v3/auth/projects", known(tokens::projects))
            .get("/v3/auth/domains", known(tokens::domains))
            .get("/v3/users/{user}/projects", known(tokens::projectsOf))
            .get("/v3/users/{user}/groups", known(entities::noGroups))
            .post("/v3/users/{user}/password", entities::changePassword)
            .get("/v3/role_assignments", admin("list_role_assignments", grants::list))
            .get("/v3/role_inferences", known(grants::inferences));
    for (Kind kind :
        List.of(
            Kind.DOMAIN,
            Kind.PROJECT,
            Kind.USER,
            Kind.GROUP,
            Kind.ROLE,
            Kind.REGION,
            Kind.SERVICE,
            Kind.ENDPOINT)) {
      collection(routes, kind);
    }
    grants(routes, "/v3/projects/{project}/users/{user}/roles");
    grants(routes, "/v3/domains/{domain}/users/{user}/roles");
    grants(routes, "/v3/system/users/{user}/roles");
    String own = "/v3/users/{user}/application_credentials";
    routes
        .get(own, known(credentials::list))
        .post(own, known(credentials::create))
        .get(own + "/{id}", known(credentials::show))
        .delete(own + "/{id}", known(credentials::delete));
    return new Site(prefix, routes, this::guarded, this);
  }

  private void collection(Routes routes, Kind kind) {
    String path = "/v3/" + kind.plural();
    String one = kind.singular();
    routes
        .get(path, known((session, it) -> entities.list(session, kind, it)))
        .post(path, admin("create_" + one, (session, it) -> entities.create(kind, it)))
        .get(path + "/{id}", known((session, it) -> entities.show(session, kind, it)))
        .patch(path + "/{id}", admin("update_" + one, (session, it) -> entities.update(kind, it)))
        .delete(path + "/{id}", admin("delete_" + one, (session, it) -> entities.delete(kind, it)));
  }

  private void grants(Routes routes, String path) {
    routes
        .get(path, admin("list_grants", grants::ofUser))
        .put(path + "/{role}", admin("create_grant", grants::grant))
        .head(path + "/{role}", admin("check_grant", grants::check))
        .delete(path + "/{role}", admin("revoke_grant", grants::revoke));
  }

  /// Answers somebody who is known.
  @FunctionalInterface
  interface SessionHandler {
    Reply handle(Session session, Request request);
  }

  private Handler known(SessionHandler handler) {
    return request -> handler.handle(session(request), request);
  }

  private Handler admin(String action, SessionHandler handler) {
    return request -> {
      Session session = session(request);
      if (!session.admin()) {
        throw Refused.forbidden("identity:" + action);
      }
      return handler.handle(session, request);
    };
  }

  private Session session(Request request) {
    return request
        .header("x-auth-token")
        .flatMap(authenticator::session)
        .orElseThrow(Refused::unauthorized);
  }

  private Reply guarded(Request request, Handler next) {
    try {
      return next.handle(request).with("Vary", "X-Auth-Token");
    } catch (Refused e) {
      Reply reply = error(e.status(), String.valueOf(e.getMessage()));
      return switch (e.status()) {
        case 401 -> reply.with("WWW-Authenticate", "Keystone uri=\"" + root() + "\"");
        case 429 -> reply.with("Retry-After", Long.toString(e.retryAfterSeconds()));
        default -> reply;
      };
    }
  }

  private String root() {
    return publicUrl.get() + EmbeddedIdentity.PREFIX;
  }

  static Reply error(int status, String message) {
    ObjectNode body = Json.object();
    body.putObject("error")
        .put("code", status)
        .put("message", message)
        .put("title", TITLES.getOrDefault(status, "Error"));
    return Reply.json(status, body);
  }

  private Reply versions(Request request, int status) {
    ObjectNode body = Json.object();
    body.putObject("versions").putArray("values").add(versionNode());
    return Reply.json(status, body).with("Location", root() + "/v3/");
  }

  private Reply version(Request request) {
    return Reply.json(200, Json.object().set("version", versionNode()));
  }

  private ObjectNode versionNode() {
    ObjectNode version =
        Json.object()
            .put("id", "v3.14")
            .put("status", "stable")
            .put("updated", "2020-04-07T00:00:00Z");
    version.putArray("links").addObject().put("rel", "self").put("href", root() + "/v3/");
    version
        .putArray("media-types")
        .addObject()
        .put("base", "application/json")
        .put("type", "application/vnd.openstack.identity-v3+json");
    return version;
  }

  @Override
  public Reply notFound(Request request) {
    return error(404, "The resource could not be found.");
  }

  @Override
  public Reply methodNotAllowed(Request request, String allow) {
    return error(405, "The method is not allowed for the requested URL.").with("Allow", allow);
  }

  @Override
  public Reply tooLarge(Request request) {
    return error(413, "The request body is too large.");
  }

  @Override
  public Reply failed(Request request, Throwable error) {
    return error(
        500,
        "An unexpected error prevented the server from fulfilling your request. ("
            + request.id()
            + ")");
  }
}
