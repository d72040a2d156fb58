package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Target;
import agrippa.cloud.identity.Scope.TargetKind;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Application credentials: what programs log in with on a user's behalf, in one project.
final class CredentialResource {
  private static final int SECRET_BYTES = 48;
  private static final int LONGEST_NAME = 255;
  private static final int MOST_PER_USER = 1_000;

  private final Directory directory;
  private final Tokens tokens;
  private final Passwords passwords;
  private final SecureRandom random;
  private final InstantSource clock;
  private final Ids ids;

  CredentialResource(
      Directory directory,
      Tokens tokens,
      Passwords passwords,
      SecureRandom random,
      InstantSource clock,
      Ids ids) {
    this.directory = directory;
    this.tokens = tokens;
    this.passwords = passwords;
    this.random = random;
    this.clock = clock;
    this.ids = ids;
  }

  Reply list(Session session, Request request) {
    List<ObjectNode> items =
        ofUser(session, request)
            .filter(it -> request.query("name").map(it.name()::equals).orElse(true))
            .map(it -> EntityResource.body(request, it))
            .toList();
    return Reply.json(200, Bodies.list(request, "application_credentials", items));
  }

  private Stream<Entity> ofUser(Session session, Request request) {
    String user = request.parameter("user");
    if (!session.user().id().equals(user) && !session.admin()) {
      throw Refused.forbidden("identity:list_application_credentials");
    }
    return directory.list(Kind.APPLICATION_CREDENTIAL).stream()
        .filter(it -> it.text("user_id").equals(user));
  }

  Reply create(Session session, Request request) {
    if (!session.user().id().equals(request.parameter("user"))) {
      throw Refused.forbidden("identity:create_application_credential");
    }
    requireUnrestricted(session, "identity:create_application_credential");
    Target project =
        session
            .target()
            .filter(it -> it.kind() == TargetKind.PROJECT)
            .orElseThrow(() -> Refused.bad("The token must be scoped to a project."));
    ObjectNode wanted = Bodies.object(request, "application_credential");
    String name = wanted.path("name").asString("");
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw Refused.bad("'name' is a required property of 1 to " + LONGEST_NAME + " characters");
    }
    JsonNode rules = wanted.path("access_rules");
    if (!rules.isMissingNode() && !rules.isNull() && !(rules.isArray() && rules.isEmpty())) {
      // Without them it would be good for more than was asked for.
      throw Refused.bad("Access rules are not supported.");
    }
    String secret = secret(wanted);
    ObjectNode attributes =
        Json.object()
            .put("id", ids.next())
            .put("name", name)
            .put("description", wanted.path("description").asString(""))
            .put("user_id", session.user().id())
            .put("project_id", project.id())
            .put("unrestricted", false);
    attributes.set("expires_at", expiry(wanted));
    attributes.set("roles", roles(session, wanted));
    Entity credential = new Entity(Kind.APPLICATION_CREDENTIAL, attributes);
    String hash = passwords.hash(secret);
    directory.alone(
        () -> {
          requireRoom(session, name);
          directory.put(credential, hash);
          return credential;
        });
    ObjectNode body = EntityResource.body(request, credential);
    body.put("secret", secret);
    return Reply.json(201, Json.object().set("application_credential", body));
  }

  /// What an application credential logged in shall not make or unmake others.
  private static void requireUnrestricted(Session session, String action) {
    if (!session.token().credential().isEmpty()) {
      throw Refused.forbidden(action);
    }
  }

  private void requireRoom(Session session, String name) {
    List<Entity> own =
        directory.list(Kind.APPLICATION_CREDENTIAL).stream()
            .filter(it -> it.text("user_id").equals(session.user().id()))
            .toList();
    if (own.stream().anyMatch(it -> it.name().equals(name))) {
      throw Refused.conflict(
          Kind.APPLICATION_CREDENTIAL, "Duplicate entry found with name " + name);
    }
    if (own.size() >= MOST_PER_USER) {
      throw Refused.forbidden("identity:create_application_credential beyond the limit");
    }
    if (directory.find(Kind.USER, session.user().id()).isEmpty()) {
      throw Refused.notFound(Kind.USER, session.user().id());
    }
  }

  private String secret(ObjectNode wanted) {
    String given = wanted.path("secret").asString("");
    if (!given.isEmpty()) {
      if (!Passwords.fits(given)) {
        throw Refused.bad("Invalid input for field 'secret': it is too long.");
      }
      return given;
    }
    byte[] noise = new byte[SECRET_BYTES];
    random.nextBytes(noise);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(noise);
  }

  private JsonNode expiry(ObjectNode wanted) {
    JsonNode given = wanted.path("expires_at");
    ObjectNode holder = Json.object();
    if (given.isString()) {
      Instant at = Times.parse(given.asString());
      if (!clock.instant().isBefore(at)) {
        throw Refused.bad("The expiration time must be in the future.");
      }
      holder.put("at", Times.format(at));
    } else {
      holder.putNull("at");
    }
    return holder.path("at");
  }

  /// The roles asked for, which the token must have; without any, the token's.
  private ArrayNode roles(Session session, ObjectNode wanted) {
    List<Entity> roles = new ArrayList<>();
    for (JsonNode each : wanted.path("roles")) {
      roles.add(
          session.roles().stream()
              .filter(
                  it ->
                      it.id().equals(each.path("id").asString(""))
                          || it.name().equals(each.path("name").asString("")))
              .findFirst()
              .orElseThrow(() -> Refused.bad("The token does not have a role " + each + ".")));
    }
    ArrayNode json = Json.array();
    (roles.isEmpty() ? session.roles().stream() : roles.stream().flatMap(this::withImplied))
        .distinct()
        .forEach(it -> json.addObject().put("id", it.id()).put("name", it.name()));
    return json;
  }

  private Stream<Entity> withImplied(Entity role) {
    return Stream.concat(
        Stream.of(role), directory.implied(role).stream().flatMap(this::withImplied));
  }

  Reply show(Session session, Request request) {
    return Reply.json(
        200,
        Json.object()
            .set("application_credential", EntityResource.body(request, found(session, request))));
  }

  Reply delete(Session session, Request request) {
    requireUnrestricted(session, "identity:delete_application_credential");
    Entity credential = found(session, request);
    directory.remove(credential);
    tokens.revoke(it -> it.credential().equals(credential.id()));
    return Reply.empty(204);
  }

  private Entity found(Session session, Request request) {
    String id = request.parameter("id");
    return ofUser(session, request)
        .filter(it -> it.id().equals(id))
        .findFirst()
        .orElseThrow(() -> Refused.notFound(Kind.APPLICATION_CREDENTIAL, id));
  }
}
