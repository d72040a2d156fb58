package agrippa.api.wire;

import agrippa.control.Patch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an object in a request may say, and in which order it is checked: unknown names first, then
/// attribute by attribute.
final class Schema {
  private final @Nullable String name;
  private final List<Attribute<?>> attributes;
  private final Set<String> names;

  private Schema(@Nullable String name, List<Attribute<?>> attributes) {
    this.name = name;
    this.attributes = attributes;
    this.names = attributes.stream().map(Attribute::name).collect(Collectors.toUnmodifiableSet());
  }

  static Schema of(Attribute<?>... attributes) {
    return new Schema(null, List.of(attributes));
  }

  /// This schema with further attributes behind.
  Schema and(Attribute<?>... more) {
    return new Schema(null, Stream.concat(attributes.stream(), Stream.of(more)).toList());
  }

  /// This schema followed by another.
  Schema and(Schema more) {
    return new Schema(null, Stream.concat(attributes.stream(), more.attributes.stream()).toList());
  }

  /// The same under a name in the API's description.
  Schema named(String name) {
    return new Schema(name, attributes);
  }

  /// The same for what changes something, where nothing said leaves it as it is.
  Schema ofChange(String name) {
    return new Schema(
        name, attributes.stream().<Attribute<?>>map(Attribute::withoutDefault).toList());
  }

  /// Describes the objects.
  JsonSchema json() {
    JsonSchema json = JsonSchema.object();
    for (Attribute<?> it : attributes) {
      json =
          it.mayBeLeftOut() ? json.maybe(it.name(), it.json()) : json.having(it.name(), it.json());
    }
    return name == null ? json : json.named(name);
  }

  /// One attribute.
  ///
  /// @param presence whether it must be there
  record Attribute<T>(String name, Type<T> type, Presence presence) {
    static <T> Attribute<T> optional(String name, Type<T> type) {
      return new Attribute<>(name, type, Presence.OPTIONAL);
    }

    static <T> Attribute<T> mandatory(String name, Type<T> type) {
      return new Attribute<>(name, type, Presence.MANDATORY);
    }

    /// Must be named, if only with null, about which the rules decide.
    static <T> Attribute<T> named(String name, Type<T> type) {
      return new Attribute<>(name, type, Presence.NAMED);
    }

    /// Describes the values. Those that must be there cannot be null, whoever refuses it.
    JsonSchema json() {
      return presence == Presence.OPTIONAL ? type.schema().orNull() : type.schema();
    }

    private Attribute<T> withoutDefault() {
      return new Attribute<>(name, type.without("default"), presence);
    }

    /// The same in a schema where it may be left out.
    Attribute<T> optional() {
      return optional(name, type);
    }

    /// The same in a schema where it may be left out, while the rules refuse null.
    Attribute<T> optionalNotNull() {
      return new Attribute<>(name, type, Presence.OPTIONAL_NOT_NULL);
    }

    boolean mayBeLeftOut() {
      return presence == Presence.OPTIONAL || presence == Presence.OPTIONAL_NOT_NULL;
    }
  }

  enum Presence {
    OPTIONAL,
    OPTIONAL_NOT_NULL,
    NAMED,
    MANDATORY
  }

  /// Reads an object.
  ///
  /// @param where inside the object
  Values read(JsonNode object, Where where) {
    if (!object.isObject()) {
      throw where.misfit(object, "Value should be an object");
    }
    List<String> unknown =
        object.propertyNames().stream().filter(it -> !names.contains(it)).toList();
    if (!unknown.isEmpty()) {
      throw where.unknown(unknown);
    }
    Map<String, Patch<?>> values = new HashMap<>();
    for (Attribute<?> attribute : attributes) {
      values.put(attribute.name(), read(attribute, object.get(attribute.name()), where));
    }
    return new Values(values);
  }

  private static <T> Patch<T> read(Attribute<T> attribute, @Nullable JsonNode value, Where where) {
    Where at = where.at(attribute.name());
    if (value == null) {
      if (!attribute.mayBeLeftOut()) {
        throw at.missing();
      }
      return Patch.keep();
    }
    if (value.isNull()) {
      if (attribute.presence() == Presence.MANDATORY) {
        throw at.missing();
      }
      return Patch.reset();
    }
    return Patch.set(attribute.type().read(value, at));
  }

  /// What an object said.
  static final class Values {
    private final Map<String, Patch<?>> values;

    private Values(Map<String, Patch<?>> values) {
      this.values = values;
    }

    /// What it said of an attribute of the schema that read it.
    @SuppressWarnings("unchecked") // An attribute's own type made its value.
    <T> Patch<T> patch(Attribute<T> attribute) {
      Patch<?> value = values.get(attribute.name());
      return value == null ? Patch.keep() : (Patch<T>) value;
    }

    /// What it said of a reference. An empty one is none: gophercloud cannot write null there.
    Patch<String> reference(Attribute<String> attribute) {
      Patch<String> said = patch(attribute);
      return "".equals(said.value()) ? Patch.reset() : said;
    }

    /// The value of a mandatory attribute.
    <T> T value(Attribute<T> attribute) {
      T value = patch(attribute).value();
      if (value == null) {
        throw new IllegalStateException(attribute.name() + " is not mandatory");
      }
      return value;
    }

    <T> @Nullable T orNull(Attribute<T> attribute) {
      return patch(attribute).value();
    }

    <T> T or(Attribute<T> attribute, T fallback) {
      T value = patch(attribute).value();
      return value == null ? fallback : value;
    }
  }
}
