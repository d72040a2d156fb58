package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.control.Patch;
import agrippa.model.Listener;
import agrippa.model.ListenerId;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PoolProtocol;
import agrippa.model.ProvisioningStatus;
import agrippa.model.SessionPersistence;
import agrippa.web.Json;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `pool`.
public final class PoolJson {
  private static final String COOKIE_NAME_PATTERN = "^[^\\s,;\\\\]+$";

  private static final Attribute<ListenerId> LISTENER =
      Attribute.optional("listener_id", Types.UUID_TEXT.map(ListenerId::new));
  private static final Attribute<LoadBalancerId> LOAD_BALANCER =
      Attribute.optional("loadbalancer_id", Types.UUID_TEXT.map(LoadBalancerId::new));
  private static final Attribute<PoolProtocol> PROTOCOL =
      Attribute.mandatory("protocol", Types.choice(PoolProtocol.class));
  private static final Attribute<Pool.Algorithm> ALGORITHM =
      Attribute.mandatory("lb_algorithm", Types.choice(Pool.Algorithm.class));
  private static final Attribute<Change.HealthMonitorGraph> MONITOR =
      Attribute.optional("healthmonitor", HealthMonitorJson.GRAPH);
  private static final Attribute<Boolean> NO_MONITOR =
      Attribute.optional("healthmonitor", Types.ONLY_IN_A_TREE);
  private static final Attribute<List<Change.NewMember>> MEMBERS =
      Attribute.optional("members", Types.list(MemberJson.GRAPH));
  private static final Attribute<Boolean> NO_MEMBERS =
      Attribute.optional("members", Types.ONLY_IN_A_TREE);
  private static final Attribute<String> TLS_CONTAINER =
      Attribute.optional("tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<String> CA_CONTAINER =
      Attribute.optional("ca_tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<String> CRL_CONTAINER =
      Attribute.optional("crl_container_ref", TlsJson.REFERENCE);
  private static final Attribute<Boolean> TLS_ENABLED =
      Attribute.optional("tls_enabled", Types.BOOLEAN.with("default", false));

  private static final Attribute<String> PERSISTENCE_TYPE =
      Attribute.mandatory("type", Types.choice("SOURCE_IP", "HTTP_COOKIE", "APP_COOKIE"));
  private static final Attribute<String> COOKIE_NAME =
      Attribute.optional(
          "cookie_name",
          Types.text(0, 255, Pattern.compile("\\A[^\\s,;\\\\]+\\z"), COOKIE_NAME_PATTERN)
              .with("examples", List.of("session")));
  private static final Attribute<Integer> PERSISTENCE_TIMEOUT =
      Attribute.optional("persistence_timeout", Types.integer(0, Integer.MAX_VALUE));
  private static final Attribute<String> PERSISTENCE_GRANULARITY =
      Attribute.optional("persistence_granularity", Types.ADDRESS);

  private static final Attribute<Attributes.Persistence> NEW_PERSISTENCE =
      Attribute.optional(
          "session_persistence", persistence("SessionPersistenceCreate", PERSISTENCE_TYPE));
  private static final Attribute<Attributes.Persistence> PERSISTENCE =
      Attribute.optional(
          "session_persistence",
          persistence("SessionPersistenceUpdate", PERSISTENCE_TYPE.optional()));

  /// What makes a pool of a graph a mere reference to one that is defined elsewhere.
  private static final Set<String> REFERENCE_ONLY = Set.of("name", "admin_state_up", "tls_enabled");

  /// Within a graph.
  private static final Schema NESTED =
      Schema.of(
              CommonJson.NAME,
              CommonJson.DESCRIPTION,
              CommonJson.ADMIN_STATE_UP,
              PROTOCOL.optional(),
              ALGORITHM.optional(),
              NEW_PERSISTENCE,
              MONITOR,
              MEMBERS,
              CommonJson.TAGS,
              TLS_CONTAINER,
              CA_CONTAINER,
              CRL_CONTAINER,
              TLS_ENABLED,
              TlsJson.CIPHERS,
              TlsJson.VERSIONS,
              TlsJson.ALPN)
          .named("NestedPoolCreate");

  private static final Schema CREATE =
      Schema.of(
              CommonJson.NAME,
              CommonJson.DESCRIPTION,
              CommonJson.ADMIN_STATE_UP,
              LISTENER,
              LOAD_BALANCER,
              PROTOCOL,
              ALGORITHM,
              NEW_PERSISTENCE,
              CommonJson.PROJECT,
              CommonJson.TENANT,
              NO_MONITOR,
              NO_MEMBERS,
              CommonJson.TAGS,
              TLS_CONTAINER,
              CA_CONTAINER,
              CRL_CONTAINER,
              TLS_ENABLED,
              TlsJson.CIPHERS,
              TlsJson.VERSIONS,
              TlsJson.ALPN)
          .named("PoolCreate");

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          CommonJson.DESCRIPTION,
          CommonJson.ADMIN_STATE_UP,
          ALGORITHM.optionalNotNull(),
          PERSISTENCE,
          CommonJson.TAGS,
          TLS_CONTAINER,
          CA_CONTAINER,
          CRL_CONTAINER,
          TLS_ENABLED,
          TlsJson.CIPHERS,
          TlsJson.VERSIONS,
          TlsJson.ALPN);

  static final Type<Change.PoolGraph> GRAPH =
      new Type<>(
          NESTED.json(),
          (value, where) -> {
            boolean reference =
                value.isObject() && REFERENCE_ONLY.containsAll(value.propertyNames());
            Values values = NESTED.read(value, where.inside());
            return new Change.PoolGraph(
                values.orNull(PROTOCOL),
                attributes(values, NEW_PERSISTENCE),
                values.or(MEMBERS, List.of()),
                values.orNull(MONITOR),
                reference);
          });

  /// What a create says.
  public static final Body<Change.CreatePool> POST =
      new Body<>(
          "pool_",
          "pool",
          Types.object(
              CREATE,
              it ->
                  new Change.CreatePool(
                      it.orNull(LOAD_BALANCER),
                      it.orNull(LISTENER),
                      it.value(PROTOCOL),
                      attributes(it, NEW_PERSISTENCE))));

  /// What an update says.
  public static final Body<Attributes.OfPool> PUT =
      new Body<>(
          "pool_",
          "pool",
          Types.object(UPDATE.ofChange("PoolUpdate"), it -> attributes(it, PERSISTENCE)));

  private static final JsonSchema SHOWN_PERSISTENCE =
      JsonSchema.object()
          .having("type", PERSISTENCE_TYPE.type().schema())
          .having("cookie_name", JsonSchema.TEXT.orNull())
          .having("persistence_timeout", JsonSchema.INTEGER.orNull())
          .having("persistence_granularity", JsonSchema.TEXT.orNull())
          .named("SessionPersistence");

  /// What answers show.
  public static final Shape<Part<LoadBalancer, Pool>> SHAPE =
      new Shape<Part<LoadBalancer, Pool>>()
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
          .plain("protocol", JsonSchema.choice(PoolProtocol.class), it -> it.it().protocol())
          .plain("lb_algorithm", JsonSchema.choice(Pool.Algorithm.class), it -> it.it().algorithm())
          .shown(
              "session_persistence",
              SHOWN_PERSISTENCE.orNull(),
              it -> persistence(it.it().persistence()))
          .plain("project_id", JsonSchema.TEXT, it -> it.parent().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.parent().project())
          .shown("loadbalancers", JsonSchema.IDS, it -> Shape.ids(List.of(it.parent().id())))
          .shown("listeners", JsonSchema.IDS, it -> Shape.ids(listeners(it)))
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .shownIfAny("healthmonitor_id", JsonSchema.UUID, PoolJson::monitorId)
          .shown(
              "members",
              JsonSchema.IDS,
              it -> Shape.ids(it.it().members().stream().map(Member::id).toList()))
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().labels().tags())
          .plain("tls_container_ref", JsonSchema.TEXT.orNull(), it -> it.it().tls().container())
          .plain("ca_tls_container_ref", JsonSchema.TEXT.orNull(), it -> it.it().tls().ca())
          .plain("crl_container_ref", JsonSchema.TEXT.orNull(), it -> it.it().tls().crl())
          .plain("tls_enabled", JsonSchema.BOOLEAN, it -> it.it().tls().enabled())
          .plain("tls_ciphers", JsonSchema.TEXT.orNull(), it -> it.it().tls().ciphers())
          .plain(
              "tls_versions",
              JsonSchema.list(JsonSchema.TEXT).orNull(),
              it -> it.it().tls().versions())
          .plain(
              "alpn_protocols",
              JsonSchema.list(JsonSchema.TEXT).orNull(),
              it -> it.it().tls().alpn())
          .filterOnly("loadbalancer_id", JsonSchema.UUID, it -> it.parent().id())
          .filterOnly("load_balancer_id", JsonSchema.UUID, it -> it.parent().id());

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("Pool");

