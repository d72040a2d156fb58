package agrippa.cloud.image;

import agrippa.web.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a user says of an image, attribute by attribute: at its creation, or later as a JSON patch
/// (RFC 6902, of which Glance takes `add`, `replace` and `remove` of whole attributes).
final class ImagePatch {
  static final Set<String> READ_ONLY =
      Set.of(
          "status",
          "size",
          "checksum",
          "os_hash_algo",
          "os_hash_value",
          "virtual_size",
          "created_at",
          "updated_at",
          "self",
          "file",
          "schema",
          "direct_url",
          "stores");
  private static final Set<String> RESERVED =
      Set.of("locations", "deleted", "deleted_at", "members");
  private static final Set<String> VISIBILITIES =
      Set.of("public", "private", "shared", "community");
  // Whatever Glance knows may be kept; what a server can start from, the content decides.
  private static final List<String> CONTAINER_FORMATS =
      List.of("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed");
  private static final List<String> DISK_FORMATS =
      List.of("ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop");
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_VALUE = 4_096;
  private static final int MOST = 128;

  private Image.Basics basics;
  private List<String> tags;
  private final Map<String, String> properties;

  private ImagePatch(Image.Basics basics, List<String> tags, Map<String, String> properties) {
    this.basics = basics;
    this.tags = tags;
    this.properties = new TreeMap<>(properties);
  }

  /// An image as a request to create one describes it; owner, id and times come from elsewhere.
  static Image created(ObjectNode body, Image empty) {
    ImagePatch patch = new ImagePatch(Image.Basics.NONE, List.of(), Map.of());
    body.properties().stream()
        .filter(it -> !it.getKey().equals("id") && !it.getKey().equals("owner"))
        .forEach(it -> patch.set(it.getKey(), it.getValue()));
    return patch.applied(empty, empty.created());
  }

  /// The image after the steps of a JSON patch.
  static Image changed(Image image, JsonNode steps, Instant now) {
    if (!steps.isArray() || steps.size() > MOST) {
      throw Refused.bad("Request body must be a JSON array of operation objects.");
    }
    ImagePatch patch = new ImagePatch(image.basics(), image.tags(), image.properties());
    steps.forEach(patch::step);
    return patch.applied(image, now);
  }

  private Image applied(Image image, Instant now) {
    if (properties.size() > MOST) {
      throw Refused.tooLarge(
          "The limit has been exceeded on the number of allowed image properties. Attempted: "
              + properties.size()
              + ", Maximum: "
              + MOST);
    }
    return image.with(basics, tags, properties, now);
  }

  private void step(JsonNode step) {
    String path = step.path("path").asString("");
    if (!path.startsWith("/") || path.indexOf('/', 1) > 0) {
      throw Refused.bad("Invalid JSON pointer for this resource: '" + path + "'");
    }
    String name = path.substring(1).replace("~1", "/").replace("~0", "~");
    switch (step.path("op").asString("")) {
      case "add" -> set(name, value(step));
      case "replace" -> {
        if (!isBasic(name) && !name.equals("tags") && !properties.containsKey(name)) {
          checkWritable(name);
          throw Refused.conflict("Property " + name + " does not exist.");
        }
        set(name, value(step));
      }
      case "remove" -> remove(name);
      default ->
          throw Refused.bad(
              "Operations must be JSON objects with an 'op' of 'add', 'replace' or 'remove'.");
    }
  }

  private static JsonNode value(JsonNode step) {
    if (!step.has("value")) {
      throw Refused.bad(
          "Operation \"" + step.path("op").asString() + "\" requires a member named \"value\".");
    }
    return step.get("value");
  }

  private static boolean isBasic(String name) {
    return Image.Basics.NONE.json().has(name);
  }

  private static void checkWritable(String name) {
    if (READ_ONLY.contains(name) || name.equals("id") || name.equals("owner")) {
      throw Refused.forbidden("Attribute '" + name + "' is read-only.");
    }
    if (RESERVED.contains(name)) {
      throw Refused.forbidden("Attribute '" + name + "' is reserved.");
    }
  }

  private void remove(String name) {
    checkWritable(name);
    if (isBasic(name) || name.equals("tags")) {
      throw Refused.forbidden("Property " + name + " may not be removed.");
    }
    if (properties.remove(name) == null) {
      throw Refused.conflict("Property " + name + " does not exist.");
    }
  }

