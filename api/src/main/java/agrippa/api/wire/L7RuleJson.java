package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.OperatingStatus;
import agrippa.model.ProvisioningStatus;
import java.util.regex.Pattern;

/// `rule`.
public final class L7RuleJson {
  private static final String ONE_LINE = "^[^\\r\\n]*$";
  private static final Type<String> LINE =
      Types.text(0, 255, Pattern.compile("\\A[^\\r\\n]*\\z"), ONE_LINE);

  private static final Attribute<L7Rule.Type> TYPE =
      Attribute.mandatory("type", Types.choice(L7Rule.Type.class));
  private static final Attribute<L7Rule.CompareType> COMPARE_TYPE =
      Attribute.mandatory("compare_type", Types.choice(L7Rule.CompareType.class));
  private static final Attribute<String> KEY = Attribute.optional("key", LINE);
  private static final Attribute<String> VALUE = Attribute.mandatory("value", LINE);
  private static final Attribute<Boolean> INVERT =
      Attribute.optional("invert", Types.BOOLEAN.with("default", false));

  /// Within a policy of a graph.
  private static final Schema NESTED =
      Schema.of(TYPE, COMPARE_TYPE, KEY, VALUE, INVERT, CommonJson.ADMIN_STATE_UP, CommonJson.TAGS)
          .named("NestedL7RuleCreate");

  private static final Schema CREATE =
      NESTED.and(CommonJson.PROJECT, CommonJson.TENANT).named("L7RuleCreate");

  private static final Schema UPDATE =
      Schema.of(
          TYPE.optional(),
          COMPARE_TYPE.optional(),
          KEY,
          VALUE.optionalNotNull(),
          INVERT,
          CommonJson.ADMIN_STATE_UP,
          CommonJson.TAGS);

  static final Type<Attributes.OfL7Rule> GRAPH = Types.object(NESTED, L7RuleJson::attributes);

  /// What a create says.
  public static final Body<Attributes.OfL7Rule> POST =
      new Body<>("rule_", "rule", Types.object(CREATE, L7RuleJson::attributes));

  /// What an update says.
  public static final Body<Attributes.OfL7Rule> PUT =
      new Body<>(
          "l7rule_", "rule", Types.object(UPDATE.ofChange("L7RuleUpdate"), L7RuleJson::attributes));

  /// What answers show.
  public static final Shape<Part<L7Policy, L7Rule>> SHAPE =
      new Shape<Part<L7Policy, L7Rule>>()
          .plain("id", JsonSchema.UUID, it -> it.it().id())
          .plain("type", JsonSchema.choice(L7Rule.Type.class), it -> it.it().type())
          .plain(
              "compare_type",
              JsonSchema.choice(L7Rule.CompareType.class),
              it -> it.it().compareType())
          .plain("key", JsonSchema.TEXT.orNull(), it -> it.it().key())
          .plain("value", JsonSchema.TEXT, it -> it.it().value())
          .plain("invert", JsonSchema.BOOLEAN, it -> it.it().invert())
          .plain(
              "provisioning_status",
              JsonSchema.choice(ProvisioningStatus.class),
              it -> it.it().lifecycle().provisioning())
          .plain(
              "operating_status",
              JsonSchema.choice(OperatingStatus.class),
              it -> it.it().lifecycle().operating())
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .plain("project_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .plain("admin_state_up", JsonSchema.BOOLEAN, it -> it.it().adminStateUp())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().tags())
          .filterOnly("l7policy_id", JsonSchema.UUID, it -> it.parent().id());

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("L7Rule");

  private L7RuleJson() {}

  private static Attributes.OfL7Rule attributes(Values values) {
    return new Attributes.OfL7Rule(
        CommonJson.decode(values),
        values.patch(TYPE),
        values.patch(COMPARE_TYPE),
        values.patch(KEY),
        values.patch(VALUE),
        values.patch(INVERT));
  }
}
