package agrippa.cloud.identity;

import agrippa.cloud.Documents;
import agrippa.cloud.identity.Scope.Scoped;
import agrippa.cloud.identity.Scope.Target;
import agrippa.cloud.identity.Scope.TargetKind;
import agrippa.control.Caller;
import agrippa.control.spi.Identity;
import agrippa.model.ProjectId;
import agrippa.web.Site;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An identity service of the program's own.
///
/// Tokens are random, kept by their hash, and good until they expire, are revoked, or their user or
/// project is disabled. Passwords are kept as bcrypt hashes.
public final class EmbeddedIdentity implements Identity {
  /// The region of everything in the catalogue.
  public static final String REGION = "RegionOne";

  /// Where the service is, below the public URL.
  public static final String PREFIX = "/identity";

  private final Directory directory;
  private final Passwords passwords;
  private final Tokens tokens;
  private final Authenticator authenticator;
  private final KeystoneApi api;
  private final SecureRandom random;
  private final Ids ids;
  private final Supplier<String> publicUrl;

  /// @param catalog other services of the program, for the catalogue
  /// @param publicUrl of the program, without trailing slash; asked each time
  /// @param lifetime of tokens
  public EmbeddedIdentity(
      Documents documents,
      InstantSource clock,
      SecureRandom random,
      Supplier<UUID> uuids,
      Duration lifetime,
      List<CatalogService> catalog,
      Supplier<String> publicUrl) {
    this.directory = new Directory(documents);
    this.ids = new Ids(uuids);
    this.passwords = new Passwords(random, new Throttle(clock));
    this.tokens = new Tokens(documents, clock, random, lifetime);
    this.authenticator = new Authenticator(directory, tokens, passwords);
    this.api =
        new KeystoneApi(directory, tokens, authenticator, passwords, random, clock, ids, publicUrl);
    this.random = random;
    this.publicUrl = publicUrl;
    new Bootstrap(directory, passwords, tokens, ids).services(catalog);
  }

  /// A service of the catalogue.
  ///
  /// @param type such as `load-balancer`
  /// @param name such as `octavia`
  /// @param path below the public URL, such as `/load-balancer`; no version in it
  public record CatalogService(String type, String name, String path) {}

  /// What the first start generated: how the admin logs in.
  ///
  /// @param password a secret that is kept nowhere else
  public record Admin(String user, String password, String project) {
    /// Leaves the password out.
    @Override
    public String toString() {
      return "Admin[" + user + "]";
    }
  }

  /// Makes the first domain, projects, roles and the admin, if there are none yet.
  ///
  /// @param knownPassword of the admin, or null to generate one, which replaces what the admin has:
  ///     so who lost it gets a new one. One that is known does not, since the admin may have
  ///     changed it, and an old password must not work again
  public Admin bootstrap(@Nullable String knownPassword) {
    return new Bootstrap(directory, passwords, tokens, ids).admin(knownPassword, random);
  }

  /// The face: Keystone v3.
  public Site site() {
    return api.site(PREFIX);
  }

  @Override
  public Optional<Caller> authenticate(String token) {
    return authenticator
        .session(token)
        .map(
            session ->
                new Caller(
                    session.user().id(),
                    project(session),
                    session.target().filter(Target.SYSTEM::equals).isPresent(),
                    session.roles().stream().map(Entity::name).collect(Collectors.toSet()),
                    token));
  }

  private static @Nullable ProjectId project(Session session) {
    return session.token().scope() instanceof Scoped(Target target)
            && target.kind() == TargetKind.PROJECT
        ? new ProjectId(target.id())
        : null;
  }

  /// The id of a project of the default domain.
  public Optional<ProjectId> project(String name) {
    return directory
        .findByName(Kind.PROJECT, Bootstrap.DEFAULT_DOMAIN, name)
        .map(Entity::id)
        .map(ProjectId::new);
  }

  @Override
  public String publicUrl() {
    return publicUrl.get() + PREFIX;
  }
}
