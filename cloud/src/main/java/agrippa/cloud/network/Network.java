package agrippa.cloud.network;

import agrippa.web.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A network.
///
/// @param shared whether every project may use it
/// @param external whether floating IPs come from it
/// @param isDefault whether it is the external network that is meant when none is named
/// @param portSecurity default of its ports
record Network(
    Meta meta,
    boolean adminStateUp,
    boolean shared,
    boolean external,
    boolean isDefault,
    boolean portSecurity,
    int mtu)
    implements Resource {
  /// What Neutron calls networks that do not leave a machine.
  static final String LOCAL = "local";

  @Override
  public Kind kind() {
    return Kind.NETWORK;
  }

  @Override
  public Network with(Meta next) {
    return new Network(next, adminStateUp, shared, external, isDefault, portSecurity, mtu);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("admin_state_up", adminStateUp);
    json.put("mtu", mtu);
    json.put("status", adminStateUp ? "ACTIVE" : "DOWN");
    json.put("shared", shared);
    json.set("availability_zone_hints", Json.array());
    json.set("availability_zones", Json.array());
    json.putNull("ipv4_address_scope");
    json.putNull("ipv6_address_scope");
    json.put("provider:network_type", LOCAL);
    json.putNull("provider:physical_network");
    json.putNull("provider:segmentation_id");
    json.put("router:external", external);
    json.put("is_default", isDefault);
    json.put("port_security_enabled", portSecurity);
    json.putNull("qos_policy_id");
    return json;
  }

  static Network of(Meta meta, JsonNode json) {
    return new Network(
        meta,
        json.path("admin_state_up").booleanValue(),
        json.path("shared").booleanValue(),
        json.path("router:external").booleanValue(),
        json.path("is_default").booleanValue(),
        json.path("port_security_enabled").booleanValue(),
        json.path("mtu").intValue());
  }
}