  private void set(String name, JsonNode value) {
    checkWritable(name);
    if (name.equals("tags")) {
      tags = tags(value);
    } else if (isBasic(name)) {
      basics = basics.with(name, checked(name, value));
    } else if (!value.isString()) {
      throw invalid(name, value, "is not of type 'string'");
    } else if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || value.stringValue().length() > LONGEST_VALUE) {
      throw Refused.bad("Invalid image property: its name or value is too long.");
    } else {
      properties.put(name, value.stringValue());
    }
  }

  private static JsonNode checked(String name, JsonNode value) {
    boolean right =
        switch (name) {
          case "name" -> value.isNull() || isText(value);
          case "visibility" -> value.isString() && VISIBILITIES.contains(value.stringValue());
          case "container_format" -> value.isNull() || isOneOf(value, CONTAINER_FORMATS);
          case "disk_format" -> value.isNull() || isOneOf(value, DISK_FORMATS);
          case "protected", "os_hidden" -> value.isBoolean();
          case "min_disk", "min_ram" ->
              value.canConvertToInt() && value.isIntegralNumber() && value.asInt() >= 0;
          default -> false;
        };
    if (!right) {
      String wanted =
          switch (name) {
            case "container_format" -> "is not one of " + CONTAINER_FORMATS;
            case "disk_format" -> "is not one of " + DISK_FORMATS;
            case "visibility" -> "is not one of ['community', 'public', 'private', 'shared']";
            default -> "has the wrong type or is too long";
          };
      throw invalid(name, value, wanted);
    }
    return value;
  }

  private static boolean isText(JsonNode value) {
    return value.isString() && value.stringValue().length() <= LONGEST_NAME;
  }

  private static boolean isOneOf(JsonNode value, List<String> texts) {
    return value.isString() && texts.contains(value.stringValue());
  }

  private static Refused invalid(String name, JsonNode value, String why) {
    String shown = value.toString();
    return Refused.bad(
        "Provided object does not match schema 'image': "
            + (shown.length() > LONGEST_NAME ? "the value" : shown)
            + " "
            + why
            + ": failed validating '"
            + name
            + "'");
  }

  private static List<String> tags(JsonNode value) {
    List<String> tags = new ArrayList<>();
    for (JsonNode it : value) {
      if (!isText(it)) {
        throw invalid("tags", it, "is no tag");
      }
      if (!tags.contains(it.stringValue())) {
        tags.add(it.stringValue());
      }
    }
    if (!value.isArray()) {
      throw invalid("tags", value, "is not of type 'array'");
    }
    checkCount(tags);
    return tags;
  }

  static void checkCount(List<String> tags) {
    if (tags.size() > MOST) {
      throw Refused.tooLarge(
          "The limit has been exceeded on the number of allowed image tags. Attempted: "
              + tags.size()
              + ", Maximum: "
              + MOST);
    }
  }

  /// The id that a user wants, which must be a UUID.
  static UUID id(JsonNode value) {
    String text = value.asString("");
    if (!text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
      throw invalid("id", value, "does not match '^([0-9a-fA-F]){8}-…'");
    }
    return UUID.fromString(text);
  }

  /// What `/v2/schemas/image` says.
  static ObjectNode schema() {
    ObjectNode schema = Json.object().put("name", "image");
    ObjectNode attributes = schema.putObject("properties");
    for (String name :
        List.of("id", "name", "owner", "container_format", "disk_format", "visibility")) {
      attributes.putObject(name).put("type", "string");
    }
    attributes.putObject("protected").put("type", "boolean");
    attributes.putObject("os_hidden").put("type", "boolean");
    attributes.putObject("min_disk").put("type", "integer").put("minimum", 0);
    attributes.putObject("min_ram").put("type", "integer").put("minimum", 0);
    attributes
        .putObject("tags")
        .put("type", "array")
        .putObject("items")
        .put("type", "string")
        .put("maxLength", LONGEST_NAME);
    for (String name : READ_ONLY.stream().sorted().toList()) {
      attributes
          .putObject(name)
          .put("type", name.endsWith("size") ? "integer" : "string")
          .put("readOnly", true);
    }
    for (String name :
        List.of(
            "name",
            "container_format",
            "disk_format",
            "size",
            "virtual_size",
            "checksum",
            "os_hash_algo",
            "os_hash_value",
            "owner")) {
      ObjectNode it = (ObjectNode) attributes.get(name);
      String type = it.get("type").stringValue();
      it.putArray("type").add("null").add(type);
    }
    enumeration(attributes, "container_format", CONTAINER_FORMATS);
    enumeration(attributes, "disk_format", DISK_FORMATS);
    enumeration(attributes, "visibility", VISIBILITIES.stream().sorted().toList());
    schema.putObject("additionalProperties").put("type", "string");
    schema.putArray("links").addObject().put("rel", "self").put("href", "{self}");
    return schema;
  }

  private static void enumeration(ObjectNode attributes, String name, List<String> values) {
    var list = ((ObjectNode) attributes.get(name)).putArray("enum");
    if (!name.equals("visibility")) {
      list.addNull();
    }
    values.forEach(list::add);
  }
}
