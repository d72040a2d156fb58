package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.L7Action;
import agrippa.model.L7Policy;
import agrippa.model.L7Rule;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.ProvisioningStatus;
import agrippa.web.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `l7policy`.
public final class L7PolicyJson {
  private static final Attribute<ListenerId> LISTENER =
      Attribute.mandatory("listener_id", Types.UUID_TEXT.map(ListenerId::new));
  private static final Attribute<String> ACTION =
      Attribute.mandatory(
          "action",
          Types.choice("REJECT", "REDIRECT_TO_URL", "REDIRECT_TO_POOL", "REDIRECT_PREFIX"));
  private static final Attribute<PoolId> REDIRECT_POOL_ID =
      Attribute.optional("redirect_pool_id", Types.UUID_TEXT.map(PoolId::new));
  private static final Attribute<Change.PoolGraph> REDIRECT_POOL =
      Attribute.optional("redirect_pool", PoolJson.GRAPH);
  private static final Attribute<String> REDIRECT_URL =
      Attribute.optional("redirect_url", Types.HTTP_URL);
  private static final Attribute<String> REDIRECT_PREFIX =
      Attribute.optional("redirect_prefix", Types.HTTP_URL);
  private static final Attribute<Integer> POSITION =
      Attribute.optional("position", Types.integer(1, Integer.MAX_VALUE));
  private static final Attribute<List<Attributes.OfL7Rule>> RULES =
      Attribute.optional("rules", Types.list(L7RuleJson.GRAPH));
  private static final Attribute<Boolean> NO_RULES =
      Attribute.optional("rules", Types.ONLY_IN_A_TREE);
  private static final Attribute<Integer> REDIRECT_HTTP_CODE =
      Attribute.optional("redirect_http_code", Types.choice(List.of(301, 302, 303, 307, 308)));

  /// Within a listener of a graph.
  private static final Schema NESTED =
      Schema.of(
              CommonJson.NAME,
              CommonJson.DESCRIPTION,
              CommonJson.ADMIN_STATE_UP,
              ACTION,
              REDIRECT_POOL,
              REDIRECT_URL,
              REDIRECT_PREFIX,
              POSITION,
              RULES,
              CommonJson.TAGS,
              REDIRECT_HTTP_CODE)
          .named("NestedL7PolicyCreate");

