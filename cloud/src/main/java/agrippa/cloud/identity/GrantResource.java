package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Target;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Who has which role where.
final class GrantResource {
  private final Directory directory;

  GrantResource(Directory directory) {
    this.directory = directory;
  }

  Reply ofUser(Session session, Request request) {
    Target target = target(request);
    String user = found(Kind.USER, request.parameter("user")).id();
    List<ObjectNode> roles =
        directory
            .grants()
            .filter(it -> it.user().equals(user) && it.target().equals(target))
            .flatMap(it -> directory.find(Kind.ROLE, it.role()).stream())
            .map(it -> EntityResource.body(request, it))
            .toList();
    return Reply.json(200, Bodies.list(request, "roles", roles));
  }

  Reply grant(Session session, Request request) {
    directory.grant(of(request));
    return Reply.empty(204);
  }

  Reply check(Session session, Request request) {
    return known(of(request), () -> Reply.empty(204));
  }

  Reply revoke(Session session, Request request) {
    Grant grant = of(request);
    return known(
        grant,
        () -> {
          directory.revoke(grant);
          return Reply.empty(204);
        });
  }

  private Reply known(Grant grant, Supplier<Reply> then) {
    if (!directory.isGranted(grant)) {
      throw Refused.notFound("role assignment with role: " + grant.role());
    }
    return then.get();
  }

  private Grant of(Request request) {
    return new Grant(
        found(Kind.USER, request.parameter("user")).id(),
        target(request),
        found(Kind.ROLE, request.parameter("role")).id());
  }

  private Target target(Request request) {
    if (request.parameters().containsKey("project")) {
      return Target.project(found(Kind.PROJECT, request.parameter("project")).id());
    }
    if (request.parameters().containsKey("domain")) {
      return Target.domain(found(Kind.DOMAIN, request.parameter("domain")).id());
    }
    return Target.SYSTEM;
  }

  private Entity found(Kind kind, String id) {
    return directory.find(kind, id).orElseThrow(() -> Refused.notFound(kind, id));
  }

  Reply list(Session session, Request request) {
    boolean effective = flag(request, "effective");
    boolean names = flag(request, "include_names");
    Stream<Grant> all =
        effective ? directory.grants().flatMap(this::withImplied).distinct() : directory.grants();
    List<ObjectNode> items =
        all.filter(it -> matches(request, "user.id", it.user()))
            .filter(it -> matches(request, "role.id", it.role()))
            .filter(it -> matchesTarget(request, it.target()))
            .map(it -> assignment(it, names))
            .toList();
    return Reply.json(200, Bodies.list(request, "role_assignments", items));
  }

  private Stream<Grant> withImplied(Grant grant) {
    return Stream.iterate(
            directory.find(Kind.ROLE, grant.role()).orElse(null),
            Objects::nonNull,
            role -> directory.implied(role).orElse(null))
        .map(role -> new Grant(grant.user(), grant.target(), role.id()));
  }

  /// `?effective`, `?effective=true`, but not `?effective=0`.
  private static boolean flag(Request request, String name) {
    return request
        .query(name)
        .map(it -> !it.equals("0") && !it.equalsIgnoreCase("false"))
        .orElse(false);
  }

  private static boolean matches(Request request, String filter, String value) {
    return request.query(filter).map(value::equals).orElse(true);
  }

  private static boolean matchesTarget(Request request, Target target) {
    return request
            .query("scope.project.id")
            .map(it -> target.equals(Target.project(it)))
            .orElse(true)
        && request.query("scope.domain.id").map(it -> target.equals(Target.domain(it))).orElse(true)
        && (request.query("scope.system").isEmpty() || target.equals(Target.SYSTEM));
  }

  private ObjectNode assignment(Grant grant, boolean names) {
    ObjectNode json = Json.object();
    ObjectNode scope = json.putObject("scope");
    switch (grant.target().kind()) {
      case PROJECT -> scope.set("project", reference(Kind.PROJECT, grant.target().id(), names));
      case DOMAIN -> scope.set("domain", reference(Kind.DOMAIN, grant.target().id(), names));
      case SYSTEM -> scope.putObject("system").put("all", true);
    }
    json.set("user", reference(Kind.USER, grant.user(), names));
    json.set("role", reference(Kind.ROLE, grant.role(), names));
    json.putObject("links");
    return json;
  }

  private ObjectNode reference(Kind kind, String id, boolean names) {
    ObjectNode reference = Json.object().put("id", id);
    directory
        .find(kind, id)
        .filter(it -> names)
        .ifPresent(
            it -> {
              reference.put("name", it.name());
              if (!it.domain().isEmpty()) {
                reference.set("domain", reference(Kind.DOMAIN, it.domain(), true));
              }
            });
    return reference;
  }

  Reply inferences(Session session, Request request) {
    ObjectNode body = Json.object();
    var inferences = body.putArray("role_inferences");
    for (Entity role : directory.list(Kind.ROLE)) {
      directory
          .implied(role)
          .ifPresent(
              implied -> {
                ObjectNode inference = inferences.addObject();
                inference.set("prior_role", reference(Kind.ROLE, role.id(), true));
                inference.putArray("implies").add(reference(Kind.ROLE, implied.id(), true));
              });
    }
    body.putObject("links").put("self", request.baseUrl() + request.path());
    return Reply.json(200, body);
  }
}
