package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Scoped;
import agrippa.cloud.identity.Scope.Target;
import agrippa.cloud.identity.Scope.TargetKind;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// `/v3/auth`: tokens, and what they are good for.
final class TokenResource {
  private static final String SUBJECT = "X-Subject-Token";

  private final Directory directory;
  private final Tokens tokens;
  private final Authenticator authenticator;
  private final Supplier<String> publicUrl;

  TokenResource(
      Directory directory, Tokens tokens, Authenticator authenticator, Supplier<String> publicUrl) {
    this.directory = directory;
    this.tokens = tokens;
    this.authenticator = authenticator;
    this.publicUrl = publicUrl;
  }

  Reply issue(Request request) {
    Tokens.Issued issued = authenticator.issue(Bodies.object(request, "auth"), request.client());
    Session session = authenticator.session(issued.secret()).orElseThrow(Refused::unauthorized);
    return Reply.json(201, body(session, !request.query().containsKey("nocatalog")))
        .with(SUBJECT, issued.secret());
  }

  Reply show(Session caller, Request request) {
    String subject = subject(request);
    Session session = shown(caller, subject);
    return Reply.json(200, body(session, !request.query().containsKey("nocatalog")))
        .with(SUBJECT, subject);
  }

  Reply revoke(Session caller, Request request) {
    Session session =
        authenticator.session(subject(request)).orElseThrow(() -> Refused.notFound("token"));
    if (!caller.admin() && !caller.user().id().equals(session.user().id())) {
      throw Refused.forbidden("identity:revoke_token");
    }
    tokens.revoke(it -> it.hash().equals(session.token().hash()));
    return Reply.empty(204);
  }

  private static String subject(Request request) {
    return request
        .header("x-subject-token")
        .orElseThrow(() -> Refused.bad("The header X-Subject-Token is missing."));
  }

  /// Others' tokens are for admins and services to see.
  private Session shown(Session caller, String subject) {
    Session session = authenticator.session(subject).orElseThrow(() -> Refused.notFound("token"));
    boolean service = caller.roles().stream().anyMatch(it -> it.name().equals("service"));
    if (!caller.admin() && !service && !caller.user().id().equals(session.user().id())) {
      throw Refused.forbidden("identity:validate_token");
    }
    return session;
  }

  private ObjectNode body(Session session, boolean withCatalog) {
    ObjectNode token = Json.object();
    var methods = token.putArray("methods");
    session.token().methods().forEach(methods::add);
    Entity user = session.user();
    token
        .putObject("user")
        .put("id", user.id())
        .put("name", user.name())
        .putNull("password_expires_at")
        .set("domain", reference(Kind.DOMAIN, user.domain()));
    token.putArray("audit_ids").add(session.token().auditId());
    token.put("expires_at", Times.format(session.token().expires()));
    token.put("issued_at", Times.format(session.token().issued()));
    if (session.token().scope() instanceof Scoped(Target target)) {
      scope(token, target);
      var roles = token.putArray("roles");
      session.roles().forEach(it -> roles.addObject().put("id", it.id()).put("name", it.name()));
      if (withCatalog) {
        token.set("catalog", Catalog.of(directory, publicUrl.get()));
      }
    }
    return Json.object().set("token", token);
  }

  private void scope(ObjectNode token, Target target) {
    switch (target.kind()) {
      case PROJECT -> {
        ObjectNode project = reference(Kind.PROJECT, target.id());
        String domain = directory.find(Kind.PROJECT, target.id()).map(Entity::domain).orElse("");
        project.set("domain", reference(Kind.DOMAIN, domain));
        token.set("project", project);
        token.put("is_domain", false);
      }
      case DOMAIN -> token.set("domain", reference(Kind.DOMAIN, target.id()));
      case SYSTEM -> token.putObject("system").put("all", true);
    }
  }

  private ObjectNode reference(Kind kind, String id) {
    return Json.object()
        .put("id", id)
        .put("name", directory.find(kind, id).map(Entity::name).orElse(""));
  }

  Reply catalog(Session session, Request request) {
    ObjectNode body = Json.object();
    body.set("catalog", Catalog.of(directory, publicUrl.get()));
    body.putObject("links").put("self", request.baseUrl() + request.path());
    return Reply.json(200, body);
  }

  Reply projects(Session session, Request request) {
    return listed(request, Kind.PROJECT, targets(session.user().id(), TargetKind.PROJECT));
  }

  Reply domains(Session session, Request request) {
    return listed(request, Kind.DOMAIN, targets(session.user().id(), TargetKind.DOMAIN));
  }

  Reply projectsOf(Session session, Request request) {
    String user = request.parameter("user");
    if (!session.admin() && !session.user().id().equals(user)) {
      throw Refused.forbidden("identity:list_user_projects");
    }
    return listed(request, Kind.PROJECT, targets(user, TargetKind.PROJECT));
  }

  private Stream<String> targets(String user, TargetKind kind) {
    return directory
        .grants()
        .filter(it -> it.user().equals(user) && it.target().kind() == kind)
        .map(it -> it.target().id())
        .distinct();
  }

  private Reply listed(Request request, Kind kind, Stream<String> ids) {
    List<ObjectNode> items =
        ids.flatMap(id -> directory.find(kind, id).stream())
            .map(it -> EntityResource.body(request, it))
            .toList();
    return Reply.json(200, Bodies.list(request, kind.plural(), items));
  }
}
