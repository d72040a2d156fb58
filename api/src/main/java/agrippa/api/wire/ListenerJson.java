package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.L7Policy;
import agrippa.model.Listener;
import agrippa.model.ListenerProtocol;
import agrippa.model.ListenerTls.ClientAuthentication;
import agrippa.model.LoadBalancer;
import agrippa.model.LoadBalancerId;
import agrippa.model.OperatingStatus;
import agrippa.model.PoolId;
import agrippa.model.ProvisioningStatus;
import agrippa.web.Json;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `listener`.
public final class ListenerJson {
  private static final int LONGEST_TIMEOUT = 2_073_600_000;

  private static final Attribute<LoadBalancerId> LOAD_BALANCER =
      Attribute.mandatory("loadbalancer_id", Types.UUID_TEXT.map(LoadBalancerId::new));
  private static final Attribute<ListenerProtocol> PROTOCOL =
      Attribute.mandatory("protocol", Types.choice(ListenerProtocol.class));
  private static final Attribute<Integer> PROTOCOL_PORT =
      Attribute.mandatory("protocol_port", Types.integer(1, 65_535));
  private static final Attribute<Integer> CONNECTION_LIMIT =
      Attribute.optional(
          "connection_limit", Types.integer(-1, Integer.MAX_VALUE).with("default", -1));
  private static final Attribute<String> DEFAULT_TLS_CONTAINER =
      Attribute.optional("default_tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<List<String>> SNI_CONTAINERS =
      Attribute.optional(
          "sni_container_refs", Types.set(TlsJson.REFERENCE).with("default", List.of()));
  private static final Attribute<PoolId> DEFAULT_POOL_ID =
      Attribute.optional("default_pool_id", Types.UUID_TEXT.map(PoolId::new));
  private static final Attribute<Change.PoolGraph> DEFAULT_POOL =
      Attribute.optional("default_pool", PoolJson.GRAPH);
  private static final Attribute<Boolean> NO_DEFAULT_POOL =
      Attribute.optional("default_pool", Types.ONLY_IN_A_TREE);
  private static final Attribute<List<Change.L7PolicyGraph>> POLICIES =
      Attribute.optional("l7policies", Types.list(L7PolicyJson.GRAPH));
  private static final Attribute<Boolean> NO_POLICIES =
      Attribute.optional("l7policies", Types.ONLY_IN_A_TREE);
  private static final Attribute<Map<String, String>> INSERT_HEADERS =
      Attribute.optional(
          "insert_headers", Types.dictionary(Types.text(255)).with("default", Map.of()));
  private static final Attribute<Integer> TIMEOUT_CLIENT_DATA =
      timeout("timeout_client_data", 50_000);
  private static final Attribute<Integer> TIMEOUT_MEMBER_CONNECT =
      timeout("timeout_member_connect", 5_000);
  private static final Attribute<Integer> TIMEOUT_MEMBER_DATA =
      timeout("timeout_member_data", 50_000);
  private static final Attribute<Integer> TIMEOUT_TCP_INSPECT = timeout("timeout_tcp_inspect", 0);
  private static final Attribute<String> CLIENT_CA =
      Attribute.optional("client_ca_tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<ClientAuthentication> CLIENT_AUTHENTICATION =
      Attribute.optional(
          "client_authentication",
          Types.choice(ClientAuthentication.class).with("default", "NONE"));
  private static final Attribute<String> CLIENT_CRL =
      Attribute.optional("client_crl_container_ref", TlsJson.REFERENCE);
  private static final Attribute<List<String>> ALLOWED_CIDRS =
      Attribute.optional("allowed_cidrs", Types.set(Types.CIDR));
  private static final Attribute<Integer> HSTS_MAX_AGE =
      Attribute.optional("hsts_max_age", Types.integer(0, Integer.MAX_VALUE));
  private static final Attribute<Boolean> HSTS_INCLUDE_SUBDOMAINS =
      Attribute.optional("hsts_include_subdomains", Types.BOOLEAN.with("default", false));
  private static final Attribute<Boolean> HSTS_PRELOAD =
      Attribute.optional("hsts_preload", Types.BOOLEAN.with("default", false));

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          CommonJson.DESCRIPTION,
          CommonJson.ADMIN_STATE_UP,
          CONNECTION_LIMIT,
          DEFAULT_TLS_CONTAINER,
          SNI_CONTAINERS,
          DEFAULT_POOL_ID,
          INSERT_HEADERS,
          TIMEOUT_CLIENT_DATA,
          TIMEOUT_MEMBER_CONNECT,
          TIMEOUT_MEMBER_DATA,
          TIMEOUT_TCP_INSPECT,
          CommonJson.TAGS,
          CLIENT_CA,
          CLIENT_AUTHENTICATION,
          CLIENT_CRL,
          ALLOWED_CIDRS,
          TlsJson.CIPHERS,
          TlsJson.VERSIONS,
          TlsJson.ALPN,
          HSTS_MAX_AGE,
          HSTS_INCLUDE_SUBDOMAINS,
          HSTS_PRELOAD);

  /// Within a graph.
  private static final Schema NESTED =
      Schema.of(PROTOCOL, PROTOCOL_PORT)
          .and(UPDATE)
          .and(DEFAULT_POOL, POLICIES)
          .named("NestedListenerCreate");

  private static final Schema CREATE =
      Schema.of(PROTOCOL, PROTOCOL_PORT)
          .and(UPDATE)
          .and(LOAD_BALANCER, NO_DEFAULT_POOL, NO_POLICIES, CommonJson.PROJECT, CommonJson.TENANT)
          .named("ListenerCreate");

  static final Type<Change.ListenerGraph> GRAPH =
      Types.object(
          NESTED,
          it ->
              new Change.ListenerGraph(
                  it.value(PROTOCOL),
                  it.value(PROTOCOL_PORT),
                  attributes(it),
                  it.orNull(DEFAULT_POOL),
                  it.or(POLICIES, List.of())));

  /// What a create says.
  public static final Body<Change.CreateListener> POST =
      new Body<>(
          "listener_",
          "listener",
          Types.object(
              CREATE,
              it ->
                  new Change.CreateListener(
                      it.value(LOAD_BALANCER),
                      it.value(PROTOCOL),
                      it.value(PROTOCOL_PORT),
                      attributes(it))));

  /// What an update says.
  public static final Body<Attributes.OfListener> PUT =
      new Body<>(
          "listener_",
          "listener",
          Types.object(UPDATE.ofChange("ListenerUpdate"), ListenerJson::attributes));

  /// What answers show.
  public static final Shape<Part<LoadBalancer, Listener>> SHAPE =
      new Shape<Part<LoadBalancer, Listener>>()
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
          .plain("protocol", JsonSchema.choice(ListenerProtocol.class), it -> it.it().protocol())
          .plain("protocol_port", JsonSchema.INTEGER, it -> it.it().protocolPort())
          .plain("connection_limit", JsonSchema.INTEGER, it -> it.it().connectionLimit())
          .plain(
              "default_tls_container_ref",
              JsonSchema.TEXT.orNull(),
              it -> it.it().tls().defaultContainer())
          .shown(
              "sni_container_refs",
              JsonSchema.list(JsonSchema.TEXT),
              it -> it.it().tls().sniContainers())
          .plain("project_id", JsonSchema.TEXT, it -> it.parent().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.parent().project())
          .plain("default_pool_id", JsonSchema.UUID.orNull(), it -> it.it().defaultPool())
          .shown(
              "l7policies",
              JsonSchema.IDS,
              it -> Shape.ids(it.it().policies().stream().map(L7Policy::id).toList()))
          .shown(
              "insert_headers",
              JsonSchema.dictionary(JsonSchema.TEXT),
              it -> it.it().insertHeaders())
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .shown("loadbalancers", JsonSchema.IDS, it -> Shape.ids(List.of(it.parent().id())))
          .plain("timeout_client_data", JsonSchema.INTEGER, it -> it.it().timeouts().clientData())
          .plain(
              "timeout_member_connect",
              JsonSchema.INTEGER,
              it -> it.it().timeouts().memberConnect())
          .plain("timeout_member_data", JsonSchema.INTEGER, it -> it.it().timeouts().memberData())
          .plain("timeout_tcp_inspect", JsonSchema.INTEGER, it -> it.it().timeouts().tcpInspect())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().labels().tags())
          .plain(
              "client_ca_tls_container_ref",
              JsonSchema.TEXT.orNull(),
              it -> it.it().tls().clientCa())
          .plain(
              "client_authentication",
              JsonSchema.choice(ClientAuthentication.class),
              it -> it.it().tls().clientAuthentication())
          .plain(
              "client_crl_container_ref", JsonSchema.TEXT.orNull(), it -> it.it().tls().clientCrl())
          .shown(
              "allowed_cidrs",
              JsonSchema.list(JsonSchema.TEXT).orNull(),
              it -> it.it().allowedCidrs().isEmpty() ? null : it.it().allowedCidrs())
          .plain("tls_ciphers", JsonSchema.TEXT.orNull(), it -> it.it().tls().ciphers())
          .plain(
              "tls_versions",
              JsonSchema.list(JsonSchema.TEXT).orNull(),
              it -> it.it().tls().versions())
          .plain(
              "alpn_protocols",
              JsonSchema.list(JsonSchema.TEXT).orNull(),
              it -> it.it().tls().alpn())
          .plain("hsts_max_age", JsonSchema.INTEGER.orNull(), it -> it.it().tls().hstsMaxAge())
          .plain(
              "hsts_include_subdomains",
              JsonSchema.BOOLEAN,
              it -> it.it().tls().hstsIncludeSubdomains())
          .plain("hsts_preload", JsonSchema.BOOLEAN, it -> it.it().tls().hstsPreload())
          .filterOnly("loadbalancer_id", JsonSchema.UUID, it -> it.parent().id())
          .filterOnly("load_balancer_id", JsonSchema.UUID, it -> it.parent().id());

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("Listener");