  private PoolJson() {}

  private static Attributes.OfPool attributes(
      Values values, Attribute<Attributes.Persistence> persistence) {
    return new Attributes.OfPool(
        CommonJson.decode(values),
        values.patch(ALGORITHM),
        values.patch(persistence),
        values.patch(TLS_ENABLED),
        values.reference(TLS_CONTAINER),
        values.reference(CA_CONTAINER),
        values.reference(CRL_CONTAINER),
        values.patch(TlsJson.CIPHERS),
        values.patch(TlsJson.VERSIONS),
        values.patch(TlsJson.ALPN));
  }

  private static Type<Attributes.Persistence> persistence(String name, Attribute<String> type) {
    Schema schema =
        Schema.of(type, COOKIE_NAME, PERSISTENCE_TIMEOUT, PERSISTENCE_GRANULARITY).named(name);
    return new Type<>(
        schema.json(),
        (value, where) -> {
          Values values = schema.read(value, where.inside());
          boolean empty = value.isEmpty();
          return new Attributes.Persistence(
              values.patch(type),
              absentMeansNull(values.patch(COOKIE_NAME), empty),
              absentMeansNull(values.patch(PERSISTENCE_TIMEOUT), empty),
              absentMeansNull(values.patch(PERSISTENCE_GRANULARITY), empty));
        });
  }

