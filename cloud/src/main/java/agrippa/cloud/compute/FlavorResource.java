package agrippa.cloud.compute;

import agrippa.web.Json;
import agrippa.web.Reply;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Flavors, which admins make.
final class FlavorResource {
  private static final int MOST = 1_000;

  private final ComputeStore store;
  private final Supplier<UUID> ids;

  FlavorResource(ComputeStore store, Supplier<UUID> ids) {
    this.store = store;
    this.ids = ids;
  }

  Reply list(Call call) {
    return list(
        call,
        (it, asked) -> {
          ObjectNode json = Json.object().put("id", it.id()).put("name", it.name());
          if (asked.since(55)) {
            json.put("description", it.description());
          }
          return json.set("links", ServerJson.links("flavors", it.id(), asked));
        });
  }

  Reply detail(Call call) {
    return list(call, FlavorResource::json);
  }

  private Reply list(Call call, BiFunction<Flavor, Call, ObjectNode> shown) {
    String open = call.request().query("is_public").orElse("true").toLowerCase(Locale.ROOT);
    int leastRam = number(call, "minRam", 0);
    int leastDisk = number(call, "minDisk", 0);
    List<Flavor> matching =
        store.flavors().stream()
            .filter(it -> it.open() ? !isFalse(open) : call.caller().admin() && !isTrue(open))
            .filter(it -> it.ram() >= leastRam && it.disk() >= leastDisk)
            .sorted(order(call))
            .toList();
    int limit = Math.min(MOST, number(call, "limit", MOST));
    int from = call.request().query("marker").map(it -> after(matching, it)).orElse(0);
    List<Flavor> page = matching.subList(from, Math.min(matching.size(), from + limit));
    ObjectNode body = Json.object();
    ArrayNode flavors = body.putArray("flavors");
    page.forEach(it -> flavors.add(shown.apply(it, call)));
    if (limit > 0 && page.size() == limit) {
      body.putArray("flavors_links")
          .add(Call.link("next", ServerListing.next(call, page.getLast().id())));
    }
    return Reply.json(200, body);
  }

  private static boolean isTrue(String text) {
    return Set.of("true", "t", "1", "yes", "on", "y").contains(text);
  }

  private static boolean isFalse(String text) {
    return Set.of("false", "f", "0", "no", "off", "n").contains(text);
  }

  private static int number(Call call, String name, int usual) {
    String text = call.request().query(name).orElse(Integer.toString(usual));
    if (!text.matches("\\d{1,9}")) {
      throw Refused.bad("Invalid " + name + " filter [" + ServerOrder.checked(name, text) + "]");
    }
    return Integer.parseInt(text);
  }

  private static int after(List<Flavor> flavors, String marker) {
    for (int i = 0; i < flavors.size(); i++) {
      if (flavors.get(i).id().equals(marker)) {
        return i + 1;
      }
    }
    throw Refused.bad("marker [" + ServerOrder.checked("marker", marker) + "] not found");
  }

  private static Comparator<Flavor> order(Call call) {
    Comparator<Flavor> order =
        switch (call.request().query("sort_key").orElse("flavorid")) {
          case "name" -> Comparator.comparing(Flavor::name);
          case "memory_mb" -> Comparator.comparing(Flavor::ram);
          case "vcpus" -> Comparator.comparing(Flavor::vcpus);
          case "root_gb" -> Comparator.comparing(Flavor::disk);
          default -> Comparator.comparing(Flavor::id);
        };
    return call.request().query("sort_dir").orElse("asc").equals("desc") ? order.reversed() : order;
  }

  private Flavor found(Call call) {
    String id = call.parameter("id");
    return store
        .flavor(id)
        .filter(it -> it.open() || call.caller().admin())
        .orElseThrow(() -> Refused.notFound("Flavor " + id + " could not be found."));
  }

  Reply show(Call call) {
    return one(found(call), call);
  }

  private static Reply one(Flavor flavor, Call call) {
    ObjectNode body = Json.object();
    body.set("flavor", json(flavor, call));
    return Reply.json(200, body);
  }

  private static ObjectNode json(Flavor it, Call call) {
    ObjectNode json =
        Json.object()
            .put("id", it.id())
            .put("name", it.name())
            .put("ram", it.ram())
            .put("disk", it.disk());
    if (it.swap() == 0 && !call.since(75)) {
      json.put("swap", "");
    } else {
      json.put("swap", it.swap());
    }
    json.put("OS-FLV-EXT-DATA:ephemeral", it.ephemeral())
        .put("OS-FLV-DISABLED:disabled", false)
        .put("vcpus", it.vcpus())
        .put("os-flavor-access:is_public", it.open())
        .put("rxtx_factor", 1.0);
    json.set("links", ServerJson.links("flavors", it.id(), call));
    if (call.since(55)) {
      json.put("description", it.description());
    }
    if (call.since(61)) {
      json.set("extra_specs", it.specs());
    }
    return json;
  }

