package agrippa.cloud.identity;

import agrippa.cloud.identity.Scope.Scoped;
import agrippa.cloud.identity.Scope.Target;
import agrippa.cloud.identity.Scope.TargetKind;
import agrippa.cloud.identity.Scope.Unscoped;
import agrippa.cloud.identity.Tokens.Issued;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Turns what somebody knows into a token, and a token into who holds it.
final class Authenticator {
  private final Directory directory;
  private final Tokens tokens;
  private final Passwords passwords;

  Authenticator(Directory directory, Tokens tokens, Passwords passwords) {
    this.directory = directory;
    this.tokens = tokens;
    this.passwords = passwords;
  }

  /// Who was recognised, and by what.
  ///
  /// @param stands whether it still proves that
  private record Proof(
      Entity user,
      List<String> methods,
      Optional<Entity> credential,
      Instant notAfter,
      BooleanSupplier stands) {}

  /// @param auth the `auth` object of Keystone's `POST /v3/auth/tokens`
  /// @param client its address
  /// @throws Refused if it proves nothing, or the scope is not the user's
  Issued issue(JsonNode auth, String client) {
    JsonNode identity = auth.path("identity");
    if (!identity.path("methods").isArray() || identity.path("methods").isEmpty()) {
      throw Refused.bad("'methods' is a required property of 'identity'");
    }
    Proof proof = proof(identity, client);
    if (!usable(proof.user)) {
      throw Refused.unauthorized();
    }
    Scope scope =
        proof.credential.isPresent()
            ? new Scoped(Target.project(proof.credential.get().text("project_id")))
            : scope(auth.path("scope"), proof.user);
    if (scope instanceof Scoped(Target target)
        && (!usable(target) || directory.roles(proof.user.id(), target).isEmpty())) {
      throw Refused.unauthorized();
    }
    String credential = proof.credential.map(Entity::id).orElse("");
    Issued issued = tokens.issue(proof.user.id(), proof.methods, scope, credential, proof.notAfter);
    // Who revokes what a proof gave could not see this token yet.
    if (!proof.stands.getAsBoolean() || session(issued.token()).isEmpty()) {
      tokens.revoke(it -> it.hash().equals(issued.token().hash()));
      throw Refused.unauthorized();
    }
    return issued;
  }

  private Proof proof(JsonNode identity, String client) {
    if (identity.path("methods").size() != 1) {
      // A second factor must not be passed over, and none is known.
      throw Refused.unauthorized();
    }
    return switch (identity.path("methods").path(0).asString("")) {
      case "password" -> byPassword(identity.path("password").path("user"), client);
      case "token" -> byToken(identity.path("token").path("id").asString(""));
      case "application_credential" ->
          byCredential(identity.path("application_credential"), client);
      default -> throw Refused.unauthorized();
    };
  }

  private Proof byPassword(JsonNode user, String client) {
    Optional<Entity> found = user(user);
    String password = user.path("password").asString("");
    Throttle.Guess guess = guess(found, user, client);
    String hash = found.map(it -> directory.hash(it.id())).orElse("");
    if (!passwords.proves(guess, password, hash) || found.isEmpty()) {
      throw Refused.unauthorized();
    }
    return new Proof(
        found.get(),
        List.of("password"),
        Optional.empty(),
        Instant.MAX,
        () -> directory.hash(found.get().id()).equals(hash));
  }

  /// @param given with the name of what was not found
  private static Throttle.Guess guess(Optional<Entity> found, JsonNode given, String client) {
    String claimed = given.path("id").asString(given.path("name").asString(""));
    return Throttle.Guess.of(found.map(Entity::id).orElse(claimed), client);
  }

  private Optional<Entity> user(JsonNode user) {
    return user.path("id").isString()
        ? directory.find(Kind.USER, user.path("id").asString())
        : directory.findByName(
            Kind.USER, domain(user.path("domain")), user.path("name").asString(""));
  }

  private Proof byToken(String secret) {
    Session session = session(secret).orElseThrow(Refused::unauthorized);
    if (!session.token().credential().isEmpty()) {
      throw Refused.forbidden("identity:rescope an application credential's token");
    }
    return new Proof(
        session.user(),
        Stream.concat(session.token().methods().stream(), Stream.of("token")).distinct().toList(),
        Optional.empty(),
        session.token().expires(),
        () -> tokens.find(secret).isPresent());
  }

