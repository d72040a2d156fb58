package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Target;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Domains, projects, users, groups, roles, regions, services and endpoints: they differ in their
/// attributes, not in what is done with them.
final class EntityResource {
  private static final int LONGEST_ID = 255;

  /// Never shown, and set apart from the attributes.
  private static final String PASSWORD = "password";

  /// Nobody may set these.
  private static final Set<String> READ_ONLY = Set.of("id", "links");

  private final Directory directory;
  private final Tokens tokens;
  private final Passwords passwords;
  private final Attributes attributes;
  private final Ids ids;
  private final Supplier<String> publicUrl;

  EntityResource(
      Directory directory,
      Tokens tokens,
      Passwords passwords,
      Ids ids,
      Supplier<String> publicUrl) {
    this.directory = directory;
    this.tokens = tokens;
    this.passwords = passwords;
    this.attributes = new Attributes(directory);
    this.ids = ids;
    this.publicUrl = publicUrl;
  }

  Reply list(Session session, Kind kind, Request request) {
    if (!session.admin() && kind != Kind.REGION) {
      throw Refused.forbidden("identity:list_" + kind.plural());
    }
    List<ObjectNode> items =
        directory.list(kind).stream()
            .filter(it -> matches(it, request.query()))
            .map(it -> shown(request, it))
            .toList();
    return Reply.json(200, Bodies.list(request, kind.plural(), items));
  }

  /// Query parameters that name an attribute are filters; Keystone ignores the others.
  private static boolean matches(Entity entity, Map<String, List<String>> query) {
    return query.entrySet().stream()
        .allMatch(
            filter -> {
              JsonNode value = entity.get(filter.getKey());
              return value == null
                  || value.asString("").equalsIgnoreCase(filter.getValue().getFirst());
            });
  }

  Reply show(Session session, Kind kind, Request request) {
    String id = request.parameter("id");
    if (!session.admin() && !own(session, kind, id)) {
      throw Refused.forbidden("identity:get_" + kind.singular());
    }
    return Reply.json(200, wrapped(request, found(kind, id)));
  }

  /// Users may see themselves, their projects and their domain, and everybody the regions.
  private boolean own(Session session, Kind kind, String id) {
    return switch (kind) {
      case USER -> session.user().id().equals(id);
      case PROJECT -> !directory.roles(session.user().id(), Target.project(id)).isEmpty();
      case DOMAIN -> session.user().domain().equals(id);
      case REGION -> true;
      case GROUP, ROLE, SERVICE, ENDPOINT, APPLICATION_CREDENTIAL -> false;
    };
  }

  Reply create(Kind kind, Request request) {
    ObjectNode wanted = Bodies.object(request, kind.singular());
    String hash = hash(password(kind, wanted));
    // A region is named by its id, which the client may choose.
    String given = kind == Kind.REGION ? wanted.path("id").asString("") : "";
    if (given.length() > LONGEST_ID) {
      throw Refused.bad("Invalid input for field 'id': it is too long.");
    }
    wanted.remove(READ_ONLY);
    Entity entity = Attributes.create(kind, given.isEmpty() ? ids.next() : given, wanted);
    directory.alone(
        () -> {
          if (directory.find(kind, entity.id()).isPresent()) {
            throw Refused.conflict(kind, "Duplicate ID, " + entity.id());
          }
          attributes.check(entity);
          return stored(entity, hash);
        });
    return Reply.json(201, wrapped(request, entity));
  }

  private Entity stored(Entity entity, String hash) {
    if (hash.isEmpty()) {
      directory.put(entity);
    } else {
      directory.put(entity, hash);
    }
    return entity;
  }

  private String hash(String password) {
    return password.isEmpty() ? "" : passwords.hash(password);
  }

  /// Takes the password out of a request.
  ///
  /// @return empty if there is none
  private static String password(Kind kind, ObjectNode wanted) {
    JsonNode password = kind == Kind.USER ? wanted.remove(PASSWORD) : null;
    if (password == null || password.isNull()) {
      return "";
    }
    return checked(password.asString(""));
  }