  Reply create(Call call) {
    call.needAdmin("os-flavor-manage:create");
    ObjectNode it = call.body("flavor");
    String id = it.path("id").asString("auto");
    Flavor flavor =
        new Flavor(
            id.equals("auto") || id.isEmpty() ? ids.get().toString() : checkedId(id),
            ServerOrder.name(it, "name"),
            size(it, "ram", 1, -1),
            size(it, "vcpus", 1, -1),
            size(it, "disk", 0, -1),
            size(it, "OS-FLV-EXT-DATA:ephemeral", 0, 0),
            size(it, "swap", 0, 0),
            it.path("os-flavor-access:is_public").asBoolean(true),
            call.since(55) ? description(it) : null,
            Map.of());
    if (store.flavors().size() >= MOST) {
      throw Refused.of(403, "There are too many flavors already.");
    }
    for (Flavor other : store.flavors()) {
      if (other.id().equals(flavor.id())) {
        throw Refused.conflict("Flavor with ID " + flavor.id() + " already exists.");
      }
      if (other.name().equals(flavor.name())) {
        throw Refused.conflict("Flavor with name " + flavor.name() + " already exists.");
      }
    }
    store.put(flavor);
    return one(flavor, call);
  }

  private static String checkedId(String id) {
    if (!id.matches("[a-zA-Z0-9. _-]{1,100}")) {
      throw Refused.bad(
          "ID contains invalid characters, or more than 100. They can only contain letters,"
              + " numbers, periods, underscores, hyphens and spaces.");
    }
    return id;
  }

  private static int size(ObjectNode it, String key, int least, int usual) {
    JsonNode value = it.path(key);
    String text = value.isMissingNode() ? Integer.toString(usual) : value.asString("");
    if (text.isEmpty() && usual >= 0) {
      return usual;
    }
    if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least) {
      throw Refused.invalid(key, "Value: it is no integer from " + least + " on");
    }
    return Integer.parseInt(text);
  }

  private static @Nullable String description(ObjectNode it) {
    return it.path("description").isString()
        ? ServerOrder.checked("description", it.path("description").stringValue())
        : null;
  }

  Reply update(Call call) {
    call.needAdmin("os-flavor-manage:update");
    Flavor flavor = found(call).withDescription(description(call.body("flavor")));
    store.put(flavor);
    return one(flavor, call);
  }

  Reply delete(Call call) {
    call.needAdmin("os-flavor-manage:delete");
    store.removeFlavor(found(call).id());
    return Reply.empty(202);
  }

  Reply extraSpecs(Call call) {
    return specs(found(call));
  }

  private static Reply specs(Flavor flavor) {
    ObjectNode body = Json.object();
    body.set("extra_specs", flavor.specs());
    return Reply.json(200, body);
  }

  Reply addExtraSpecs(Call call) {
    call.needAdmin("os-flavor-extra-specs:create");
    Flavor flavor = found(call);
    Map<String, String> all = new TreeMap<>(flavor.extraSpecs());
    all.putAll(ServerOrder.metadata(call.body("extra_specs")));
    ServerOrder.checkCount(all);
    Flavor next = flavor.withExtraSpecs(all);
    store.put(next);
    return specs(next);
  }

  Reply extraSpec(Call call) {
    return spec(found(call), call.parameter("key"));
  }

  private static Reply spec(Flavor flavor, String key) {
    String value = flavor.extraSpecs().get(key);
    if (value == null) {
      throw Refused.notFound("Flavor " + flavor.id() + " has no extra specs with key " + key + ".");
    }
    return Reply.json(200, Json.object().put(key, value));
  }

  Reply removeExtraSpec(Call call) {
    call.needAdmin("os-flavor-extra-specs:delete");
    Flavor flavor = found(call);
    Map<String, String> all = new TreeMap<>(flavor.extraSpecs());
    if (all.remove(call.parameter("key")) == null) {
      throw Refused.notFound(
          "Flavor " + flavor.id() + " has no extra specs with key " + call.parameter("key") + ".");
    }
    store.put(flavor.withExtraSpecs(all));
    return Reply.empty(200);
  }

  /// Flavors that are not for all are for admins.
  Reply access(Call call) {
    call.needAdmin("os-flavor-access");
    Flavor flavor = found(call);
    if (flavor.open()) {
      throw Refused.notFound("Access list not available for public flavors.");
    }
    ObjectNode body = Json.object();
    body.putArray("flavor_access");
    return Reply.json(200, body);
  }
}