  private ListenerJson() {}

  private static Attributes.OfListener attributes(Values values) {
    return new Attributes.OfListener(
        CommonJson.decode(values),
        values.patch(CONNECTION_LIMIT),
        values.patch(DEFAULT_POOL_ID),
        values.reference(DEFAULT_TLS_CONTAINER),
        values.patch(SNI_CONTAINERS),
        values.reference(CLIENT_CA),
        values.patch(CLIENT_AUTHENTICATION),
        values.reference(CLIENT_CRL),
        values.patch(INSERT_HEADERS),
        values.patch(TIMEOUT_CLIENT_DATA),
        values.patch(TIMEOUT_MEMBER_CONNECT),
        values.patch(TIMEOUT_MEMBER_DATA),
        values.patch(TIMEOUT_TCP_INSPECT),
        values.patch(ALLOWED_CIDRS),
        values.patch(TlsJson.CIPHERS),
        values.patch(TlsJson.VERSIONS),
        values.patch(TlsJson.ALPN),
        values.patch(HSTS_MAX_AGE),
        values.patch(HSTS_INCLUDE_SUBDOMAINS),
        values.patch(HSTS_PRELOAD));
  }

  private static Attribute<Integer> timeout(String name, int normal) {
    return Attribute.optional(name, Types.integer(0, LONGEST_TIMEOUT).with("default", normal));
  }

  static JsonSchema nestedSchema() {
    return SCHEMA
        .having("l7policies", JsonSchema.list(L7PolicyJson.nestedSchema()))
        .lacking("loadbalancers")
        .named("NestedListener");
  }

  /// As part of a whole load balancer.
  static ObjectNode nested(Part<LoadBalancer, Listener> listener) {
    ObjectNode json = SHAPE.json(listener);
    json.remove("loadbalancers");
    ArrayNode policies = Json.array();
    listener
        .it()
        .policies()
        .forEach(
            it ->
                policies.add(L7PolicyJson.nested(new Part<>(listener.tree(), listener.it(), it))));
    json.set("l7policies", policies);
    return json;
  }
}