  private static final Schema CREATE =
      Schema.of(
              CommonJson.NAME,
              CommonJson.DESCRIPTION,
              CommonJson.ADMIN_STATE_UP,
              CommonJson.PROJECT,
              CommonJson.TENANT,
              ACTION,
              REDIRECT_POOL_ID,
              REDIRECT_URL,
              REDIRECT_PREFIX,
              POSITION,
              LISTENER,
              NO_RULES,
              CommonJson.TAGS,
              REDIRECT_HTTP_CODE)
          .named("L7PolicyCreate");

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          CommonJson.DESCRIPTION,
          CommonJson.ADMIN_STATE_UP,
          ACTION.optional(),
          REDIRECT_POOL_ID,
          REDIRECT_URL,
          REDIRECT_PREFIX,
          POSITION,
          CommonJson.TAGS,
          REDIRECT_HTTP_CODE);

  static final Type<Change.L7PolicyGraph> GRAPH =
      Types.object(
          NESTED,
          it ->
              new Change.L7PolicyGraph(
                  attributes(it), it.orNull(REDIRECT_POOL), it.or(RULES, List.of())));

  /// What a create says.
  public static final Body<Change.CreateL7Policy> POST =
      new Body<>(
          "l7policy_",
          "l7policy",
          Types.object(
              CREATE, it -> new Change.CreateL7Policy(it.value(LISTENER), attributes(it))));

  /// What an update says.
  public static final Body<Attributes.OfL7Policy> PUT =
      new Body<>(
          "l7policy_",
          "l7policy",
          Types.object(UPDATE.ofChange("L7PolicyUpdate"), L7PolicyJson::attributes));

  /// What answers show.
  public static final Shape<Part<Listener, L7Policy>> SHAPE =
      new Shape<Part<Listener, L7Policy>>()
          .plain("id", JsonSchema.UUID, it -> it.it().id())
          .plain("name", JsonSchema.TEXT, it -> it.it().labels().name())
          .plain("description", JsonSchema.TEXT, it -> it.it().labels().description())
          .plain(
              "provisioning_status",
              JsonSchema.choice(ProvisioningStatus.class),
              it -> it.it().lifecycle().provisioning())
          .plain(
              "operating_status",
              JsonSchema.choice(OperatingStatus.class),
              it -> it.it().lifecycle().operating())
          .plain("admin_state_up", JsonSchema.BOOLEAN, it -> it.it().adminStateUp())
          .plain("project_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .plain("action", ACTION.type().schema(), it -> action(it.it().action()))
          .plain("listener_id", JsonSchema.UUID, it -> it.parent().id())
          .plain("redirect_pool_id", JsonSchema.UUID.orNull(), it -> pool(it.it().action()))
          .plain("redirect_url", JsonSchema.TEXT.orNull(), it -> url(it.it().action()))
          .plain("redirect_prefix", JsonSchema.TEXT.orNull(), it -> prefix(it.it().action()))
          .plain("position", JsonSchema.INTEGER, it -> it.parent().policies().indexOf(it.it()) + 1)
          .shown(
              "rules",
              JsonSchema.IDS,
              it -> Shape.ids(it.it().rules().stream().map(L7Rule::id).toList()))
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().labels().tags())
          .plain("redirect_http_code", JsonSchema.INTEGER.orNull(), it -> code(it.it().action()));

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("L7Policy");

  private L7PolicyJson() {}

  private static Attributes.OfL7Policy attributes(Values values) {
    return new Attributes.OfL7Policy(
        CommonJson.decode(values),
        values.patch(ACTION),
        values.patch(REDIRECT_POOL_ID),
        values.patch(REDIRECT_URL),
        values.patch(REDIRECT_PREFIX),
        values.patch(REDIRECT_HTTP_CODE),
        values.patch(POSITION));
  }

  private static String action(L7Action action) {
    return switch (action) {
      case L7Action.ToPool it -> "REDIRECT_TO_POOL";
      case L7Action.ToUrl it -> "REDIRECT_TO_URL";
      case L7Action.ToPrefix it -> "REDIRECT_PREFIX";
      case L7Action.Reject it -> "REJECT";
    };
  }

  private static @Nullable PoolId pool(L7Action action) {
    return action instanceof L7Action.ToPool(PoolId pool) ? pool : null;
  }

  private static @Nullable String url(L7Action action) {
    return action instanceof L7Action.ToUrl to ? to.url() : null;
  }

  private static @Nullable String prefix(L7Action action) {
    return action instanceof L7Action.ToPrefix to ? to.prefix() : null;
  }

  private static @Nullable Integer code(L7Action action) {
    return switch (action) {
      case L7Action.ToUrl to -> to.httpCode();
      case L7Action.ToPrefix to -> to.httpCode();
      case L7Action.ToPool to -> null;
      case L7Action.Reject to -> null;
    };
  }

  static JsonSchema nestedSchema() {
    return SCHEMA.having("rules", JsonSchema.list(L7RuleJson.SCHEMA)).named("NestedL7Policy");
  }

  /// As part of a whole load balancer.
  static ObjectNode nested(Part<Listener, L7Policy> policy) {
    ObjectNode json = SHAPE.json(policy);
    ArrayNode rules = Json.array();
    policy
        .it()
        .rules()
        .forEach(
            it -> rules.add(L7RuleJson.SHAPE.json(new Part<>(policy.tree(), policy.it(), it))));
    json.set("rules", rules);
    return json;
  }
}