  private static String checked(String password) {
    if (password.isEmpty() || !Passwords.fits(password)) {
      throw Refused.bad(
          "Invalid input for field 'password': it must have 1 to "
              + Passwords.MOST_BYTES
              + " bytes.");
    }
    return password;
  }

  Reply update(Kind kind, Request request) {
    ObjectNode changes = Bodies.object(request, kind.singular());
    changes.remove(READ_ONLY);
    String hash = hash(password(kind, changes));
    Entity next = directory.alone(() -> changed(kind, request.parameter("id"), changes, hash));
    if (!hash.isEmpty() || !next.enabled()) {
      revokeTokens(next);
    }
    return Reply.json(200, wrapped(request, next));
  }

  private Entity changed(Kind kind, String id, ObjectNode changes, String hash) {
    Entity entity = found(kind, id);
    Entity next = entity.with(changes);
    if (!next.domain().equals(entity.domain())) {
      throw Refused.bad("Invalid input for field 'domain_id': it cannot be changed.");
    }
    attributes.check(next);
    return stored(next, hash);
  }

  private void revokeTokens(Entity entity) {
    switch (entity.kind()) {
      case USER -> tokens.revoke(it -> it.user().equals(entity.id()));
      case PROJECT ->
          tokens.revoke(it -> Authenticator.in(it, Scope.TargetKind.PROJECT, entity.id()));
      case DOMAIN ->
          tokens.revoke(it -> Authenticator.in(it, Scope.TargetKind.DOMAIN, entity.id()));
      case GROUP, ROLE, REGION, SERVICE, ENDPOINT, APPLICATION_CREDENTIAL -> {}
    }
  }

  Reply delete(Kind kind, Request request) {
    List<Entity> removed =
        directory.alone(
            () -> {
              Entity entity = found(kind, request.parameter("id"));
              if (kind == Kind.DOMAIN
                  && (entity.enabled() || entity.id().equals(Bootstrap.DEFAULT_DOMAIN))) {
                throw Refused.forbidden("delete a domain that is not disabled");
              }
              return directory.remove(entity);
            });
    removed.forEach(this::revokeTokens);
    return Reply.empty(204);
  }

  /// Needs no token: who knows the old password may choose a new one.
  Reply changePassword(Request request) {
    String id = request.parameter("user");
    ObjectNode user = Bodies.object(request, "user");
    String old = directory.hash(id);
    Throttle.Guess guess = Throttle.Guess.of(id, request.client());
    if (!passwords.proves(guess, user.path("original_password").asString(""), old)) {
      throw Refused.unauthorized();
    }
    String hash = passwords.hash(checked(user.path(PASSWORD).asString("")));
    directory.alone(
        () -> {
          Entity entity =
              directory
                  .find(Kind.USER, id)
                  .filter(it -> it.enabled() && directory.hash(id).equals(old))
                  .orElseThrow(Refused::unauthorized);
          return stored(entity, hash);
        });
    tokens.revoke(it -> it.user().equals(id));
    return Reply.empty(204);
  }

  /// Groups exist, but nobody is in one.
  Reply noGroups(Session session, Request request) {
    return Reply.json(200, Bodies.list(request, "groups", List.of()));
  }

  private Entity found(Kind kind, String id) {
    return directory.find(kind, id).orElseThrow(() -> Refused.notFound(kind, id));
  }

  private ObjectNode wrapped(Request request, Entity entity) {
    return Json.object().set(entity.kind().singular(), shown(request, entity));
  }

  private ObjectNode shown(Request request, Entity entity) {
    ObjectNode body = body(request, entity);
    if (entity.kind() == Kind.ENDPOINT) {
      String region = Catalog.region(entity);
      body.put("url", Catalog.url(entity, publicUrl.get()))
          .put("region", region)
          .put("region_id", region);
    }
    return body;
  }

  /// An entity with its link.
  static ObjectNode body(Request request, Entity entity) {
    ObjectNode body = entity.attributes();
    body.putObject("links")
        .put("self", request.baseUrl() + "/v3/" + entity.kind().plural() + "/" + entity.id());
    return body;
  }
}
