package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.Member;
import agrippa.model.OperatingStatus;
import agrippa.model.Pool;
import agrippa.model.ProvisioningStatus;
import agrippa.model.SubnetId;
import java.util.List;

/// `member`.
public final class MemberJson {
  private static final Attribute<String> ADDRESS = Attribute.mandatory("address", Types.ADDRESS);
  private static final Attribute<Integer> PROTOCOL_PORT =
      Attribute.mandatory("protocol_port", Types.integer(1, 65_535));
  private static final Attribute<Integer> WEIGHT =
      Attribute.optional("weight", Types.integer(0, 256).with("default", 1));
  private static final Attribute<Boolean> BACKUP =
      Attribute.optional("backup", Types.BOOLEAN.with("default", false));
  private static final Attribute<SubnetId> SUBNET =
      Attribute.optional("subnet_id", Types.UUID_TEXT.map(SubnetId::new));
  private static final Attribute<Integer> MONITOR_PORT =
      Attribute.optional("monitor_port", Types.integer(1, 65_535));
  private static final Attribute<String> MONITOR_ADDRESS =
      Attribute.optional("monitor_address", Types.ADDRESS);
  private static final Attribute<Boolean> REQUEST_SRIOV =
      Attribute.optional("request_sriov", Types.BOOLEAN.with("default", false));

  /// Within a pool of a graph.
  private static final Schema NESTED =
      Schema.of(
              CommonJson.NAME,
              CommonJson.ADMIN_STATE_UP,
              ADDRESS,
              PROTOCOL_PORT,
              WEIGHT,
              BACKUP,
              SUBNET,
              MONITOR_PORT,
              MONITOR_ADDRESS,
              CommonJson.TAGS,
              REQUEST_SRIOV)
          .named("NestedMemberCreate");

  private static final Schema CREATE =
      NESTED.and(CommonJson.PROJECT, CommonJson.TENANT).named("MemberCreate");

  private static final Schema UPDATE =
      Schema.of(
          CommonJson.NAME,
          CommonJson.ADMIN_STATE_UP,
          WEIGHT,
          BACKUP,
          MONITOR_PORT,
          MONITOR_ADDRESS,
          CommonJson.TAGS);

  static final Type<Change.NewMember> GRAPH = Types.object(NESTED, MemberJson::decode);

  private static final Type<Change.NewMember> NEW = Types.object(CREATE, MemberJson::decode);

  /// What a create says.
  public static final Body<Change.NewMember> POST = new Body<>("member_", "member", NEW);

  /// What an update says.
  public static final Body<Attributes.OfMember> PUT =
      new Body<>(
          "member_",
          "member",
          Types.object(UPDATE.ofChange("MemberUpdate"), MemberJson::attributes));

  /// All members that a pool shall have.
  public static final Body<List<Change.NewMember>> BATCH =
      new Body<>("members_", "members", Types.list(NEW));

  /// What answers show.
  public static final Shape<Part<Pool, Member>> SHAPE =
      new Shape<Part<Pool, Member>>()
          .plain("id", JsonSchema.UUID, it -> it.it().id())
          .plain("name", JsonSchema.TEXT, it -> it.it().labels().name())
          .plain(
              "operating_status",
              JsonSchema.choice(OperatingStatus.class),
              it -> it.it().lifecycle().operating())
          .plain(
              "provisioning_status",
              JsonSchema.choice(ProvisioningStatus.class),
              it -> it.it().lifecycle().provisioning())
          .plain("admin_state_up", JsonSchema.BOOLEAN, it -> it.it().adminStateUp())
          .plain("address", JsonSchema.ADDRESS, it -> it.it().address())
          .plain("protocol_port", JsonSchema.INTEGER, it -> it.it().protocolPort())
          .plain("weight", JsonSchema.INTEGER, it -> it.it().weight())
          .plain("backup", JsonSchema.BOOLEAN, it -> it.it().backup())
          .plain("subnet_id", JsonSchema.UUID.orNull(), it -> it.it().subnet())
          .plain("project_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .shown("tenant_id", JsonSchema.TEXT, it -> it.tree().loadBalancer().project())
          .plain("created_at", JsonSchema.TIME, it -> it.it().lifecycle().createdAt())
          .plain("updated_at", JsonSchema.TIME.orNull(), it -> it.it().lifecycle().updatedAt())
          .plain("monitor_address", JsonSchema.ADDRESS.orNull(), it -> it.it().monitorAddress())
          .plain("monitor_port", JsonSchema.INTEGER.orNull(), it -> it.it().monitorPort())
          .shown("tags", JsonSchema.list(JsonSchema.TEXT), it -> it.it().labels().tags())
          .plain("vnic_type", JsonSchema.choice(List.of("normal", "direct")), it -> "normal");

  /// Describes what answers show.
  public static final JsonSchema SCHEMA = SHAPE.schema(POST, PUT).named("Member");

  private MemberJson() {}

  private static Change.NewMember decode(Values values) {
    return new Change.NewMember(
        values.value(ADDRESS),
        values.value(PROTOCOL_PORT),
        values.patch(SUBNET),
        values.or(REQUEST_SRIOV, false),
        attributes(values));
  }

  private static Attributes.OfMember attributes(Values values) {
    return new Attributes.OfMember(
        CommonJson.decode(values),
        values.patch(WEIGHT),
        values.patch(BACKUP),
        values.patch(MONITOR_ADDRESS),
        values.patch(MONITOR_PORT));
  }
}
