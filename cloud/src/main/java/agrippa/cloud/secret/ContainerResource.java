package agrippa.cloud.secret;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import agrippa.web.Reply;
import agrippa.web.Request;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v1/containers`.
final class ContainerResource extends OwnedResource {
  /// Names that a container of a type may hold; a generic one takes any.
  private static final Map<String, Set<String>> NAMES =
      Map.of(
          "generic", Set.of(),
          "certificate",
              Set.of("certificate", "private_key", "private_key_passphrase", "intermediates"),
          "rsa", Set.of("public_key", "private_key", "private_key_passphrase"));

  private static final int MOST_SECRETS = 100;
  private static final int MOST_PER_PROJECT = 2_000;

  private final SecretStore store;
  private final Supplier<UUID> ids;
  private final Supplier<String> publicUrl;

  ContainerResource(
      SecretStore store, InstantSource clock, Supplier<UUID> ids, Supplier<String> publicUrl) {
    super("Container", List.of("name", "URL"), clock);
    this.store = store;
    this.ids = ids;
    this.publicUrl = publicUrl;
  }

  @Override
  Owned owned(String id) {
    return found(id).owned();
  }

  private Container found(String id) {
    return store.container(id).orElseThrow(() -> Refused.notFound("Container"));
  }

  @Override
  void change(String id, UnaryOperator<Owned> change) {
    store.changeContainer(id, it -> it.with(change.apply(it.owned())));
  }

  @Override
  String reference(String id) {
    return publicUrl.get() + EmbeddedSecrets.PREFIX + "/v1/containers/" + id;
  }

  @Override
  Reply shown(String id, Request request) {
    return Reply.json(200, json(found(id)));
  }

  Reply list(Caller caller, Request request) {
    List<Container> mine =
        store.containers().stream()
            .filter(it -> it.owned().project().equals(caller.project()))
            .filter(it -> it.owned().visibleTo(caller))
            .filter(it -> request.query("name").map(it.owned().name()::equals).orElse(true))
            .filter(it -> request.query("type").map(it.type()::equals).orElse(true))
            .toList();
    return Lists.page(request, "containers", mine, this::json);
  }

  Reply create(Caller caller, Request request) {
    ProjectId project = workplace(caller);
    if (store.containers().stream().filter(it -> it.owned().project().equals(project)).count()
        >= MOST_PER_PROJECT) {
      throw Refused.bad("The project has too many containers already.");
    }
    ObjectNode body = body(request);
    String type = body.path("type").asString("");
    if (!NAMES.containsKey(type)) {
      throw invalid("'type' is not one of certificate, generic, rsa");
    }
    String id = ids.get().toString();
    Instant now = clock.instant();
    String name = body.path("name").asString("");
    if (name.length() > 255) {
      throw invalid("'name' is too long");
    }
    Owned owned = new Owned(id, project, caller.userId(), name, now, now, Acl.STANDARD, List.of());
    store.put(new Container(owned, type, secrets(caller, type, body.path("secret_refs"))));
    return Reply.json(201, Json.object().put("container_ref", reference(id)))
        .with("Location", reference(id));
  }

  private Map<String, String> secrets(Caller caller, String type, JsonNode references) {
    if (!references.isArray() && !references.isMissingNode()) {
      throw invalid("'secret_refs' is not a list");
    }
    Set<String> names = NAMES.getOrDefault(type, Set.of());
    Map<String, String> secrets = new LinkedHashMap<>();
    for (JsonNode each : references) {
      String name = each.path("name").asString("");
      if (name.length() > 255 || (!names.isEmpty() && !names.contains(name))) {
        throw invalid("a " + type + " container has no '" + name + "'");
      }
      Secret secret =
          Reference.of(each.path("secret_ref").asString(""))
              .filter(it -> it.kind() == Reference.Kind.SECRET)
              .flatMap(it -> store.secret(it.id()))
              .filter(it -> it.owned().readableBy(caller))
              .orElseThrow(() -> Refused.notFound("Secret provided for '" + name + "'"));
      if (secrets.put(name, secret.id()) != null) {
        throw invalid("Duplicate reference names are not allowed");
      }
      if (secrets.size() > MOST_SECRETS) {
        throw invalid("there are too many secret_refs");
      }
    }
    if (type.equals("certificate") && !secrets.containsKey("certificate")) {
      throw invalid("'certificate' is required in a certificate container");
    }
    return secrets;
  }

  private static Refused invalid(String detail) {
    return Refused.bad("Provided object does not match schema 'Container': " + detail);
  }

  Reply show(Caller caller, Request request) {
    return shown(visible(caller, request).id(), request);
  }

  Reply delete(Caller caller, Request request) {
    store.removeContainer(writable(caller, request).id());
    return Reply.empty(204);
  }

  private ObjectNode json(Container container) {
    Owned owned = container.owned();
    ObjectNode json =
        Json.object()
            .put("status", "ACTIVE")
            .put("name", owned.name())
            .put("type", container.type())
            .put("created", Lists.time(owned.created()))
            .put("updated", Lists.time(owned.updated()))
            .put("creator_id", owned.creator());
    var references = json.putArray("secret_refs");
    container
        .secrets()
        .forEach(
            (name, id) ->
                references
                    .addObject()
                    .put("name", name)
                    .put(
                        "secret_ref",
                        publicUrl.get() + EmbeddedSecrets.PREFIX + "/v1/secrets/" + id));
    json.set("consumers", owned.consumersJson());
    return json.put("container_ref", reference(container.id()));
  }
}
