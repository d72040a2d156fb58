package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Patch;
import agrippa.model.Countable;
import agrippa.model.ProjectId;
import agrippa.model.Quota;
import agrippa.web.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// `quota`. Two of its attributes have an older spelling, which is accepted and shown, too.
public final class QuotaJson {
  /// As answers show them.
  private static final List<Name> NAMES =
      List.of(
          new Name("loadbalancer", Countable.LOAD_BALANCER),
          new Name("load_balancer", Countable.LOAD_BALANCER),
          new Name("listener", Countable.LISTENER),
          new Name("member", Countable.MEMBER),
          new Name("pool", Countable.POOL),
          new Name("healthmonitor", Countable.HEALTH_MONITOR),
          new Name("health_monitor", Countable.HEALTH_MONITOR),
          new Name("l7policy", Countable.L7_POLICY),
          new Name("l7rule", Countable.L7_RULE));

  /// Octavia answers an update without these.
  private static final List<String> NEW_SPELLINGS = List.of("loadbalancer", "healthmonitor");

  private record Name(String text, Countable kind) {
    Attribute<Integer> attribute() {
      return Attribute.optional(text, Types.integer(Quota.UNLIMITED, Quota.MAX));
    }
  }

  private static final Schema UPDATE =
      Schema.of(NAMES.stream().map(Name::attribute).toArray(Attribute<?>[]::new))
          .named("QuotaUpdate");

  /// What an update says: null leaves a limit to the default. Of two spellings the newer counts.
  public static final Body<Map<Countable, Patch<Integer>>> PUT =
      new Body<>("quotas", "quota", Types.object(UPDATE, QuotaJson::limits));

  /// A project and what is said of its quota.
  public record Row(ProjectId project, Quota quota) {}

  /// What lists show: null where nothing is said.
  public static final Shape<Row> SHAPE = shape();

  /// Describes what lists show.
  public static final JsonSchema LISTED = SHAPE.schema(PUT).named("ListedQuota");

  private QuotaJson() {}

  private static Shape<Row> shape() {
    var shape =
        new Shape<Row>()
            .plain("project_id", JsonSchema.TEXT, Row::project)
            .shown("tenant_id", JsonSchema.TEXT, Row::project);
    for (Name name : NAMES) {
      shape.plain(name.text, JsonSchema.INTEGER.orNull(), it -> it.quota.limits().get(name.kind));
    }
    // Lists are in the order of projects.
    return shape
        .filterOnly("id", JsonSchema.TEXT, Row::project)
        .filterOnly("created_at", JsonSchema.TIME, it -> null);
  }

  /// Describes the quota that holds for a project.
  public static JsonSchema wholeSchema() {
    JsonSchema whole = SHAPE.schema();
    for (Name it : NAMES) {
      whole = whole.having(it.text, JsonSchema.INTEGER);
    }
    return whole.named("Quota");
  }

  /// Describes the answer to an update.
  public static JsonSchema updatedSchema() {
    JsonSchema updated = wholeSchema().lacking("project_id").lacking("tenant_id");
    for (String it : NEW_SPELLINGS) {
      updated = updated.lacking(it);
    }
    return updated.named("UpdatedQuota");
  }

  /// The quota that holds for a project.
  public static ObjectNode whole(ProjectId project, Quota quota) {
    ObjectNode json =
        Json.object().put("project_id", project.value()).put("tenant_id", project.value());
    NAMES.forEach(it -> json.put(it.text, quota.limit(it.kind)));
    return json;
  }

  /// The answer to an update.
  public static ObjectNode updated(Quota quota) {
    ObjectNode json = Json.object();
    NAMES.stream()
        .filter(it -> !NEW_SPELLINGS.contains(it.text))
        .forEach(it -> json.put(it.text, quota.limit(it.kind)));
    return json;
  }

  private static Map<Countable, Patch<Integer>> limits(Values values) {
    var given = new ArrayList<>(NAMES);
    given.removeIf(it -> !values.patch(it.attribute()).given());
    Map<Countable, Patch<Integer>> limits = new EnumMap<>(Countable.class);
    for (Name name : given) {
      limits.putIfAbsent(name.kind, values.patch(name.attribute()));
    }
    return limits;
  }
}
