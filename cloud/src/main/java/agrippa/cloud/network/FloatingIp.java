package agrippa.cloud.network;

import java.net.InetAddress;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An address of an external network that leads to a port.
///
/// @param subnet the external one that holds the address
/// @param target where it leads, or null
record FloatingIp(
    Meta meta, UUID network, UUID subnet, InetAddress address, @Nullable Target target)
    implements Resource {
  /// An address of a port.
  record Target(UUID port, InetAddress fixedAddress) {}

  @Override
  public Kind kind() {
    return Kind.FLOATING_IP;
  }

  @Override
  public FloatingIp with(Meta next) {
    return new FloatingIp(next, network, subnet, address, target);
  }

  FloatingIp to(@Nullable Target next) {
    return new FloatingIp(meta, network, subnet, address, next);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("floating_ip_address", Addresses.text(address));
    json.put("floating_network_id", network.toString());
    json.putNull("router_id");
    json.put("port_id", target == null ? null : target.port().toString());
    json.put("fixed_ip_address", target == null ? null : Addresses.text(target.fixedAddress()));
    json.put("status", target == null ? "DOWN" : "ACTIVE");
    json.putNull("qos_policy_id");
    json.put(SUBNET, subnet.toString());
    return json;
  }

  /// Where [#json] keeps the subnet; not shown to users.
  static final String SUBNET = "agrippa:subnet";

  static FloatingIp of(Meta meta, JsonNode json) {
    return new FloatingIp(
        meta,
        Resource.uuid(json, "floating_network_id"),
        Resource.uuid(json, SUBNET),
        Addresses.of(json.path("floating_ip_address").stringValue()),
        json.path("port_id").isNull()
            ? null
            : new Target(
                Resource.uuid(json, "port_id"),
                Addresses.of(json.path("fixed_ip_address").stringValue())));
  }
}
