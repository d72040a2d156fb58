package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Patch;
import java.util.HashSet;
import java.util.List;

/// Attributes that all resources share.
final class CommonJson {
  static final Attribute<String> NAME =
      Attribute.optional("name", Types.text(255).with("default", ""));
  static final Attribute<String> DESCRIPTION =
      Attribute.optional("description", Types.text(255).with("default", ""));
  static final Attribute<Boolean> ADMIN_STATE_UP =
      Attribute.optional("admin_state_up", Types.BOOLEAN.with("default", true));

  /// Accepted wherever something is created, but only a load balancer's counts.
  static final Attribute<String> PROJECT = Attribute.optional("project_id", Types.text(36));

  /// Octavia's old name for the same.
  static final Attribute<String> TENANT = Attribute.optional("tenant_id", Types.text(36));

  private static final Type<List<String>> TEXTS = Types.list(Types.text(255));

  static final Attribute<List<String>> TAGS =
      Attribute.optional(
          "tags",
          new Type<>(
              TEXTS.schema().with("uniqueItems", true).with("default", List.of()),
              CommonJson::tags));

  private CommonJson() {}

  static Attributes.Common decode(Values values) {
    return new Attributes.Common(
        values.patch(NAME),
        values.patch(DESCRIPTION),
        nullMeansKeep(values.patch(TAGS)),
        nullMeansFalse(values.patch(ADMIN_STATE_UP)));
  }

  private static List<String> tags(tools.jackson.databind.JsonNode value, Where where) {
    List<String> tags = TEXTS.read(value, where);
    if (new HashSet<>(tags).size() < tags.size()) {
      throw where.misfit(value, "Value should not contain duplicates");
    }
    return tags;
  }

  /// Octavia leaves tags alone when they are set to null.
  private static <T> Patch<T> nullMeansKeep(Patch<T> patch) {
    return patch instanceof Patch.Reset<T>() ? Patch.keep() : patch;
  }

  /// Octavia takes a null `admin_state_up` for false.
  private static Patch<Boolean> nullMeansFalse(Patch<Boolean> patch) {
    return patch instanceof Patch.Reset<Boolean>() ? Patch.set(false) : patch;
  }
}
