package agrippa.cloud.identity;

import static java.lang.System.Logger.Level.WARNING;

import agrippa.cloud.identity.EmbeddedIdentity.Admin;
import agrippa.cloud.identity.EmbeddedIdentity.CatalogService;
import agrippa.cloud.identity.Scope.Target;
import agrippa.web.Json;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What must be there before anybody can log in. Idempotent: what is there stays as it is.
final class Bootstrap {
  static final String DEFAULT_DOMAIN = "default";

  private static final System.Logger LOG = System.getLogger("agrippa.cloud.identity");
  private static final String ADMIN = "admin";
  private static final int PASSWORD_BYTES = 18;

  /// Keystone's own roles, and those that Octavia's policies name.
  private static final List<String> ROLES =
      List.of(
          ADMIN,
          "member",
          "reader",
          "service",
          "load-balancer_admin",
          "load-balancer_member",
          "load-balancer_observer",
          "load-balancer_global_observer",
          "load-balancer_quota_admin");

  private final Directory directory;
  private final Passwords passwords;
  private final Tokens tokens;
  private final Ids ids;

  Bootstrap(Directory directory, Passwords passwords, Tokens tokens, Ids ids) {
    this.directory = directory;
    this.passwords = passwords;
    this.tokens = tokens;
    this.ids = ids;
  }

  Admin admin(@Nullable String knownPassword, SecureRandom random) {
    ObjectNode domain =
        Json.object()
            .put("id", DEFAULT_DOMAIN)
            .put("name", "Default")
            .put("description", "The default domain")
            .put("enabled", true);
    ensure(Kind.DOMAIN, "", domain);
    for (String role : ROLES) {
      ensure(Kind.ROLE, "", identified(role));
    }
    Entity project = ensure(Kind.PROJECT, DEFAULT_DOMAIN, project(ADMIN));
    ensure(Kind.PROJECT, DEFAULT_DOMAIN, project("service"));
    ObjectNode user = identified(ADMIN).put("domain_id", DEFAULT_DOMAIN).put("enabled", true);
    Entity admin = ensure(Kind.USER, DEFAULT_DOMAIN, user);
    String password = knownPassword == null ? generate(random) : knownPassword;
    setPassword(admin, password, knownPassword == null);
    Entity role = directory.findByName(Kind.ROLE, "", ADMIN).orElseThrow();
    for (Target target : List.of(Target.project(project.id()), Target.SYSTEM)) {
      Grant grant = new Grant(admin.id(), target, role.id());
      if (!directory.isGranted(grant)) {
        directory.grant(grant);
      }
    }
    return new Admin(ADMIN, password, ADMIN);
  }

  private void setPassword(Entity admin, String password, boolean anew) {
    String hash = directory.hash(admin.id());
    if (anew || hash.isEmpty()) {
      directory.put(admin, passwords.hash(password));
      tokens.revoke(it -> it.user().equals(admin.id()));
    } else if (!passwords.proves(Throttle.Guess.of(admin.id(), ""), password, hash)) {
      LOG.log(WARNING, "the admin's password was changed, and is not the one that is written down");
    }
  }

  void services(List<CatalogService> catalog) {
    ObjectNode region =
        Json.object()
            .put("id", EmbeddedIdentity.REGION)
            .put("description", "")
            .putNull("parent_region_id");
    if (directory.find(Kind.REGION, EmbeddedIdentity.REGION).isEmpty()) {
      directory.put(new Entity(Kind.REGION, region));
    }
    for (CatalogService each : catalog) {
      if (directory.list(Kind.SERVICE).stream()
          .noneMatch(it -> it.text("type").equals(each.type()))) {
        add(each);
      }
    }
  }

  private void add(CatalogService service) {
    ObjectNode entity =
        identified(service.name())
            .put("type", service.type())
            .put("description", "")
            .put("enabled", true);
    directory.put(new Entity(Kind.SERVICE, entity));
    for (String face : List.of("public", "internal", "admin")) {
      directory.put(
          new Entity(
              Kind.ENDPOINT,
              Json.object()
                  .put("id", ids.next())
                  .put("interface", face)
                  .put("region_id", EmbeddedIdentity.REGION)
                  .put("region", EmbeddedIdentity.REGION)
                  .put("service_id", entity.path("id").asString())
                  .put("url", Catalog.PUBLIC_URL + service.path())
                  .put("enabled", true)));
    }
  }

  private Entity ensure(Kind kind, String domain, ObjectNode wanted) {
    return directory
        .findByName(kind, domain, wanted.path("name").asString())
        .orElseGet(
            () -> {
              Entity entity = new Entity(kind, wanted);
              directory.put(entity);
              return entity;
            });
  }

  private ObjectNode project(String name) {
    return identified(name)
        .put("domain_id", DEFAULT_DOMAIN)
        .put("parent_id", DEFAULT_DOMAIN)
        .put("description", "")
        .put("enabled", true)
        .put("is_domain", false);
  }

  private ObjectNode identified(String name) {
    return Json.object().put("id", ids.next()).put("name", name);
  }

  private static String generate(SecureRandom random) {
    byte[] noise = new byte[PASSWORD_BYTES];
    random.nextBytes(noise);
    return new String(
        Base64.getUrlEncoder().withoutPadding().encode(noise), StandardCharsets.US_ASCII);
  }
}