  private Proof byCredential(JsonNode given, String client) {
    Optional<Entity> found =
        given.path("id").isString()
            ? directory.find(Kind.APPLICATION_CREDENTIAL, given.path("id").asString())
            : user(given.path("user"))
                .flatMap(owner -> credential(owner, given.path("name").asString("")));
    String hash = found.map(it -> directory.hash(it.id())).orElse("");
    if (!passwords.proves(guess(found, given, client), given.path("secret").asString(""), hash)
        || found.isEmpty()) {
      throw Refused.unauthorized();
    }
    Entity credential = found.get();
    Entity user =
        directory.find(Kind.USER, credential.text("user_id")).orElseThrow(Refused::unauthorized);
    String end = credential.text("expires_at");
    return new Proof(
        user,
        List.of("application_credential"),
        found,
        end.isEmpty() ? Instant.MAX : Times.parse(end),
        () -> directory.hash(credential.id()).equals(hash));
  }

  private Optional<Entity> credential(Entity owner, String name) {
    return directory.list(Kind.APPLICATION_CREDENTIAL).stream()
        .filter(it -> it.text("user_id").equals(owner.id()) && it.name().equals(name))
        .findFirst();
  }

  private Scope scope(JsonNode scope, Entity user) {
    if (scope.path("project").isObject()) {
      return new Scoped(project(scope.path("project")));
    }
    if (scope.path("domain").isObject()) {
      return new Scoped(Target.domain(domain(scope.path("domain"))));
    }
    if (scope.path("system").path("all").asBoolean(false)) {
      return new Scoped(Target.SYSTEM);
    }
    boolean explicit = scope.has("unscoped") || scope.asString("").equals("unscoped");
    boolean none = scope.isMissingNode() || scope.isNull() || (scope.isObject() && scope.isEmpty());
    if (!explicit && !none) {
      throw Refused.bad("Invalid input for field 'scope': it is none that is known.");
    }
    Target standard = Target.project(user.text("default_project_id"));
    return explicit || !usable(standard) || directory.roles(user.id(), standard).isEmpty()
        ? new Unscoped()
        : new Scoped(standard);
  }

  private Target project(JsonNode project) {
    Optional<Entity> found =
        project.path("id").isString()
            ? directory.find(Kind.PROJECT, project.path("id").asString())
            : directory.findByName(
                Kind.PROJECT, domain(project.path("domain")), project.path("name").asString(""));
    return Target.project(found.orElseThrow(Refused::unauthorized).id());
  }

  /// The id of a domain that is given by id or by name, or empty.
  private String domain(JsonNode domain) {
    return domain.path("id").isString()
        ? domain.path("id").asString()
        : directory
            .findByName(Kind.DOMAIN, "", domain.path("name").asString(""))
            .map(Entity::id)
            .orElse("");
  }

  /// Who holds a token, if it is good for something still.
  Optional<Session> session(String secret) {
    return tokens.find(secret).flatMap(this::session);
  }

  private Optional<Session> session(Token token) {
    Optional<Entity> user = directory.find(Kind.USER, token.user()).filter(this::usable);
    if (user.isEmpty() || !credentialStands(token)) {
      return Optional.empty();
    }
    return switch (token.scope()) {
      case Unscoped() -> Optional.of(new Session(token, user.get(), List.of()));
      case Scoped(Target target) -> {
        List<Entity> roles = usable(target) ? roles(token, target) : List.of();
        yield roles.isEmpty()
            ? Optional.empty()
            : Optional.of(new Session(token, user.get(), roles));
      }
    };
  }

  private boolean credentialStands(Token token) {
    return token.credential().isEmpty()
        || directory.find(Kind.APPLICATION_CREDENTIAL, token.credential()).isPresent();
  }

  /// An application credential may hold fewer roles than its user.
  private List<Entity> roles(Token token, Target target) {
    List<Entity> roles = directory.roles(token.user(), target);
    return directory
        .find(Kind.APPLICATION_CREDENTIAL, token.credential())
        .map(credential -> roles.stream().filter(it -> holds(credential, it)).toList())
        .orElse(roles);
  }

  private static boolean holds(Entity credential, Entity role) {
    JsonNode roles = credential.get("roles");
    if (roles != null) {
      for (JsonNode each : roles) {
        if (each.path("id").asString("").equals(role.id())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean usable(Entity entity) {
    return entity.enabled()
        && (entity.domain().isEmpty()
            || directory.find(Kind.DOMAIN, entity.domain()).filter(Entity::enabled).isPresent());
  }

  private boolean usable(Target target) {
    return switch (target.kind()) {
      case PROJECT -> directory.find(Kind.PROJECT, target.id()).filter(this::usable).isPresent();
      case DOMAIN -> directory.find(Kind.DOMAIN, target.id()).filter(this::usable).isPresent();
      case SYSTEM -> true;
    };
  }

  /// Whether a token is scoped to something.
  static boolean in(Token token, TargetKind kind, String id) {
    return token.scope() instanceof Scoped(Target target)
        && target.kind() == kind
        && target.id().equals(id);
  }
}
