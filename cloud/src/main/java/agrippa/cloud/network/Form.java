package agrippa.cloud.network;

import agrippa.model.ProjectId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a request says about one resource. Each accessor checks the form of one attribute and gives
/// back a fallback if it is absent; what no accessor asked for is refused by [#end].
final class Form {
  private static final int LONGEST_TEXT = 255;

  /// Most elements of a list. Far more than any use has, and a bound on hostile ones.
  private static final int LONGEST_LIST = 1_000;

  private final ObjectNode body;
  private final boolean creating;
  private final Set<String> known = new HashSet<>();

  /// @param creating whether attributes that cannot change may be said
  Form(ObjectNode body, boolean creating) {
    this.body = body;
    this.creating = creating;
  }

  /// Whether something, null included, is said.
  boolean has(String name) {
    return body.has(name);
  }

  String text(String name, String fallback) {
    JsonNode node = node(name);
    return node == null ? fallback : text(name, node);
  }

  @Nullable String nullableText(String name) {
    JsonNode node = node(name);
    return node == null || node.isNull() ? null : text(name, node);
  }

  /// Whatever is said, or null.
  @Nullable JsonNode anything(String name) {
    JsonNode node = node(name);
    return node == null || node.isNull() ? null : node;
  }

  private static String text(String name, JsonNode node) {
    if (!node.isString()) {
      throw Fault.invalid(name, "'" + node.asString("None") + "' is not a valid string.");
    }
    String text = node.stringValue();
    if (text.length() > LONGEST_TEXT) {
      throw Fault.invalid(name, "'" + text + "' exceeds maximum length of " + LONGEST_TEXT + ".");
    }
    return text;
  }

  boolean flag(String name, boolean fallback) {
    JsonNode node = node(name);
    if (node == null) {
      return fallback;
    }
    return switch (node.asString("None").toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default ->
          throw Fault.senseless("'" + node.asString("None") + "' cannot be converted to boolean");
    };
  }

  @Nullable Integer number(String name, @Nullable Integer fallback) {
    JsonNode node = node(name);
    if (node == null || node.isNull()) {
      return node == null ? fallback : null;
    }
    try {
      return Integer.valueOf(node.asString("None"));
    } catch (NumberFormatException e) {
      throw Fault.senseless("'" + node.asString("None") + "' is not an integer");
    }
  }

  int number(String name, int fallback, int least, int most) {
    Integer number = number(name, Integer.valueOf(fallback));
    if (number == null || number < least || number > most) {
      throw Fault.invalid(name, "'" + number + "' is not in range " + least + " to " + most + ".");
    }
    return number;
  }

  @Nullable UUID id(String name, @Nullable UUID fallback) {
    JsonNode node = node(name);
    if (node == null || node.isNull()) {
      return node == null ? fallback : null;
    }
    return id(name, node);
  }

  /// An attribute that a new thing must have and that never changes.
  UUID fixedId(String name) {
    JsonNode node = required(name);
    return id(name, node);
  }

  private static UUID id(String name, JsonNode node) {
    return uuid(node.asString("None"))
        .orElseThrow(
            () -> Fault.invalid(name, "'" + node.asString("None") + "' is not a valid UUID."));
  }

  /// Only the usual spelling is one; the JDK takes shorter ones too.
  static Optional<UUID> uuid(String text) {
    if (!text.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
      return Optional.empty();
    }
    return Optional.of(UUID.fromString(text));
  }

  List<UUID> ids(String name, List<UUID> fallback) {
    return list(name, fallback, it -> id(name, it));
  }

  @Nullable InetAddress address(String name, @Nullable InetAddress fallback) {
    JsonNode node = node(name);
    if (node == null || node.isNull()) {
      return node == null ? fallback : null;
    }
    return read(name, node);
  }

  static InetAddress read(String name, JsonNode node) {
    return Addresses.parse(node.asString(""))
        .orElseThrow(
            () ->
                Fault.invalid(name, "'" + node.asString("None") + "' is not a valid IP address."));
  }

  static Cidr cidr(String name, JsonNode node) {
    return Cidr.parse(node.asString(""))
        .orElseThrow(
            () -> Fault.invalid(name, "'" + node.asString("None") + "' is not a valid IP subnet."));
  }

  /// A text or a number, as a text.
  String word(String name) {
    JsonNode node = node(name);
    String word = node == null || !node.isValueNode() ? "None" : node.asString("None");
    if (word.length() > LONGEST_TEXT) {
      throw Fault.invalid(name, "exceeds maximum length of " + LONGEST_TEXT + ".");
    }
    return word;
  }

  /// One of these words.
  String choice(String name, String fallback, List<String> words) {
    JsonNode node = node(name);
    String word = node == null ? fallback : node.asString("None");
    if (node != null && !words.contains(word)) {
      throw Fault.invalid(name, word + " is not in valid_values.");
    }
    return word;
  }

  <T> List<T> list(String name, List<T> fallback, Function<JsonNode, T> element) {
    JsonNode node = node(name);
    if (node == null || node.isNull()) {
      return node == null ? fallback : List.of();
    }
    if (!node.isArray() || node.size() > LONGEST_LIST) {
      throw Fault.invalid(name, "'" + node.asString(name) + "' is not a list.");
    }
    List<T> found = new ArrayList<>();
    node.forEach(it -> found.add(element.apply(it)));
    return found;
  }

  List<String> texts(String name, List<String> fallback) {
    return list(name, fallback, it -> text(name, it));
  }

  /// An object, kept as it is.
  JsonNode object(String name, JsonNode fallback) {
    JsonNode node = node(name);
    if (node == null || node.isNull()) {
      return fallback;
    }
    if (!node.isObject()) {
      throw Fault.invalid(name, "'" + node.asString(name) + "' is not a dictionary.");
    }
    return node;
  }

  /// What a new thing must have and what never changes.
  JsonNode required(String name) {
    fixed(name);
    JsonNode node = node(name);
    if (node == null) {
      throw Fault.badRequest(
          "Failed to parse request. Required attribute '" + name + "' not specified");
    }
    return node;
  }

  /// Refuses a change of something that only a new thing may be given.
  void fixed(String name) {
    if (!creating && body.has(name)) {
      throw Fault.badRequest("Cannot update read-only attribute " + name);
    }
  }

  /// Who shall own a new thing, under either name.
  Optional<ProjectId> project() {
    fixed("tenant_id");
    fixed("project_id");
    String project = text("project_id", text("tenant_id", ""));
    return project.isEmpty() ? Optional.empty() : Optional.of(new ProjectId(project));
  }

  /// Takes an attribute that can only be null: what it would refer to does not exist here.
  void nothing(String name, String what) {
    JsonNode node = node(name);
    if (node != null && !node.isNull()) {
      throw Fault.notFound(
          what.replace(" ", "") + "NotFound",
          what + " " + node.asString(name) + " could not be found.");
    }
  }

  private @Nullable JsonNode node(String name) {
    known.add(name);
    return body.get(name);
  }

  /// Refuses what was not understood.
  void end() {
    List<String> unknown =
        body.propertyNames().stream().filter(it -> !known.contains(it)).sorted().toList();
    if (!unknown.isEmpty()) {
      throw Fault.badRequest("Unrecognized attribute(s) '" + String.join(", ", unknown) + "'");
    }
  }
}
