package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.Listener;
import agrippa.model.LoadBalancerTree;
import agrippa.model.NetworkId;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.PortId;
import agrippa.model.ProjectId;
import agrippa.model.ProvisioningStatus;
import agrippa.model.QosPolicyId;
import agrippa.model.SecurityGroupId;
import agrippa.model.SubnetId;
import agrippa.web.Json;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `loadbalancer`, alone or as a whole tree.
public final class LoadBalancerJson {
  private static final Attribute<String> VIP_ADDRESS =
      Attribute.optional("vip_address", Types.ADDRESS);
  private static final Attribute<PortId> VIP_PORT =
      Attribute.optional("vip_port_id", Types.UUID_TEXT.map(PortId::new));
  private static final Attribute<SubnetId> VIP_SUBNET =
      Attribute.optional("vip_subnet_id", Types.UUID_TEXT.map(SubnetId::new));
  private static final Attribute<NetworkId> VIP_NETWORK =
      Attribute.optional("vip_network_id", Types.UUID_TEXT.map(NetworkId::new));
  private static final Attribute<QosPolicyId> VIP_QOS_POLICY =
      Attribute.optional("vip_qos_policy_id", Types.UUID_TEXT.map(QosPolicyId::new));
  private static final Attribute<List<SecurityGroupId>> VIP_SECURITY_GROUPS =
      Attribute.optional(
          "vip_sg_ids",
          Types.set(Types.UUID_TEXT.map(SecurityGroupId::new)).with("default", List.of()));
  private static final Attribute<String> PROVIDER =
      Attribute.optional("provider", Types.text(64).with("examples", List.of("amphora")));
  private static final Attribute<UUID> FLAVOR = Attribute.optional("flavor_id", Types.UUID_TEXT);
  private static final Attribute<String> AVAILABILITY_ZONE =
      Attribute.optional("availability_zone", Types.text(255));
  private static final Attribute<List<Change.ListenerGraph>> LISTENERS =
      Attribute.optional("listeners", Types.list(ListenerJson.GRAPH));
  private static final Attribute<List<Change.PoolGraph>> POOLS =
      Attribute.optional("pools", Types.list(PoolJson.GRAPH));

  private static final Attribute<SubnetId> ADDITIONAL_SUBNET =
      Attribute.mandatory("subnet_id", Types.UUID_TEXT.map(SubnetId::new));
  private static final Attribute<String> ADDITIONAL_ADDRESS =
      Attribute.optional("ip_address", Types.ADDRESS);

  /// Accepted, but all addresses are on the port of the VIP.
  private static final Attribute<UUID> ADDITIONAL_PORT =
      Attribute.optional("port_id", Types.UUID_TEXT);

