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
import agrippa.model.PoolId;
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
      Attribute.optional("connection_limit", Types.integer(-1, Integer.MAX_VALUE));
  private static final Attribute<String> DEFAULT_TLS_CONTAINER =
      Attribute.optional("default_tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<List<String>> SNI_CONTAINERS =
      Attribute.optional("sni_container_refs", Types.set(TlsJson.REFERENCE));
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
      Attribute.optional("insert_headers", Types.dictionary(Types.text(255)));
  private static final Attribute<Integer> TIMEOUT_CLIENT_DATA = timeout("timeout_client_data");
  private static final Attribute<Integer> TIMEOUT_MEMBER_CONNECT =
      timeout("timeout_member_connect");
  private static final Attribute<Integer> TIMEOUT_MEMBER_DATA = timeout("timeout_member_data");
  private static final Attribute<Integer> TIMEOUT_TCP_INSPECT = timeout("timeout_tcp_inspect");
  private static final Attribute<String> CLIENT_CA =
      Attribute.optional("client_ca_tls_container_ref", TlsJson.REFERENCE);
  private static final Attribute<ClientAuthentication> CLIENT_AUTHENTICATION =
      Attribute.optional("client_authentication", Types.choice(ClientAuthentication.class));
  private static final Attribute<String> CLIENT_CRL =
      Attribute.optional("client_crl_container_ref", TlsJson.REFERENCE);
  private static final Attribute<List<String>> ALLOWED_CIDRS =
      Attribute.optional("allowed_cidrs", Types.set(Types.CIDR));
  private static final Attribute<Integer> HSTS_MAX_AGE =
      Attribute.optional("hsts_max_age", Types.integer(0, Integer.MAX_VALUE));
  private static final Attribute<Boolean> HSTS_INCLUDE_SUBDOMAINS =
      Attribute.optional("hsts_include_subdomains", Types.BOOLEAN);
  private static final Attribute<Boolean> HSTS_PRELOAD =
      Attribute.optional("hsts_preload", Types.BOOLEAN);

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
      Schema.of(PROTOCOL, PROTOCOL_PORT).and(UPDATE).and(DEFAULT_POOL, POLICIES);

  private static final Schema CREATE =
      Schema.of(PROTOCOL, PROTOCOL_PORT)
          .and(UPDATE)
          .and(LOAD_BALANCER, NO_DEFAULT_POOL, NO_POLICIES, CommonJson.PROJECT, CommonJson.TENANT);

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

  /// What answers show.
  public static final Shape<Part<LoadBalancer, Listener>> SHAPE =
      new Shape<Part<LoadBalancer, Listener>>()
          .plain("id", it -> it.it().id())
          .plain("name", it -> it.it().labels().name())
          .plain("description", it -> it.it().labels().description())
          .plain("provisioning_status", it -> it.it().lifecycle().provisioning())
          .plain("operating_status", it -> it.it().lifecycle().operating())
          .plain("admin_state_up", it -> it.it().adminStateUp())
          .plain("protocol", it -> it.it().protocol())
          .plain("protocol_port", it -> it.it().protocolPort())
          .plain("connection_limit", it -> it.it().connectionLimit())
          .plain("default_tls_container_ref", it -> it.it().tls().defaultContainer())
          .shown("sni_container_refs", it -> it.it().tls().sniContainers())
          .plain("project_id", it -> it.parent().project())
          .shown("tenant_id", it -> it.parent().project())
          .plain("default_pool_id", it -> it.it().defaultPool())
          .shown(
              "l7policies", it -> Shape.ids(it.it().policies().stream().map(L7Policy::id).toList()))
          .shown("insert_headers", it -> it.it().insertHeaders())
          .plain("created_at", it -> it.it().lifecycle().createdAt())
          .plain("updated_at", it -> it.it().lifecycle().updatedAt())
          .shown("loadbalancers", it -> Shape.ids(List.of(it.parent().id())))
          .plain("timeout_client_data", it -> it.it().timeouts().clientData())
          .plain("timeout_member_connect", it -> it.it().timeouts().memberConnect())
          .plain("timeout_member_data", it -> it.it().timeouts().memberData())
          .plain("timeout_tcp_inspect", it -> it.it().timeouts().tcpInspect())
          .shown("tags", it -> it.it().labels().tags())
          .plain("client_ca_tls_container_ref", it -> it.it().tls().clientCa())
          .plain("client_authentication", it -> it.it().tls().clientAuthentication())
          .plain("client_crl_container_ref", it -> it.it().tls().clientCrl())
          .shown(
              "allowed_cidrs",
              it -> it.it().allowedCidrs().isEmpty() ? null : it.it().allowedCidrs())
          .plain("tls_ciphers", it -> it.it().tls().ciphers())
          .plain("tls_versions", it -> it.it().tls().versions())
          .plain("alpn_protocols", it -> it.it().tls().alpn())
          .plain("hsts_max_age", it -> it.it().tls().hstsMaxAge())
          .plain("hsts_include_subdomains", it -> it.it().tls().hstsIncludeSubdomains())
          .plain("hsts_preload", it -> it.it().tls().hstsPreload())
          .filterOnly("loadbalancer_id", it -> it.parent().id())
          .filterOnly("load_balancer_id", it -> it.parent().id());

  private ListenerJson() {}

  public static Change create(byte[] body) {
    return Body.read(
        body,
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
  }

  public static Attributes.OfListener update(byte[] body) {
    return Body.read(body, "listener_", "listener", Types.object(UPDATE, ListenerJson::attributes));
  }

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

  private static Attribute<Integer> timeout(String name) {
    return Attribute.optional(name, Types.integer(0, LONGEST_TIMEOUT));
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
