package agrippa.cloud.compute;

import agrippa.web.Json;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How big a server is.
///
/// @param ram in MB
/// @param disk in GB
/// @param ephemeral in GB
/// @param swap in MB
/// @param open whether every project may use it
record Flavor(
    String id,
    String name,
    int ram,
    int vcpus,
    int disk,
    int ephemeral,
    int swap,
    boolean open,
    @Nullable String description,
    Map<String, String> extraSpecs) {
  Flavor {
    extraSpecs = Map.copyOf(extraSpecs);
  }

  static Flavor of(String id, String name, int ram, int vcpus, int disk) {
    return new Flavor(id, name, ram, vcpus, disk, 0, 0, true, null, Map.of());
  }

  Flavor withExtraSpecs(Map<String, String> next) {
    return new Flavor(id, name, ram, vcpus, disk, ephemeral, swap, open, description, next);
  }

  Flavor withDescription(@Nullable String next) {
    return new Flavor(id, name, ram, vcpus, disk, ephemeral, swap, open, next, extraSpecs);
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("id", id)
            .put("name", name)
            .put("ram", ram)
            .put("vcpus", vcpus)
            .put("disk", disk)
            .put("ephemeral", ephemeral)
            .put("swap", swap)
            .put("open", open)
            .put("description", description);
    return json.set("extra_specs", specs());
  }

  ObjectNode specs() {
    ObjectNode specs = Json.object();
    new TreeMap<>(extraSpecs).forEach(specs::put);
    return specs;
  }

  static Flavor of(JsonNode it) {
    return new Flavor(
        it.path("id").asString(),
        it.path("name").asString(),
        it.path("ram").asInt(),
        it.path("vcpus").asInt(),
        it.path("disk").asInt(),
        it.path("ephemeral").asInt(0),
        it.path("swap").asInt(0),
        it.path("open").asBoolean(true),
        it.path("description").isString() ? it.path("description").stringValue() : null,
        texts(it.path("extra_specs")));
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(it -> texts.put(it.getKey(), it.getValue().asString("")));
    return texts;
  }
}
