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
import agrippa.model.PoolId;
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
          REDIRECT_HTTP_CODE);

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
          REDIRECT_HTTP_CODE);

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

  /// What answers show.
  public static final Shape<Part<Listener, L7Policy>> SHAPE =
      new Shape<Part<Listener, L7Policy>>()
          .plain("id", it -> it.it().id())
          .plain("name", it -> it.it().labels().name())
          .plain("description", it -> it.it().labels().description())
          .plain("provisioning_status", it -> it.it().lifecycle().provisioning())
          .plain("operating_status", it -> it.it().lifecycle().operating())
          .plain("admin_state_up", it -> it.it().adminStateUp())
          .plain("project_id", it -> it.tree().loadBalancer().project())
          .shown("tenant_id", it -> it.tree().loadBalancer().project())
          .plain("action", it -> action(it.it().action()))
          .plain("listener_id", it -> it.parent().id())
          .plain("redirect_pool_id", it -> pool(it.it().action()))
          .plain("redirect_url", it -> url(it.it().action()))
          .plain("redirect_prefix", it -> prefix(it.it().action()))
          .plain("position", it -> it.parent().policies().indexOf(it.it()) + 1)
          .shown("rules", it -> Shape.ids(it.it().rules().stream().map(L7Rule::id).toList()))
          .plain("created_at", it -> it.it().lifecycle().createdAt())
          .plain("updated_at", it -> it.it().lifecycle().updatedAt())
          .shown("tags", it -> it.it().labels().tags())
          .plain("redirect_http_code", it -> code(it.it().action()));

  private L7PolicyJson() {}

  public static Change create(byte[] body) {
    return Body.read(
        body,
        "l7policy_",
        "l7policy",
        Types.object(CREATE, it -> new Change.CreateL7Policy(it.value(LISTENER), attributes(it))));
  }

  public static Attributes.OfL7Policy update(byte[] body) {
    return Body.read(body, "l7policy_", "l7policy", Types.object(UPDATE, L7PolicyJson::attributes));
  }

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
