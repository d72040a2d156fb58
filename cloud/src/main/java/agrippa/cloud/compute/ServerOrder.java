package agrippa.cloud.compute;

import agrippa.cloud.image.EmbeddedImages;
import agrippa.cloud.network.ServerPorts.Wish;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A request for servers, read and checked.
///
/// @param plugs whether they shall have ports at all
/// @param groups names or ids of security groups
record ServerOrder(
    Server.Words words,
    Server.Origin origin,
    boolean plugs,
    List<Wish> wishes,
    List<String> groups,
    int count) {
  private static final int LONGEST = 255;
  private static final int LONGEST_USER_DATA = 65_535;
  private static final int MOST_METADATA = 128;
  private static final int MOST_TAGS = 50;
  private static final int MOST_AT_ONCE = 20;
  private static final int MEGABYTES_OF_A_GIGABYTE = 1_024;

  /// Parts of a request that would make it a different one if they were passed over.
  private static final Map<String, String> UNSUPPORTED =
      Map.of(
          "personality", "files cannot be injected; use user_data",
          "block_device_mapping", "there are no volumes",
          "trusted_image_certificates", "images are not signed",
          "host", "there is one host only",
          "hypervisor_hostname", "there is one host only");

  /// Reads requests.
  ///
  /// @param store of flavors and key pairs
  record Reader(ComputeStore store, EmbeddedImages images) {
    ServerOrder read(Call call) {
      ObjectNode it = call.body("server");
      UNSUPPORTED.forEach(
          (key, why) -> {
            if (it.hasNonNull(key) && !it.path(key).isEmpty()) {
              throw Refused.bad("'" + key + "' is not supported here: " + why);
            }
          });
      Flavor flavor = flavor(call, text(it, "flavorRef", true));
      EmbeddedImages.Available image = image(call, it, flavor);
      String name = name(it, "name");
      KeyPair key = keyPair(call, it);
      String zone = text(it, "availability_zone", false);
      if (!zone.isEmpty() && !zone.split(":", 2)[0].equals(ServerJson.ZONE)) {
        throw Refused.bad("The requested availability zone is not available");
      }
      Networks networks = networks(call, it);
      return new ServerOrder(
          words(call, it, name),
          new Server.Origin(
              flavor,
              image.id(),
              hostname(call, it, name),
              key == null ? null : key.name(),
              key == null ? null : key.publicKey(),
              userData(it),
              zone.isEmpty() ? null : zone,
              configDrive(it)),
          networks.plugs,
          networks.wishes,
          groups(it),
          count(it));
    }

    private Flavor flavor(Call call, String reference) {
      String id = reference.substring(reference.lastIndexOf('/') + 1);
      return store
          .flavor(id)
          .filter(it -> it.open() || call.caller().admin())
          .orElseThrow(() -> Refused.bad("Flavor " + id + " could not be found."));
    }

    private EmbeddedImages.Available image(Call call, ObjectNode it, Flavor flavor) {
      String reference = text(it, "imageRef", false);
      String fromDisk = imageOfDisk(it.path("block_device_mapping_v2"), reference);
      String id = fromDisk.substring(fromDisk.lastIndexOf('/') + 1);
      EmbeddedImages.Available image =
          Call.uuid(id)
              .flatMap(uuid -> images.find(call.caller(), uuid))
              .orElseThrow(() -> Refused.bad("Can not find requested image"));
      if (!image.active()) {
        throw Refused.bad(
            "Image "
                + id
                + " is not active."
                + (image.complaint().isEmpty() ? "" : " It " + image.complaint() + "."));
      }
      if (image.minRam() > flavor.ram()) {
        throw Refused.bad("Flavor's memory is too small for requested image.");
      }
      if ((long) image.minDisk() > flavor.disk()) {
        throw Refused.bad(
            "Flavor's disk is too small for requested image. Flavor disk is "
                + (long) flavor.disk() * MEGABYTES_OF_A_GIGABYTE * 1_048_576
                + " bytes.");
      }
      return image;
    }

    /// A server's one disk is its own copy of the image; that, clients may also say at length.
    private static String imageOfDisk(JsonNode disks, String reference) {
      if (disks.isEmpty()) {
        if (reference.isEmpty()) {
          throw Refused.bad("Invalid imageRef provided.");
        }
        return reference;
      }
      JsonNode disk = disks.path(0);
      boolean own =
          disks.size() == 1
              && disk.path("source_type").asString("").equals("image")
              && disk.path("destination_type").asString("").equals("local")
              && disk.path("boot_index").asString("").equals("0");
      if (!own) {
        throw Refused.bad(
            "Block devices are not supported here: a server has one disk of its own, made from"
                + " its image, and there are no volumes");
      }
      return disk.path("uuid").asString("");
    }

    private @Nullable KeyPair keyPair(Call call, ObjectNode it) {
      String name = text(it, "key_name", false);
      return name.isEmpty()
          ? null
          : store
              .keyPair(call.caller().userId(), name)
              .orElseThrow(() -> Refused.bad("Invalid key_name provided."));
    }
  }

  private static Server.Words words(Call call, ObjectNode it, String name) {
    String description =
        call.since(19) && it.path("description").isString()
            ? checked("description", it.path("description").stringValue())
            : null;
    return new Server.Words(
        name,
        call.since(19) ? description : name,
        address(it, "accessIPv4", 4),
        address(it, "accessIPv6", 6),
        diskConfig(it),
        metadata(it.path("metadata")),
        call.since(52) ? tags(it.path("tags")) : List.of(),
        false);
  }

  static String name(ObjectNode it, String key) {
    String name = text(it, key, true).strip();
    if (name.isEmpty() || name.chars().anyMatch(Character::isISOControl)) {
      throw Refused.invalid(key, "Value: '" + name + "' is not a name");
    }
    return name;
  }

  static String checked(String key, String value) {
    if (value.length() > LONGEST) {
      throw Refused.invalid(key, "Value: the text is too long");
    }
    return value;
  }

  private static String text(ObjectNode it, String key, boolean needed) {
    JsonNode value = it.path(key);
    if (value.isMissingNode() || value.isNull()) {
      if (needed) {
        throw Refused.invalid("server", "'" + key + "' is a required property");
      }
      return "";
    }
    if (!value.isString() && !(value.isIntegralNumber() && key.equals("flavorRef"))) {
      throw Refused.invalid(key, "Value: it is not of type 'string'");
    }
    return checked(key, value.asString());
  }

  static String address(ObjectNode it, String key, int version) {
    String text = text(it, key, false);
    try {
      boolean right =
          text.isEmpty()
              || (InetAddress.ofLiteral(text) instanceof java.net.Inet4Address) == (version == 4);
      if (right) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      throw Refused.invalid(
          key, "Value: " + text + ". '" + text + "' is not a 'ipv" + version + "'");
    }
    throw Refused.invalid(key, "Value: " + text + ". '" + text + "' is not a 'ipv" + version + "'");
  }

  static String diskConfig(ObjectNode it) {
    String value = it.path("OS-DCF:diskConfig").asString("MANUAL");
    if (!Set.of("MANUAL", "AUTO").contains(value)) {
      throw Refused.invalid("OS-DCF:diskConfig", "Value: it is not one of ['AUTO', 'MANUAL']");
    }
    return value;
  }

  static Map<String, String> metadata(JsonNode it) {
    Map<String, String> metadata = new HashMap<>();
    if (!it.isObject() && !it.isMissingNode() && !it.isNull()) {
      throw Refused.invalid("metadata", "Value: it is not of type 'object'");
    }
    it.properties()
        .forEach(each -> metadata.put(metadataKey(each.getKey()), metadataValue(each.getValue())));
    checkCount(metadata);
    return metadata;
  }

  static void checkCount(Map<String, String> metadata) {
    if (metadata.size() > MOST_METADATA) {
      throw Refused.of(403, "Maximum number of metadata items exceeds " + MOST_METADATA);
    }
  }

  static String metadataKey(String key) {
    if (!key.matches("[a-zA-Z0-9-_:. ]{1,255}")) {
      throw Refused.invalid("metadata", "Additional properties are not allowed");
    }
    return key;
  }

  static String metadataValue(JsonNode value) {
    if (!value.isString()) {
      throw Refused.invalid("metadata", "Value: it is not of type 'string'");
    }
    return checked("metadata", value.stringValue());
  }

  static List<String> tags(JsonNode it) {
    List<String> tags = new ArrayList<>();
    if (!it.isArray() && !it.isMissingNode() && !it.isNull()) {
      throw Refused.invalid("tags", "Value: it is not of type 'array'");
    }
    for (JsonNode tag : it) {
      String text = tag.asString("");
      if (!tag.isString() || !text.matches("[^,/]{1,60}")) {
        throw Refused.invalid("tags", "Value: it does not match '^[^,/]*$' or is too long");
      }
      if (!tags.contains(text)) {
        tags.add(text);
      }
    }
    if (tags.size() > MOST_TAGS) {
      throw Refused.bad("The number of tags exceeded the per-server limit " + MOST_TAGS);
    }
    return tags;
  }

  private static String hostname(Call call, ObjectNode it, String name) {
    if (call.since(90) && it.hasNonNull("hostname")) {
      String wanted = text(it, "hostname", true);
      if (!wanted.matches("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")) {
        throw Refused.invalid("hostname", "Value: it is no host name");
      }
      return wanted;
    }
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[ _.]+", "-")
            .replaceAll("[^a-z0-9-]", "")
            .replaceAll("^-+|-+$", "");
    String shorter = plain.length() > 63 ? plain.substring(0, 63).replaceAll("-+$", "") : plain;
    return shorter.isEmpty() ? "server" : shorter;
  }

  private static @Nullable String userData(ObjectNode it) {
    JsonNode value = it.path("user_data");
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    String text = value.asString("");
    if (text.length() > LONGEST_USER_DATA) {
      throw Refused.invalid("user_data", "Value: it is too long");
    }
    try {
      // Clients may break lines.
      Base64.getDecoder().decode(text.replaceAll("[\\r\\n]", ""));
      return text;
    } catch (IllegalArgumentException e) {
      throw Refused.invalid("user_data", "Value: it is not a 'base64'");
    }
  }

  private static boolean configDrive(ObjectNode it) {
    String value = it.path("config_drive").asString("false").toLowerCase(Locale.ROOT);
    return Set.of("true", "1", "on", "yes", "t", "y").contains(value);
  }

  private static List<String> groups(ObjectNode it) {
    List<String> groups = new ArrayList<>();
    for (JsonNode group : it.path("security_groups")) {
      String name = group.path("name").asString("");
      if (name.isEmpty() || name.length() > LONGEST) {
        throw Refused.invalid("security_groups", "'name' is a required property");
      }
      if (!name.equals("default") || it.path("security_groups").size() > 1) {
        groups.add(name);
      }
    }
    return groups.stream().distinct().toList();
  }

  private static int count(ObjectNode it) {
    int least = number(it, "min_count", 1);
    int most = number(it, "max_count", least);
    if (least > most) {
      throw Refused.bad("min_count must be <= max_count");
    }
    return most;
  }

  private static int number(ObjectNode it, String key, int usual) {
    JsonNode value = it.path(key);
    if (value.isMissingNode()) {
      return usual;
    }
    String text = value.asString("");
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw Refused.invalid(key, "Value: it is no positive integer");
    }
    if (Integer.parseInt(text) > MOST_AT_ONCE) {
      throw Refused.of(
          403, "Quota exceeded for instances: at most " + MOST_AT_ONCE + " can be made at once");
    }
    return Integer.parseInt(text);
  }

  /// @param plugs whether there shall be ports at all
  /// @param wishes none for what Nova calls `auto`
  private record Networks(boolean plugs, List<Wish> wishes) {}

  private static Networks networks(Call call, ObjectNode it) {
    JsonNode value = it.path("networks");
    if (value.isString() && call.since(37)) {
      return switch (value.stringValue()) {
        case "auto" -> new Networks(true, List.of());
        case "none" -> new Networks(false, List.of());
        default -> throw Refused.invalid("networks", "Value: it is not one of ['none', 'auto']");
      };
    }
    if (value.isMissingNode() && !call.since(37)) {
      return new Networks(true, List.of());
    }
    if (!value.isArray() || value.size() > MOST_AT_ONCE) {
      throw Refused.invalid("networks", "'networks' is a required property, of type 'array'");
    }
    List<Wish> wishes = new ArrayList<>();
    value.forEach(each -> wishes.add(wish(each)));
    return new Networks(true, wishes);
  }

  /// Where an interface shall go.
  static Wish wish(JsonNode it) {
    if (it.hasNonNull("port")) {
      return new Wish.AtPort(id(it, "port"));
    }
    if (!it.hasNonNull("uuid")) {
      throw Refused.invalid("networks", "a network needs a 'uuid' or a 'port'");
    }
    UUID network = id(it, "uuid");
    return new Wish.OnNetwork(
        network, it.hasNonNull("fixed_ip") ? literal(it.path("fixed_ip").asString("")) : null);
  }

  static UUID id(JsonNode it, String key) {
    String text = it.path(key).asString("");
    return Call.uuid(text)
        .orElseThrow(
            () -> Refused.invalid(key, "Value: " + checked(key, text) + ". It is not a 'uuid'"));
  }

  static InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw Refused.invalid("fixed_ip", "Value: it is not a 'ip-address'");
    }
  }

  /// The words of one of several servers.
  Server.Words words(int index) {
    return count == 1
        ? words
        : new Server.Words(
            words.name() + "-" + (index + 1),
            words.description(),
            words.accessV4(),
            words.accessV6(),
            words.diskConfig(),
            words.metadata(),
            words.tags(),
            false);
  }
}
