package agrippa.cloud.network;

import agrippa.web.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Address space that subnets are cut from.
///
/// @param shared whether every project may cut from it
/// @param isDefault whether it is meant by who says no more than "the default one"
/// @param prefixes of one IP version
/// @param lengths of the prefixes that may be cut
/// @param quota most that one project may cut, in addresses (IPv4) or /64 networks (IPv6), or null
///     for no limit
record SubnetPool(
    Meta meta,
    boolean shared,
    boolean isDefault,
    List<Cidr> prefixes,
    Lengths lengths,
    @Nullable Integer quota)
    implements Resource {
  SubnetPool {
    prefixes = List.copyOf(prefixes);
  }

  /// Prefix lengths, in bits.
  ///
  /// @param shortest of the widest subnet
  /// @param longest of the narrowest subnet
  /// @param usual of a subnet that asks for none
  record Lengths(int shortest, int longest, int usual) {}

  /// 4 or 6.
  int version() {
    return prefixes.getFirst().version();
  }

  boolean contains(Cidr cidr) {
    return prefixes.stream().anyMatch(it -> it.contains(cidr));
  }

  @Override
  public Kind kind() {
    return Kind.SUBNET_POOL;
  }

  @Override
  public SubnetPool with(Meta next) {
    return new SubnetPool(next, shared, isDefault, prefixes, lengths, quota);
  }

  /// Neutron writes the lengths as texts.
  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("default_prefixlen", Integer.toString(lengths.usual()));
    json.put("min_prefixlen", Integer.toString(lengths.shortest()));
    json.put("max_prefixlen", Integer.toString(lengths.longest()));
    json.put("is_default", isDefault);
    json.put("shared", shared);
    ArrayNode all = Json.array();
    prefixes.forEach(it -> all.add(it.toString()));
    json.set("prefixes", all);
    json.put("ip_version", version());
    json.put("default_quota", quota);
    json.putNull("address_scope_id");
    return json;
  }

  static SubnetPool of(Meta meta, JsonNode json) {
    return new SubnetPool(
        meta,
        json.path("shared").booleanValue(),
        json.path("is_default").booleanValue(),
        Resource.list(json, "prefixes", it -> Cidr.of(it.stringValue())),
        new Lengths(
            length(json, "min_prefixlen"),
            length(json, "max_prefixlen"),
            length(json, "default_prefixlen")),
        json.path("default_quota").isNull() ? null : json.path("default_quota").intValue());
  }

  private static int length(JsonNode json, String name) {
    return Integer.parseInt(json.path(name).stringValue());
  }
}
