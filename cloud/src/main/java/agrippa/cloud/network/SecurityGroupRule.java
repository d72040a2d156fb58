package agrippa.cloud.network;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a security group lets through.
///
/// @param ingress whether it is about packets that arrive
/// @param version 4 or 6
/// @param protocol a name or number of [Protocols], as it was written, or null for any
/// @param from lowest port or ICMP type, or null
/// @param to highest port or ICMP code, or null
/// @param remotePrefix whom it is about, or null
/// @param written the prefix as it was written, which may have bits beyond its length, or null
/// @param remoteGroup whose ports it is about, or null
record SecurityGroupRule(
    Meta meta,
    UUID group,
    boolean ingress,
    int version,
    @Nullable String protocol,
    @Nullable Integer from,
    @Nullable Integer to,
    @Nullable Cidr remotePrefix,
    @Nullable String written,
    @Nullable UUID remoteGroup)
    implements Resource {
  @Override
  public Kind kind() {
    return Kind.SECURITY_GROUP_RULE;
  }

  @Override
  public SecurityGroupRule with(Meta next) {
    return new SecurityGroupRule(
        next, group, ingress, version, protocol, from, to, remotePrefix, written, remoteGroup);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("security_group_id", group.toString());
    json.put("ethertype", "IPv" + version);
    json.put("direction", ingress ? "ingress" : "egress");
    json.put("protocol", protocol);
    json.put("port_range_min", from);
    json.put("port_range_max", to);
    json.put("remote_ip_prefix", written);
    json.put("remote_group_id", remoteGroup == null ? null : remoteGroup.toString());
    json.putNull("remote_address_group_id");
    json.put("normalized_cidr", remotePrefix == null ? null : remotePrefix.toString());
    return json;
  }

  static SecurityGroupRule of(Meta meta, JsonNode json) {
    return new SecurityGroupRule(
        meta,
        Resource.uuid(json, "security_group_id"),
        json.path("direction").stringValue().equals("ingress"),
        json.path("ethertype").stringValue().equals("IPv6") ? 6 : 4,
        Resource.optional(json, "protocol", it -> it),
        json.path("port_range_min").isNull() ? null : json.path("port_range_min").intValue(),
        json.path("port_range_max").isNull() ? null : json.path("port_range_max").intValue(),
        Resource.optional(json, "normalized_cidr", Cidr::of),
        Resource.optional(json, "remote_ip_prefix", it -> it),
        Resource.optional(json, "remote_group_id", UUID::fromString));
  }
}
