package agrippa.cloud.identity;

import agrippa.web.Json;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What entities of each kind have when nobody says otherwise, and what they must have.
final class Attributes {
  private static final int LONGEST_NAME = 255;
  private static final Set<String> INTERFACES = Set.of("public", "internal", "admin");

  private final Directory directory;

  Attributes(Directory directory) {
    this.directory = directory;
  }

  /// A new entity as a client wants it.
  ///
  /// @param wanted without what clients may not set
  static Entity create(Kind kind, String id, ObjectNode wanted) {
    ObjectNode attributes = Json.object().put("id", id);
    String domain = wanted.path("domain_id").asString(Bootstrap.DEFAULT_DOMAIN);
    switch (kind) {
      case DOMAIN -> attributes.put("description", "").put("enabled", true);
      case PROJECT ->
          attributes
              .put("domain_id", domain)
              .put("parent_id", domain)
              .put("description", "")
              .put("enabled", true)
              .put("is_domain", false);
      case USER ->
          attributes
              .put("domain_id", domain)
              .put("enabled", true)
              .putNull("password_expires_at")
              .putObject("options");
      case GROUP -> attributes.put("domain_id", domain).put("description", "");
      case ROLE -> attributes.putNull("domain_id").putNull("description");
      case REGION -> attributes.put("description", "").putNull("parent_region_id");
      case SERVICE, ENDPOINT -> attributes.put("enabled", true);
      case APPLICATION_CREDENTIAL -> attributes.putNull("description");
    }
    // Clients say null where they want what is usual.
    wanted.properties().stream()
        .filter(it -> !it.getValue().isNull() || !attributes.has(it.getKey()))
        .forEach(it -> attributes.set(it.getKey(), it.getValue()));
    return new Entity(kind, attributes);
  }

  /// @throws Refused if something is missing, of the wrong type, or not to be found
  void check(Entity entity) {
    switch (entity.kind()) {
      case PROJECT -> {
        checkName(entity);
        checkParent(entity);
      }
      case DOMAIN, USER, GROUP, ROLE -> checkName(entity);
      case SERVICE -> require(entity, "type");
      case ENDPOINT -> {
        require(entity, "url");
        if (!INTERFACES.contains(entity.text("interface"))) {
          throw Refused.bad("Invalid input for field 'interface': it is none that is known.");
        }
        require(Kind.SERVICE, entity.text("service_id"));
      }
      case REGION, APPLICATION_CREDENTIAL -> require(entity, "id");
    }
    if (!entity.domain().isEmpty()) {
      require(Kind.DOMAIN, entity.domain());
    }
    JsonNode enabled = entity.get("enabled");
    if (enabled != null && !enabled.isBoolean()) {
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

  /// A project stands below its domain or below another project of it.
  private void checkParent(Entity project) {
    String parent = project.text("parent_id");
    boolean fits =
        parent.equals(project.domain())
            || directory
                .find(Kind.PROJECT, parent)
                .filter(it -> it.domain().equals(project.domain()))
                .filter(it -> !it.id().equals(project.id()))
                .isPresent();
    if (!fits) {
      throw Refused.notFound(Kind.PROJECT, parent);
    }
    JsonNode isDomain = project.get("is_domain");
    if (isDomain == null || !isDomain.isBoolean() || isDomain.asBoolean()) {
      throw Refused.bad("Projects that act as domains are not supported.");
    }
  }

  private void require(Kind kind, String id) {
    if (directory.find(kind, id).isEmpty()) {
      throw Refused.notFound(kind, id);
    }
  }

  private static void require(Entity entity, String attribute) {
    JsonNode value = entity.get(attribute);
    if (value == null || !value.isString() || value.asString().isBlank()) {
      throw Refused.bad("'" + attribute + "' is a required property, and a text");
    }
  }
}