  /// Octavia's schema has null as the default of what goes with the type.
  private static <T> Patch<T> absentMeansNull(Patch<T> patch, boolean empty) {
    return patch instanceof Patch.Keep<T>() && !empty ? Patch.reset() : patch;
  }

  private static List<ListenerId> listeners(Part<LoadBalancer, Pool> pool) {
    return pool.tree().listenersUsing(pool.it().id()).stream().map(Listener::id).toList();
  }

  /// Octavia leaves the key out when there is no monitor.
  private static @Nullable Object monitorId(Part<LoadBalancer, Pool> pool) {
    return pool.it().monitor() == null ? null : pool.it().monitor().id();
  }

  private static @Nullable ObjectNode persistence(@Nullable SessionPersistence persistence) {
    return switch (persistence) {
      case null -> null;
      case SessionPersistence.SourceIp(Integer timeout, String granularity) ->
          persistence("SOURCE_IP", null, timeout, granularity);
      case SessionPersistence.HttpCookie() -> persistence("HTTP_COOKIE", null, null, null);
      case SessionPersistence.AppCookie(String cookie) ->
          persistence("APP_COOKIE", cookie, null, null);
    };
  }

  private static ObjectNode persistence(
      String type,
      @Nullable String cookie,
      @Nullable Integer timeout,
      @Nullable String granularity) {
    return Json.object()
        .put("type", type)
        .put("cookie_name", cookie)
        .put("persistence_timeout", timeout)
        .put("persistence_granularity", granularity);
  }

  static JsonSchema nestedSchema() {
    return SCHEMA
        .lacking("loadbalancers")
        .lacking("healthmonitor_id")
        .having("members", JsonSchema.list(MemberJson.SCHEMA))
        .having("healthmonitor", HealthMonitorJson.nestedSchema().orNull())
        .named("NestedPool");
  }

  /// As part of a whole load balancer.
  static ObjectNode nested(Part<LoadBalancer, Pool> pool) {
    ObjectNode json = SHAPE.json(pool);
    json.remove(List.of("loadbalancers", "healthmonitor_id"));
    ArrayNode members = Json.array();
    pool.it()
        .members()
        .forEach(it -> members.add(MemberJson.SHAPE.json(new Part<>(pool.tree(), pool.it(), it))));
    json.set("members", members);
    json.set(
        "healthmonitor",
        pool.it().monitor() == null
            ? json.nullNode()
            : HealthMonitorJson.nested(new Part<>(pool.tree(), pool.it(), pool.it().monitor())));
    return json;
  }
}
