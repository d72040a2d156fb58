package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Target;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Domains, projects, users, groups, roles, regions, services and endpoints: they differ in their
/// attributes, not in what is done with them.
final class EntityResource {
  private static final int LONGEST_NAME = 255;

  /// Never shown, and set apart from the attributes.
  private static final String PASSWORD = "password";

  /// Nobody may set these.
  private static final Set<String> READ_ONLY = Set.of("id", "links");

  private final Directory directory;
  private final Tokens tokens;
  private final Passwords passwords;
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
    this.ids = ids;
    this.publicUrl = publicUrl;
  }

  Reply list(Session session, Kind kind, Request request) {
    if (!session.admin()) {
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

  /// Users may see themselves, their token's project and their domain.
  private static boolean own(Session session, Kind kind, String id) {
    return switch (kind) {
      case USER -> session.user().id().equals(id);
      case PROJECT -> session.target().filter(Target.project(id)::equals).isPresent();
      case DOMAIN -> session.user().domain().equals(id);
      case GROUP, ROLE, REGION, SERVICE, ENDPOINT, APPLICATION_CREDENTIAL -> false;
    };
  }

  Reply create(Kind kind, Request request) {
    ObjectNode wanted = Bodies.object(request, kind.singular());
    String password = password(wanted);
    ObjectNode attributes = Json.object();
    // A region is named by its id, which the client may choose.
    String given = kind == Kind.REGION ? wanted.path("id").asString("") : "";
    attributes.put("id", given.isEmpty() ? ids.next() : given);
    defaults(kind, attributes);
    wanted.properties().stream()
        .filter(it -> !READ_ONLY.contains(it.getKey()))
        .forEach(it -> attributes.set(it.getKey(), it.getValue()));
    Entity entity = new Entity(kind, attributes);
    check(entity);
    store(entity, password);
    return Reply.json(201, wrapped(request, entity));
  }

  private static void defaults(Kind kind, ObjectNode attributes) {
    switch (kind) {
      case DOMAIN -> attributes.put("description", "").put("enabled", true);
      case PROJECT ->
          attributes
              .put("domain_id", Bootstrap.DEFAULT_DOMAIN)
              .put("parent_id", Bootstrap.DEFAULT_DOMAIN)
              .put("description", "")
              .put("enabled", true)
              .put("is_domain", false);
      case USER -> attributes.put("domain_id", Bootstrap.DEFAULT_DOMAIN).put("enabled", true);
      case GROUP -> attributes.put("domain_id", Bootstrap.DEFAULT_DOMAIN).put("description", "");
      case ROLE -> attributes.putNull("domain_id").putNull("description");
      case REGION -> attributes.put("description", "").putNull("parent_region_id");
      case SERVICE, ENDPOINT -> attributes.put("enabled", true);
      case APPLICATION_CREDENTIAL -> attributes.putNull("description");
    }
  }

  /// Takes the password out of a request.
  ///
  /// @return empty if there is none
  private static String password(ObjectNode wanted) {
    JsonNode password = wanted.remove(PASSWORD);
    if (password == null || password.isNull()) {
      return "";
    }
    return checked(password.asString(""));
  }

  private static String checked(String password) {
    int bytes = password.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > Passwords.MOST_BYTES) {
      throw Refused.bad(
          "Invalid input for field 'password': it must have 1 to "
              + Passwords.MOST_BYTES
              + " bytes.");
    }
    return password;
  }

  private void check(Entity entity) {
    Kind kind = entity.kind();
    switch (kind) {
      case DOMAIN, PROJECT, USER, GROUP, ROLE -> checkName(entity);
      case SERVICE -> require(entity, "type");
      case ENDPOINT -> {
        require(entity, "interface");
        require(entity, "url");
        found(Kind.SERVICE, entity.text("service_id"));
      }
      case REGION, APPLICATION_CREDENTIAL -> require(entity, "id");
    }
    if (!entity.domain().isEmpty()) {
      found(Kind.DOMAIN, entity.domain());
    }
    if (entity.get("enabled") instanceof JsonNode enabled && !enabled.isBoolean()) {
      throw Refused.bad("Invalid input for field 'enabled': it must be a boolean.");
    }
  }

  private void checkName(Entity entity) {
    require(entity, "name");
    if (entity.name().length() > LONGEST_NAME) {
      throw Refused.bad("Invalid input for field 'name': it is too long.");
    }
    Optional<Entity> same = directory.findByName(entity.kind(), entity.domain(), entity.name());
    if (same.isPresent() && !same.get().id().equals(entity.id())) {
      throw Refused.conflict(entity.kind(), "Duplicate entry found with name " + entity.name());
    }
  }

  private static void require(Entity entity, String attribute) {
    if (entity.text(attribute).isBlank()) {
      throw Refused.bad("'" + attribute + "' is a required property");
    }
  }

  Reply update(Kind kind, Request request) {
    Entity entity = found(kind, request.parameter("id"));
    ObjectNode changes = Bodies.object(request, kind.singular());
    changes.remove(READ_ONLY);
    if (changes.has("domain_id")
        && !changes.path("domain_id").asString("").equals(entity.domain())) {
      throw Refused.bad("Invalid input for field 'domain_id': it cannot be changed.");
    }
    String password = password(changes);
    Entity next = entity.with(changes);
    check(next);
    store(next, password);
    if (!password.isEmpty() || !next.enabled()) {
      revokeTokens(next);
    }
    return Reply.json(200, wrapped(request, next));
  }

  private void store(Entity entity, String password) {
    if (password.isEmpty()) {
      directory.put(entity);
    } else {
      directory.put(entity, passwords.hash(password));
    }
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
    Entity entity = found(kind, request.parameter("id"));
    if (kind == Kind.DOMAIN && (entity.enabled() || entity.id().equals(Bootstrap.DEFAULT_DOMAIN))) {
      throw Refused.forbidden("delete a domain that is not disabled");
    }
    directory.remove(entity);
    revokeTokens(entity);
    return Reply.empty(204);
  }

  Reply changePassword(Request request) {
    String id = request.parameter("user");
    ObjectNode user = Bodies.object(request, "user");
    Entity entity = directory.find(Kind.USER, id).orElseThrow(Refused::unauthorized);
    if (!passwords.matches(user.path("original_password").asString(""), directory.hash(id))) {
      throw Refused.unauthorized();
    }
    directory.put(entity, passwords.hash(checked(user.path(PASSWORD).asString(""))));
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
      body.put("url", Catalog.url(entity, publicUrl.get()));
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
