package agrippa.cloud.identity;

import agrippa.cloud.Documents;
import agrippa.cloud.identity.Scope.Target;
import agrippa.web.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Who there is, and who may do what where. Read from memory, written through to the database;
/// writers take turns.
final class Directory {
  private static final String GRANTS = "identity.grants";
  private static final String PASSWORDS = "identity.passwords";

  /// Who has the first role has the second, too.
  private static final Map<String, String> IMPLIED = Map.of("admin", "member", "member", "reader");

  private final Documents documents;
  private final Map<Kind, ConcurrentMap<String, Entity>> entities = new EnumMap<>(Kind.class);
  private final ConcurrentMap<String, Grant> grants = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, String> passwords = new ConcurrentHashMap<>();

  Directory(Documents documents) {
    this.documents = documents;
    for (Kind kind : Kind.values()) {
      ConcurrentMap<String, Entity> all = new ConcurrentHashMap<>();
      documents
          .load(kind.collection())
          .forEach((id, body) -> all.put(id, new Entity(kind, body.asObject())));
      entities.put(kind, all);
    }
    documents.load(GRANTS).forEach((key, body) -> grants.put(key, Grant.of(body)));
    documents.load(PASSWORDS).forEach((id, body) -> passwords.put(id, body.asString()));
  }

  private ConcurrentMap<String, Entity> all(Kind kind) {
    ConcurrentMap<String, Entity> all = entities.get(kind);
    if (all == null) {
      throw new IllegalStateException("no collection of " + kind);
    }
    return all;
  }

  /// All of a kind, by name, then by id.
  List<Entity> list(Kind kind) {
    return all(kind).values().stream()
        .sorted(Comparator.comparing(Entity::name).thenComparing(Entity::id))
        .toList();
  }

  Optional<Entity> find(Kind kind, String id) {
    return Optional.ofNullable(all(kind).get(id));
  }

  /// @param domain empty for kinds that belong to none
  Optional<Entity> findByName(Kind kind, String domain, String name) {
    return all(kind).values().stream()
        .filter(it -> it.name().equals(name) && it.domain().equals(domain))
        .findFirst();
  }

  /// Looks and then writes, with no other writer in between.
  synchronized <T> T alone(Supplier<T> work) {
    return work.get();
  }

  synchronized void put(Entity entity) {
    documents.commit(
        new Documents.Batch().put(entity.kind().collection(), entity.id(), entity.attributes()));
    all(entity.kind()).put(entity.id(), entity);
  }

  /// Stores an entity together with the hash of its password or secret.
  synchronized void put(Entity entity, String hash) {
    documents.commit(
        new Documents.Batch()
            .put(entity.kind().collection(), entity.id(), entity.attributes())
            .put(PASSWORDS, entity.id(), text(hash)));
    passwords.put(entity.id(), hash);
    all(entity.kind()).put(entity.id(), entity);
  }

  private static JsonNode text(String value) {
    return Json.object().put("hash", value).path("hash");
  }

  /// The hash of a user's password or an application credential's secret, or empty.
  String hash(String id) {
    return passwords.getOrDefault(id, "");
  }

  /// Removes an entity with all that hangs on it: what is in a domain, a service's endpoints,
  /// application credentials, grants, passwords.
  ///
  /// @return what was removed
  synchronized List<Entity> remove(Entity entity) {
    List<Entity> doomed = new ArrayList<>(List.of(entity));
    // Grows while it is walked.
    for (int i = 0; i < doomed.size(); i++) {
      Entity owner = doomed.get(i);
      entities.values().stream()
          .flatMap(it -> it.values().stream())
          .filter(it -> belongs(it, owner) && !doomed.contains(it))
          .forEach(doomed::add);
    }
    List<Grant> orphans =
        grants.values().stream()
            .filter(grant -> doomed.stream().anyMatch(it -> concerns(grant, it)))
            .toList();
    Documents.Batch batch = new Documents.Batch();
    doomed.forEach(it -> batch.remove(it.kind().collection(), it.id()).remove(PASSWORDS, it.id()));
    orphans.forEach(it -> batch.remove(GRANTS, it.key()));
    documents.commit(batch);
    doomed.forEach(it -> all(it.kind()).remove(it.id()));
    doomed.forEach(it -> passwords.remove(it.id()));
    orphans.forEach(it -> grants.remove(it.key()));
    return List.copyOf(doomed);
  }

  /// Whether something cannot be without its owner.
  private static boolean belongs(Entity entity, Entity owner) {
    String attribute =
        switch (owner.kind()) {
          case DOMAIN -> "domain_id";
          case PROJECT -> entity.kind() == Kind.APPLICATION_CREDENTIAL ? "project_id" : "";
          case USER -> entity.kind() == Kind.APPLICATION_CREDENTIAL ? "user_id" : "";
          case SERVICE -> entity.kind() == Kind.ENDPOINT ? "service_id" : "";
          case GROUP, ROLE, REGION, ENDPOINT, APPLICATION_CREDENTIAL -> "";
        };
    return !attribute.isEmpty() && entity.text(attribute).equals(owner.id());
  }

  private static boolean concerns(Grant grant, Entity entity) {
    return switch (entity.kind()) {
      case USER -> grant.user().equals(entity.id());
      case ROLE -> grant.role().equals(entity.id());
      case PROJECT -> grant.target().equals(Target.project(entity.id()));
      case DOMAIN -> grant.target().equals(Target.domain(entity.id()));
      case GROUP, REGION, SERVICE, ENDPOINT, APPLICATION_CREDENTIAL -> false;
    };
  }

  synchronized void grant(Grant grant) {
    documents.commit(new Documents.Batch().put(GRANTS, grant.key(), grant.json()));
    grants.put(grant.key(), grant);
  }

  synchronized void revoke(Grant grant) {
    documents.commit(new Documents.Batch().remove(GRANTS, grant.key()));
    grants.remove(grant.key());
  }

  boolean isGranted(Grant grant) {
    return grants.containsKey(grant.key());
  }

  Stream<Grant> grants() {
    return grants.values().stream().sorted(Comparator.comparing(Grant::key));
  }

  /// Roles that a user has somewhere, implied ones included.
  List<Entity> roles(String user, Target target) {
    Set<Entity> roles = new LinkedHashSet<>();
    Deque<Entity> open = new ArrayDeque<>();
    // Without sorting all: every request comes here.
    grants.values().stream()
        .filter(it -> it.user().equals(user) && it.target().equals(target))
        .sorted(Comparator.comparing(Grant::role))
        .forEach(it -> find(Kind.ROLE, it.role()).ifPresent(open::add));
    while (!open.isEmpty()) {
      Entity role = open.remove();
      if (roles.add(role)) {
        implied(role).ifPresent(open::add);
      }
    }
    return List.copyOf(roles);
  }

  /// The role that comes along with a role.
  Optional<Entity> implied(Entity role) {
    return Optional.ofNullable(IMPLIED.get(role.name()))
        .flatMap(name -> findByName(Kind.ROLE, role.domain(), name));
  }
}
