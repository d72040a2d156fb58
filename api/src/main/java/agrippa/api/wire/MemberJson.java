package agrippa.api.wire;

import agrippa.api.wire.Schema.Attribute;
import agrippa.api.wire.Schema.Values;
import agrippa.control.Attributes;
import agrippa.control.Change;
import agrippa.model.Member;
import agrippa.model.Pool;
import agrippa.model.PoolId;
import agrippa.model.SubnetId;
import java.util.List;

/// `member`.
public final class MemberJson {
  private static final Attribute<String> ADDRESS = Attribute.mandatory("address", Types.ADDRESS);
  private static final Attribute<Integer> PROTOCOL_PORT =
      Attribute.mandatory("protocol_port", Types.integer(1, 65_535));
  private static final Attribute<Integer> WEIGHT =
      Attribute.optional("weight", Types.integer(0, 256));
  private static final Attribute<Boolean> BACKUP = Attribute.optional("backup", Types.BOOLEAN);
  private static final Attribute<SubnetId> SUBNET =
      Attribute.optional("subnet_id", Types.UUID_TEXT.map(SubnetId::new));
  private static final Attribute<Integer> MONITOR_PORT =
      Attribute.optional("monitor_port", Types.integer(1, 65_535));
  private static final Attribute<String> MONITOR_ADDRESS =
      Attribute.optional("monitor_address", Types.ADDRESS);
  private static final Attribute<Boolean> REQUEST_SRIOV =
      Attribute.optional("request_sriov", Types.BOOLEAN);

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
          REQUEST_SRIOV);

  private static final Schema CREATE = NESTED.and(CommonJson.PROJECT, CommonJson.TENANT);

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

  /// What answers show.
  public static final Shape<Part<Pool, Member>> SHAPE =
      new Shape<Part<Pool, Member>>()
          .plain("id", it -> it.it().id())
          .plain("name", it -> it.it().labels().name())
          .plain("operating_status", it -> it.it().lifecycle().operating())
          .plain("provisioning_status", it -> it.it().lifecycle().provisioning())
          .plain("admin_state_up", it -> it.it().adminStateUp())
          .plain("address", it -> it.it().address())
          .plain("protocol_port", it -> it.it().protocolPort())
          .plain("weight", it -> it.it().weight())
          .plain("backup", it -> it.it().backup())
          .plain("subnet_id", it -> it.it().subnet())
          .plain("project_id", it -> it.tree().loadBalancer().project())
          .shown("tenant_id", it -> it.tree().loadBalancer().project())
          .plain("created_at", it -> it.it().lifecycle().createdAt())
          .plain("updated_at", it -> it.it().lifecycle().updatedAt())
          .plain("monitor_address", it -> it.it().monitorAddress())
          .plain("monitor_port", it -> it.it().monitorPort())
          .shown("tags", it -> it.it().labels().tags())
          .plain("vnic_type", it -> "normal");

  private MemberJson() {}

  public static Change create(PoolId pool, byte[] body) {
    return new Change.CreateMember(pool, Body.read(body, "member_", "member", NEW));
  }

  public static Attributes.OfMember update(byte[] body) {
    return Body.read(body, "member_", "member", Types.object(UPDATE, MemberJson::attributes));
  }

  /// All members that a pool shall have.
  public static List<Change.NewMember> batch(byte[] body) {
    return Body.read(body, "members_", "members", Types.list(NEW));
  }

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
