package agrippa.cloud.network;

import agrippa.web.Json;
import java.net.InetAddress;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What passes packets on between networks. Its interfaces are ports, held by it.
///
/// @param gateway the way out, or null
/// @param routes further ones
record Router(Meta meta, boolean adminStateUp, @Nullable Gateway gateway, List<ExtraRoute> routes)
    implements Resource {
  /// The owner of ports that lead inside.
  static final String INTERFACE = "network:router_interface";

  /// The owner of ports that lead outside.
  static final String GATEWAY = "network:router_gateway";

  Router {
    routes = List.copyOf(routes);
  }

  /// @param network an external one
  /// @param snat whether what leaves seems to come from the router
  record Gateway(UUID network, boolean snat) {}

  record ExtraRoute(Cidr destination, InetAddress nextHop) {}

  @Override
  public Kind kind() {
    return Kind.ROUTER;
  }

  @Override
  public Router with(Meta next) {
    return new Router(next, adminStateUp, gateway, routes);
  }

  Router with(@Nullable Gateway next) {
    return new Router(meta, adminStateUp, next, routes);
  }

  @Override
  public ObjectNode json() {
    ObjectNode json = meta.json();
    json.put("status", "ACTIVE");
    json.put("admin_state_up", adminStateUp);
    if (gateway == null) {
      json.putNull("external_gateway_info");
    } else {
      json.putObject("external_gateway_info")
          .put("network_id", gateway.network().toString())
          .put("enable_snat", gateway.snat());
    }
    ArrayNode extra = json.putArray("routes");
    for (ExtraRoute it : routes) {
      extra
          .addObject()
          .put("destination", it.destination().toString())
          .put("nexthop", Addresses.text(it.nextHop()));
    }
    json.set("availability_zone_hints", Json.array());
    json.set("availability_zones", Json.array());
    json.put("distributed", false);
    json.put("ha", false);
    json.putNull("flavor_id");
    return json;
  }

  static Router of(Meta meta, JsonNode json) {
    JsonNode outside = json.path("external_gateway_info");
    return new Router(
        meta,
        json.path("admin_state_up").booleanValue(),
        outside.isObject()
            ? new Gateway(
                Resource.uuid(outside, "network_id"), outside.path("enable_snat").booleanValue())
            : null,
        Resource.list(
            json,
            "routes",
            it ->
                new ExtraRoute(
                    Cidr.of(it.path("destination").stringValue()),
                    Addresses.of(it.path("nexthop").stringValue()))));
  }
}