  private static final Attribute<List<Change.AdditionalVip>> ADDITIONAL_VIPS =
      Attribute.optional(
          "additional_vips",
          Types.list(
              Types.object(
                  Schema.of(ADDITIONAL_SUBNET, ADDITIONAL_ADDRESS, ADDITIONAL_PORT)
                      .named("AdditionalVipCreate"),
                  it ->
                      new Change.AdditionalVip(
                          it.value(ADDITIONAL_SUBNET), it.orNull(ADDITIONAL_ADDRESS)))));

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          CommonJson.DESCRIPTION,
          VIP_QOS_POLICY,
          VIP_SECURITY_GROUPS,
          CommonJson.ADMIN_STATE_UP,
          CommonJson.TAGS);

  private static final Schema CREATE =
      UPDATE
          .and(
              VIP_ADDRESS,
              VIP_PORT,
              VIP_SUBNET,
              VIP_NETWORK,
              ADDITIONAL_VIPS,
              CommonJson.PROJECT,
              CommonJson.TENANT,
              LISTENERS,
              POOLS,
              PROVIDER,
              FLAVOR,
              AVAILABILITY_ZONE)
          .named("LoadBalancerCreate");

  /// What a create says.
  public static final Body<Change.CreateLoadBalancer> POST =
      new Body<>("load_balancer", "loadbalancer", Types.object(CREATE, LoadBalancerJson::decode));

  /// What an update says.
  public static final Body<Attributes.OfLoadBalancer> PUT =
      new Body<>(
          "load_balancer",
          "loadbalancer",
          Types.object(UPDATE.ofChange("LoadBalancerUpdate"), LoadBalancerJson::attributes));

  private static final JsonSchema SHOWN_VIP =
      JsonSchema.object()
          .having("subnet_id", JsonSchema.UUID)
          .having("ip_address", JsonSchema.ADDRESS)
          .having("port_id", JsonSchema.UUID)
          .named("AdditionalVip");

  /// What answers show.
  public static final Shape<LoadBalancerTree> SHAPE =
      new Shape<LoadBalancerTree>()
          .plain("id", JsonSchema.UUID, LoadBalancerTree::id)
          .plain("name", JsonSchema.TEXT, it -> it.loadBalancer().labels().name())
          .plain("description", JsonSchema.TEXT, it -> it.loadBalancer().labels().description())
          .plain(
              "provisioning_status",
              JsonSchema.choice(ProvisioningStatus.class),
              it -> it.loadBalancer().lifecycle().provisioning())
          .plain(
              "operating_status",
              JsonSchema.choice(OperatingStatus.class),
              it -> it.loadBalancer().lifecycle().operating())
          .plain("admin_state_up", JsonSchema.BOOLEAN, it -> it.loadBalancer().adminStateUp())
          .plain("project_id", JsonSchema.TEXT, it -> it.loadBalancer().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.loadBalancer().project())
          .plain("created_at", JsonSchema.TIME, it -> it.loadBalancer().lifecycle().createdAt())
          .plain(
              "updated_at",
              JsonSchema.TIME.orNull(),
              it -> it.loadBalancer().lifecycle().updatedAt())
          .plain("vip_address", JsonSchema.ADDRESS, it -> it.loadBalancer().vip().address())
          .plain("vip_port_id", JsonSchema.UUID, it -> it.loadBalancer().vip().port())
          .plain("vip_subnet_id", JsonSchema.UUID, it -> it.loadBalancer().vip().subnet())
          .plain("vip_network_id", JsonSchema.UUID, it -> it.loadBalancer().vip().network())
          .shown(
              "vip_sg_ids",
              JsonSchema.list(JsonSchema.UUID),
              it -> it.loadBalancer().vip().securityGroups())
          .shown("additional_vips", JsonSchema.list(SHOWN_VIP), LoadBalancerJson::additionalVips)
          .shown(
              "listeners",
              JsonSchema.IDS,
              it -> Shape.ids(it.listeners().stream().map(Listener::id).toList()))
          .shown(
              "pools", JsonSchema.IDS, it -> Shape.ids(it.pools().stream().map(Pool::id).toList()))
          .plain("provider", JsonSchema.TEXT, it -> it.loadBalancer().provider())
          .plain(
              "flavor_id", JsonSchema.UUID.orNull(), it -> it.loadBalancer().placement().flavor())
          .plain(
              "vip_qos_policy_id",
              JsonSchema.UUID.orNull(),
              it -> it.loadBalancer().vip().qosPolicy())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.loadBalancer().labels().tags())
          .plain(
              "availability_zone",
              JsonSchema.TEXT.orNull(),
              it -> it.loadBalancer().placement().availabilityZone())
          .plain("vip_vnic_type", JsonSchema.choice(List.of("normal", "direct")), it -> "normal");

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("LoadBalancer");

  private LoadBalancerJson() {}

  /// Describes the answer to a create.
  public static JsonSchema wholeSchema() {
    return SCHEMA
        .having("listeners", JsonSchema.list(ListenerJson.nestedSchema()))
        .having("pools", JsonSchema.list(PoolJson.nestedSchema()))
        .named("LoadBalancerTree");
  }

  private static Change.CreateLoadBalancer decode(Values values) {
    UUID flavor = values.orNull(FLAVOR);
    return new Change.CreateLoadBalancer(
        project(values),
        new Change.VipRequest(
            values.orNull(VIP_ADDRESS),
            values.orNull(VIP_PORT),
            values.orNull(VIP_SUBNET),
            values.orNull(VIP_NETWORK),
            values.or(ADDITIONAL_VIPS, List.of())),
        textOrNull(values.orNull(PROVIDER)),
        flavor == null ? null : flavor.toString(),
        values.orNull(AVAILABILITY_ZONE),
        attributes(values),
        values.or(LISTENERS, List.of()),
        values.or(POOLS, List.of()));
  }

  private static @Nullable ProjectId project(Values values) {
    String tenant = textOrNull(values.orNull(CommonJson.TENANT));
    String project = tenant == null ? textOrNull(values.orNull(CommonJson.PROJECT)) : tenant;
    return project == null ? null : new ProjectId(project);
  }

  /// Octavia takes an empty text for none.
  private static @Nullable String textOrNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static Attributes.OfLoadBalancer attributes(Values values) {
    return new Attributes.OfLoadBalancer(
        CommonJson.decode(values), values.patch(VIP_QOS_POLICY), values.patch(VIP_SECURITY_GROUPS));
  }

  private static ArrayNode additionalVips(LoadBalancerTree tree) {
    ArrayNode vips = Json.array();
    tree.loadBalancer()
        .additionalVips()
        .forEach(
            it ->
                vips.addObject()
                    .put("subnet_id", it.subnet().toString())
                    .put("ip_address", it.address())
                    .put("port_id", tree.loadBalancer().vip().port().toString()));
    return vips;
  }

  /// The answer to a create: everything below in full.
  public static ObjectNode whole(LoadBalancerTree tree) {
    ObjectNode json = SHAPE.json(tree);
    ArrayNode listeners = Json.array();
    tree.listeners()
        .forEach(
            it -> listeners.add(ListenerJson.nested(new Part<>(tree, tree.loadBalancer(), it))));
    json.set("listeners", listeners);
    ArrayNode pools = Json.array();
    tree.pools()
        .forEach(it -> pools.add(PoolJson.nested(new Part<>(tree, tree.loadBalancer(), it))));
    json.set("pools", pools);
    return json;
  }
}
