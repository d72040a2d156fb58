package agrippa.cloud.image;

import agrippa.control.Caller;
import agrippa.model.ProjectId;
import agrippa.web.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An image as Glance knows one.
///
/// @param content of its file, or null as long as there is none
/// @param properties what users add
record Image(
    UUID id,
    ProjectId owner,
    Status status,
    Basics basics,
    @Nullable Content content,
    List<String> tags,
    Map<String, String> properties,
    Instant created,
    Instant updated) {
  Image {
    tags = List.copyOf(tags);
    properties = Map.copyOf(properties);
  }

  /// Where an image is on its way.
  enum Status {
    QUEUED,
    SAVING,
    ACTIVE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What a user may say of an image and change again.
  ///
  /// @param visibility public, community, shared or private
  /// @param minDisk in GB
  /// @param minRam in MB
  record Basics(
      @Nullable String name,
      String visibility,
      @Nullable String containerFormat,
      @Nullable String diskFormat,
      boolean guarded,
      boolean hidden,
      int minDisk,
      int minRam) {
    static final Basics NONE = new Basics(null, "shared", null, null, false, false, 0, 0);

    /// The basics with another value of one attribute.
    ///
    /// @param value of the type that the attribute has
    Basics with(String attribute, JsonNode value) {
      ObjectNode all = json();
      all.set(attribute, value);
      return of(all);
    }

    static Basics of(JsonNode it) {
      return new Basics(
          text(it, "name"),
          it.path("visibility").asString("shared"),
          text(it, "container_format"),
          text(it, "disk_format"),
          it.path("protected").asBoolean(false),
          it.path("os_hidden").asBoolean(false),
          it.path("min_disk").asInt(0),
          it.path("min_ram").asInt(0));
    }

    ObjectNode json() {
      return Json.object()
          .put("name", name)
          .put("visibility", visibility)
          .put("container_format", containerFormat)
          .put("disk_format", diskFormat)
          .put("protected", guarded)
          .put("os_hidden", hidden)
          .put("min_disk", minDisk)
          .put("min_ram", minRam);
    }
  }

  /// @param size in bytes
  /// @param checksum MD5
  /// @param hash SHA-512
  record Content(long size, String checksum, String hash) {}

  /// Whether a list without further words shows it to a caller.
  boolean listedFor(Caller caller) {
    return caller.mayUse(owner) || basics.visibility.equals("public");
  }

  /// Whether a caller who knows its id sees it.
  boolean visibleTo(Caller caller) {
    return listedFor(caller) || basics.visibility.equals("community");
  }

  Image with(Status next, @Nullable Content file, Instant now) {
    return new Image(id, owner, next, basics, file, tags, properties, created, now);
  }

  Image with(Basics next, List<String> marks, Map<String, String> more, Instant now) {
    return new Image(id, owner, status, next, content, marks, more, created, now);
  }

  /// As the API shows it.
  ObjectNode shown() {
    ObjectNode json = Json.object();
    new TreeMap<>(properties).forEach(json::put);
    basics.json().properties().forEach(it -> json.set(it.getKey(), it.getValue()));
    json.put("status", status.text()).put("owner", owner.value()).put("id", id.toString());
    if (content == null) {
      json.putNull("size").putNull("checksum").putNull("os_hash_algo").putNull("os_hash_value");
    } else {
      json.put("size", content.size)
          .put("checksum", content.checksum)
          .put("os_hash_algo", "sha512")
          .put("os_hash_value", content.hash);
    }
    json.putNull("virtual_size");
    ArrayNode list = json.putArray("tags");
    tags.forEach(list::add);
    return json.put("created_at", time(created))
        .put("updated_at", time(updated))
        .put("self", "/v2/images/" + id)
        .put("file", "/v2/images/" + id + "/file")
        .put("schema", "/v2/schemas/image");
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  // How it is stored.

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("id", id.toString())
            .put("owner", owner.value())
            .put("status", status.text())
            .put("created", created.toString())
            .put("updated", updated.toString());
    json.set("basics", basics.json());
    if (content != null) {
      json.putObject("content")
          .put("size", content.size)
          .put("checksum", content.checksum)
          .put("hash", content.hash);
    }
    ArrayNode list = json.putArray("tags");
    tags.forEach(list::add);
    ObjectNode more = json.putObject("properties");
    properties.forEach(more::put);
    return json;
  }

  static Image of(JsonNode it) {
    JsonNode file = it.path("content");
    List<String> tags = new ArrayList<>();
    it.path("tags").forEach(tag -> tags.add(tag.asString()));
    Map<String, String> properties = new TreeMap<>();
    it.path("properties")
        .properties()
        .forEach(p -> properties.put(p.getKey(), p.getValue().asString()));
    return new Image(
        UUID.fromString(it.path("id").asString()),
        new ProjectId(it.path("owner").asString()),
        Status.valueOf(it.path("status").asString().toUpperCase(Locale.ROOT)),
        Basics.of(it.path("basics")),
        file.isObject()
            ? new Content(
                file.path("size").longValue(),
                file.path("checksum").asString(),
                file.path("hash").asString())
            : null,
        tags,
        properties,
        Instant.parse(it.path("created").asString()),
        Instant.parse(it.path("updated").asString()));
  }

  private static @Nullable String text(JsonNode it, String key) {
    return it.path(key).isString() ? it.path(key).stringValue() : null;
  }
}
